// Gradient of the encoder's rows behind the decoder's input: dy at visible patches.
struct Params { patches: u32, c: u32, slots: u32 }

@group(0) @binding(0) var<storage, read> dy: array<vec4f>; // (N*L, C)
@group(0) @binding(1) var<storage, read> patch_slot: array<u32>; // slot + 1, 0 where hidden
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>; // (V, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let c4 = p.c / 4u;
  if (i >= p.patches * c4) { return; }
  let slot = patch_slot[i / c4];
  if (slot != 0u) { dx[(slot - 1u) * c4 + i % c4] = dy[i]; }
}
