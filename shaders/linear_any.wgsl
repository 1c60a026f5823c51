// y = x W + b, then GELU where asked for, for any width: one invocation holds
// four columns of one row and reads by single words. The classifier's head, whose
// columns are classes, is the only user, forward and backward.
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = (p.n + 3u) / 4u;
  let row = i / tiles;
  let col = i % tiles * 4u;
  if (row >= p.rows) { return; }
  let last = p.n - 1u; // columns past the end repeat the last one and are not stored
  let c = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(last));
  var a = vec4f(bias[c.x], bias[c.y], bias[c.z], bias[c.w]);
  var o = 0u;
  for (var k = 0u; k < p.k; k++) {
    a = fma(vec4f(x[row * p.k + k]), vec4f(w[o + c.x], w[o + c.y], w[o + c.z], w[o + c.w]), a);
    o += p.n;
  }
  if (p.gelu != 0u) { a = gelu(a); }
  for (var j = 0u; j < 4u; j++) {
    if (col + j <= last) { y[row * p.n + col + j] = a[j]; }
  }
}
