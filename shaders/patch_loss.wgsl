// Mean squared error of each hidden patch, 0 at visible ones; the target is
// raw pixels or, with norm, the patch's own standardised pixels.
struct Params { images: u32, height: u32, width: u32, norm: u32 }

@group(0) @binding(0) var<storage, read> pred: array<f32>; // (N*L, 32, 32, 3)
@group(0) @binding(1) var<storage, read> image: array<f32>; // (N, H, W, 3)
@group(0) @binding(2) var<storage, read> patch_slot: array<u32>; // 0 where hidden
@group(0) @binding(3) var<storage, read_write> loss: array<f32>; // (N*L)
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.x + group.y * groups.x;
  if (i >= p.images * (p.width / 32u) * (p.height / 32u)) { return; }
  if (patch_slot[i] != 0u) {
    if (lane == 0u) { loss[i] = 0.0; }
    return;
  }
  let at = corner(i);
  let s = statistics(lane, at);
  var error = 0.0;
  for (var j = lane; j < 3072u; j += 64u) {
    let d = pred[i * 3072u + j] - (pixel(at, j) - s.x) * s.y;
    error = fma(d, d, error);
  }
  let sum = total(lane, error);
  if (lane == 0u) { loss[i] = sum / 3072.0; }
}
