// LayerNorm over channels, one workgroup a row; see layernorm_row.wgsl.
struct Params { rows: u32, c: u32, side: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * groups.x;
  if (row >= p.rows) { return; }
  let c4 = p.c / 4u;
  let base = row * c4;
  var sum = vec4f(0.0);
  for (var i = lane; i < c4; i += 64u) { sum += x[base + i]; }
  let mean = total(lane, dot(sum, vec4f(1.0))) / f32(p.c);
  var squares = vec4f(0.0);
  for (var i = lane; i < c4; i += 64u) {
    let d = x[base + i] - mean;
    squares = fma(d, d, squares);
  }
  let r = inverseSqrt(total(lane, dot(squares, vec4f(1.0))) / f32(p.c) + 1e-6);
  let o = regroup(row, p.side) * c4;
  for (var i = lane; i < c4; i += 64u) {
    y[o + i] = fma((x[base + i] - mean) * r, weight[i], bias[i]);
  }
}
