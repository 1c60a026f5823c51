// The sum of v over the 64 invocations of a workgroup, handed to all of them. It may be
// called again: the first barrier waits until everyone has read the last sum.
var<workgroup> part: array<f32, 64>;

fn total(lane: u32, v: f32) -> f32 {
  workgroupBarrier();
  part[lane] = v;
  for (var stride = 32u; stride > 0u; stride >>= 1u) {
    workgroupBarrier();
    if (lane < stride) { part[lane] += part[lane + stride]; }
  }
  workgroupBarrier();
  return part[0];
}

