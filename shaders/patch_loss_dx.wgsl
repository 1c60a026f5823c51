// Gradient of the patch losses: dpred = dloss 2 (pred - target) / 3072 at hidden
// patches, 0 at visible ones; see patch_loss.wgsl.
struct Params { images: u32, height: u32, width: u32, norm: u32 }

@group(0) @binding(0) var<storage, read> pred: array<f32>; // (N*L, 32, 32, 3)
@group(0) @binding(1) var<storage, read> image: array<f32>; // (N, H, W, 3)
@group(0) @binding(2) var<storage, read> patch_slot: array<u32>; // 0 where hidden
@group(0) @binding(3) var<storage, read> dloss: array<f32>; // (N*L)
@group(0) @binding(4) var<storage, read_write> dpred: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.x + group.y * groups.x;
  if (i >= p.images * (p.width / 32u) * (p.height / 32u)) { return; }
  if (patch_slot[i] != 0u) {
    for (var j = lane; j < 3072u; j += 64u) { dpred[i * 3072u + j] = 0.0; }
    return;
  }
  let at = corner(i);
  let s = statistics(lane, at);
  let factor = dloss[i] * 2.0 / 3072.0;
  for (var j = lane; j < 3072u; j += 64u) {
    let wanted = (pixel(at, j) - s.x) * s.y;
    dpred[i * 3072u + j] = factor * (pred[i * 3072u + j] - wanted);
  }
}
