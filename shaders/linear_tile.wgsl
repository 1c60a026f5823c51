// y = x W + bias, then GELU where asked for, for real GPUs: a workgroup computes
// 64 x 64 outputs from tiles of 16 along k in workgroup memory, an invocation
// four rows x four columns of them.
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

var<workgroup> xs: array<vec4f, 256>; // (64 rows, 16 / 4)
var<workgroup> ws: array<vec4f, 256>; // (16, 64 columns / 4)

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let last = p.rows - 1u;
  let xrow = min(group.y * 64u + lane / 4u, last); // the row and the column that this
  let wcol = group.x * 16u + lane % 16u; // invocation loads for all
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
    if (xk < k4) { xs[lane] = x[xrow * k4 + xk]; }
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
  if (row <= last) { y[row * n4 + wcol] = activate(a0 + b); }
  if (row + 1u <= last) { y[(row + 1u) * n4 + wcol] = activate(a1 + b); }
  if (row + 2u <= last) { y[(row + 2u) * n4 + wcol] = activate(a2 + b); }
  if (row + 3u <= last) { y[(row + 3u) * n4 + wcol] = activate(a3 + b); }
}

fn activate(v: vec4f) -> vec4f {
  if (p.gelu != 0u) { return gelu(v); }
  return v;
}
