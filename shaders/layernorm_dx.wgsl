// LayerNorm's gradient with respect to its input, one invocation a row. With
// u = (x - mean) r and g = dy * weight: dx = r (g - mean(g) - u mean(g u)). mean
// and r leave beside it for the gradients of weight and bias, and what the forward pass
// gave for those of the layer behind, which needs it no earlier: y = u * weight + bias.
struct Params { rows: u32, c: u32, side: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f>; // regrouped where side > 0
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec2f>; // (rows, 2): mean, r
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>; // regrouped as dy
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = gid.x + gid.y * groups.x * 32u;
  if (row >= p.rows) { return; }
  let c4 = p.c / 4u;
  let base = row * c4;
  var sum = vec4f(0.0);
  for (var i = 0u; i < c4; i++) { sum += x[base + i]; }
  let mean = dot(sum, vec4f(1.0)) / f32(p.c);
  let o = regroup(row, p.side) * c4;
  var squares = vec4f(0.0);
  var gs = vec4f(0.0);
  var gds = vec4f(0.0);
  for (var i = 0u; i < c4; i++) {
    let d = x[base + i] - mean;
    let g = dy[o + i] * weight[i];
    squares = fma(d, d, squares);
    gs += g;
    gds = fma(g, d, gds);
  }
  let r = inverseSqrt(dot(squares, vec4f(1.0)) / f32(p.c) + 1e-6);
  let g_mean = dot(gs, vec4f(1.0)) / f32(p.c);
  let gu_mean = dot(gds, vec4f(1.0)) * r / f32(p.c);
  for (var i = 0u; i < c4; i++) {
    let u = (x[base + i] - mean) * r;
    let w = weight[i];
    dx[base + i] = (dy[o + i] * w - g_mean - u * gu_mean) * r;
    y[o + i] = fma(u, w, bias[i]);
  }
  stats[row] = vec2f(mean, r);
}
