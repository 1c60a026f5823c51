// Exponential moving average of the parameters: e += (1 - decay) (w - e).
struct Params { n: u32 }

@group(0) @binding(0) var<storage, read> w: array<vec4f>;
@group(0) @binding(1) var<storage, read> hyper: array<f32>; // see adamw.wgsl
@group(0) @binding(2) var<storage, read_write> e: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.n / 4u) { return; }
  e[i] += (1.0 - hyper[7]) * (w[i] - e[i]);
}
