// The 4x4 pixels under each stem position of the visible patches, as rows of
// 48 = (ky, kx, channel). One invocation copies one line of four pixels.
struct Params { images: u32, height: u32, width: u32, slots: u32 }

@group(0) @binding(0) var<storage, read> image: array<vec4f>; // (N, H, W, 3)
@group(0) @binding(1) var<storage, read> slot_patch: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<vec4f>; // (V, 8, 8, 4, 12)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.slots * 256u) { return; }
  let ky = i & 3u;
  let x = (i >> 2u) & 7u;
  let y = (i >> 5u) & 7u;
  let cols = p.width / 32u;
  let per_image = cols * (p.height / 32u);
  let patch_index = slot_patch[i >> 8u];
  let n = patch_index / per_image;
  let q = patch_index % per_image;
  let line = n * p.height + q / cols * 32u + y * 4u + ky;
  let source = (line * p.width + q % cols * 32u + x * 4u) * 3u / 4u;
  rows[i * 3u] = image[source];
  rows[i * 3u + 1u] = image[source + 1u];
  rows[i * 3u + 2u] = image[source + 2u];
}
