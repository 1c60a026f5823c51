// Stochastic depth: y = residual + keep[image] * x, keep 0 or 1 / (1 - rate).
struct Params { rows: u32, c: u32, slot_rows: u32, images: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> keep: array<f32>; // (N)
@group(0) @binding(2) var<storage, read> slot_image: array<u32>;
@group(0) @binding(3) var<storage, read> residual: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let c4 = p.c / 4u;
  if (i >= p.rows * c4) { return; }
  y[i] = fma(vec4f(keep[slot_image[i / c4 / p.slot_rows]]), x[i], residual[i]);
}
