// dx = dy * gelu'(x), gelu'(x) = Phi(x) + x phi(x).
struct Params { n: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.n / 4u) { return; }
  let v = x[i];
  let e = gauss(v);
  dx[i] = dy[i] * (normal_cdf(v, e) + v * e * 0.3989422804);
}
