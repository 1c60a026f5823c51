// y = (x * scale + beta) W + bias + residual for real GPUs; see linear_tile.wgsl.
struct Params { rows: u32, k: u32, n: u32, slot_rows: u32, groups: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> beta: array<vec4f>;
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<vec4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

var<workgroup> xs: array<vec4f, 256>; // (64 rows, 16 / 4)
var<workgroup> ws: array<vec4f, 256>; // (16, 64 columns / 4)

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let last = p.rows - 1u;
  let xrow = min(group.y * 64u + lane / 4u, last); // the row and the column that this
  let wcol = group.x * 16u + lane % 16u; // invocation loads for all
  let srow = slot_group[xrow / p.slot_rows] * k4;
  let first = lane / 16u * 4u; // of the four rows that it computes
  var a0 = vec4f(0.0);
  var a1 = vec4f(0.0);
  var a2 = vec4f(0.0);
  var a3 = vec4f(0.0);
  for (var k = 0u; k < k4; k += 4u) {
    let xk = k + lane % 4u;
    let wk = k * 4u + lane / 16u;
    workgroupBarrier();
    xs[lane] = vec4f(0.0);
    if (xk < k4) { xs[lane] = fma(x[xrow * k4 + xk], scale[srow + xk], beta[xk]); }
    ws[lane] = vec4f(0.0);
    if (wk < p.k && wcol < n4) { ws[lane] = w[wk * n4 + wcol]; }
    workgroupBarrier();
    for (var j = 0u; j < 4u; j++) {
      let v0 = xs[first * 4u + j];
      let v1 = xs[first * 4u + 4u + j];
      let v2 = xs[first * 4u + 8u + j];
      let v3 = xs[first * 4u + 12u + j];
      for (var c = 0u; c < 4u; c++) {
        let b = ws[(j * 4u + c) * 16u + lane % 16u];
        a0 = fma(vec4f(v0[c]), b, a0);
        a1 = fma(vec4f(v1[c]), b, a1);
        a2 = fma(vec4f(v2[c]), b, a2);
        a3 = fma(vec4f(v3[c]), b, a3);
      }
    }
  }
  if (wcol >= n4) { return; }
  let b = bias[wcol];
  let row = group.y * 64u + first;
  if (row <= last) { y[row * n4 + wcol] = a0 + b + residual[row * n4 + wcol]; }
  if (row + 1u <= last) { y[(row + 1u) * n4 + wcol] = a1 + b + residual[(row + 1u) * n4 + wcol]; }
  if (row + 2u <= last) { y[(row + 2u) * n4 + wcol] = a2 + b + residual[(row + 2u) * n4 + wcol]; }
  if (row + 3u <= last) { y[(row + 3u) * n4 + wcol] = a3 + b + residual[(row + 3u) * n4 + wcol]; }
}
