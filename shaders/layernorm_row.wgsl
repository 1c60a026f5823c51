// LayerNorm over channels, one invocation a row. With side > 0 the rows leave
// in groups of 2x2 neighbours, (parent, ky, kx), so that the down-sampling
// convolution after it is a plain linear layer over 4C.
struct Params { rows: u32, c: u32, side: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = gid.x + gid.y * groups.x * 32u;
  if (row >= p.rows) { return; }
  let c4 = p.c / 4u;
  let base = row * c4;
  // Two passes, as PyTorch: E[x^2] - E[x]^2 cancels where the mean is large.
  var sum = vec4f(0.0);
  for (var i = 0u; i < c4; i++) { sum += x[base + i]; }
  let mean = dot(sum, vec4f(1.0)) / f32(p.c);
  var squares = vec4f(0.0);
  for (var i = 0u; i < c4; i++) {
    let d = x[base + i] - mean;
    squares = fma(d, d, squares);
  }
  let r = inverseSqrt(dot(squares, vec4f(1.0)) / f32(p.c) + 1e-6);
  let o = regroup(row, p.side) * c4;
  for (var i = 0u; i < c4; i++) {
    y[o + i] = fma((x[base + i] - mean) * r, weight[i], bias[i]);
  }
}
