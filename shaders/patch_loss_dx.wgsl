// Gradient of the patch losses: dpred = dloss 2 (pred - target) / 3072 at hidden
// patches, 0 at visible ones; see patch_loss.wgsl.
struct Params { images: u32, height: u32, width: u32, norm: u32 }

@group(0) @binding(0) var<storage, read> pred: array<f32>; // (N*L, 32, 32, 3)
@group(0) @binding(1) var<storage, read> image: array<f32>; // (N, H, W, 3)
@group(0) @binding(2) var<storage, read> patch_slot: array<u32>; // 0 where hidden
@group(0) @binding(3) var<storage, read> dloss: array<f32>; // (N*L)
@group(0) @binding(4) var<storage, read_write> dpred: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

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

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.x + group.y * groups.x;
  let cols = p.width / 32u;
  let per_image = cols * (p.height / 32u);
  if (i >= p.images * per_image) { return; }
  if (patch_slot[i] != 0u) {
    for (var j = lane; j < 3072u; j += 64u) { dpred[i * 3072u + j] = 0.0; }
    return;
  }
  let q = i % per_image;
  let corner = ((i / per_image * p.height + q / cols * 32u) * p.width + q % cols * 32u) * 3u;
  var mean = 0.0;
  var r = 1.0;
  if (p.norm != 0u) {
    var sum = 0.0;
    for (var j = lane; j < 3072u; j += 64u) { sum += image[corner + j / 96u * p.width * 3u + j % 96u]; }
    mean = total(lane, sum) / 3072.0;
    var squares = 0.0;
    for (var j = lane; j < 3072u; j += 64u) {
      let d = image[corner + j / 96u * p.width * 3u + j % 96u] - mean;
      squares = fma(d, d, squares);
    }
    r = inverseSqrt(total(lane, squares) / 3071.0 + 1e-6);
  }
  let factor = dloss[i] * 2.0 / 3072.0;
  for (var j = lane; j < 3072u; j += 64u) {
    let wanted = (image[corner + j / 96u * p.width * 3u + j % 96u] - mean) * r;
    dpred[i * 3072u + j] = factor * (pred[i * 3072u + j] - wanted);
  }
}
