// What the second pointwise layer of a block read in the forward pass, again:
// z = gelu(h) * scale[group] + beta.
struct Params { rows: u32, c: u32, slot_rows: u32, groups: u32 }

@group(0) @binding(0) var<storage, read> h: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> scale: array<vec4f>; // (groups, C)
@group(0) @binding(2) var<storage, read> beta: array<vec4f>; // (C)
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read_write> z: array<vec4f>; // (rows, C)
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let c4 = p.c / 4u;
  if (i >= p.rows * c4) { return; }
  let ch = i % c4;
  z[i] = fma(gelu(h[i]), scale[slot_group[i / c4 / p.slot_rows] * c4 + ch], beta[ch]);
}
