// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds 8 rows x 8 columns in registers; no workgroup memory.
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

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = p.n / 8u;
  let row = i / tiles * 8u;
  let col = i % tiles * 2u; // in vec4
  if (row >= p.rows) { return; }
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let last = p.rows - 1u; // rows past the end repeat the last one and are not stored
  var x0 = row * k4;
  var x1 = min(row + 1u, last) * k4;
  var x2 = min(row + 2u, last) * k4;
  var x3 = min(row + 3u, last) * k4;
  var x4 = min(row + 4u, last) * k4;
  var x5 = min(row + 5u, last) * k4;
  var x6 = min(row + 6u, last) * k4;
  var x7 = min(row + 7u, last) * k4;
  var s0 = slot_group[row / p.slot_rows] * k4;
  var s1 = slot_group[min(row + 1u, last) / p.slot_rows] * k4;
  var s2 = slot_group[min(row + 2u, last) / p.slot_rows] * k4;
  var s3 = slot_group[min(row + 3u, last) / p.slot_rows] * k4;
  var s4 = slot_group[min(row + 4u, last) / p.slot_rows] * k4;
  var s5 = slot_group[min(row + 5u, last) / p.slot_rows] * k4;
  var s6 = slot_group[min(row + 6u, last) / p.slot_rows] * k4;
  var s7 = slot_group[min(row + 7u, last) / p.slot_rows] * k4;
  var wi = col;
  let b0 = bias[col];
  let b1 = bias[col + 1u];
  var a00 = b0; var a01 = b1;
  var a10 = b0; var a11 = b1;
  var a20 = b0; var a21 = b1;
  var a30 = b0; var a31 = b1;
  var a40 = b0; var a41 = b1;
  var a50 = b0; var a51 = b1;
  var a60 = b0; var a61 = b1;
  var a70 = b0; var a71 = b1;
  for (var k = 0u; k < k4; k++) {
    let be = beta[k];
    let v0 = fma(x[x0 + k], scale[s0 + k], be);
    let v1 = fma(x[x1 + k], scale[s1 + k], be);
    let v2 = fma(x[x2 + k], scale[s2 + k], be);
    let v3 = fma(x[x3 + k], scale[s3 + k], be);
    let v4 = fma(x[x4 + k], scale[s4 + k], be);
    let v5 = fma(x[x5 + k], scale[s5 + k], be);
    let v6 = fma(x[x6 + k], scale[s6 + k], be);
    let v7 = fma(x[x7 + k], scale[s7 + k], be);
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a00 = fma(vec4f(v0.x), w0, a00); a01 = fma(vec4f(v0.x), w1, a01);
      a10 = fma(vec4f(v1.x), w0, a10); a11 = fma(vec4f(v1.x), w1, a11);
      a20 = fma(vec4f(v2.x), w0, a20); a21 = fma(vec4f(v2.x), w1, a21);
      a30 = fma(vec4f(v3.x), w0, a30); a31 = fma(vec4f(v3.x), w1, a31);
      a40 = fma(vec4f(v4.x), w0, a40); a41 = fma(vec4f(v4.x), w1, a41);
      a50 = fma(vec4f(v5.x), w0, a50); a51 = fma(vec4f(v5.x), w1, a51);
      a60 = fma(vec4f(v6.x), w0, a60); a61 = fma(vec4f(v6.x), w1, a61);
      a70 = fma(vec4f(v7.x), w0, a70); a71 = fma(vec4f(v7.x), w1, a71);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a00 = fma(vec4f(v0.y), w0, a00); a01 = fma(vec4f(v0.y), w1, a01);
      a10 = fma(vec4f(v1.y), w0, a10); a11 = fma(vec4f(v1.y), w1, a11);
      a20 = fma(vec4f(v2.y), w0, a20); a21 = fma(vec4f(v2.y), w1, a21);
      a30 = fma(vec4f(v3.y), w0, a30); a31 = fma(vec4f(v3.y), w1, a31);
      a40 = fma(vec4f(v4.y), w0, a40); a41 = fma(vec4f(v4.y), w1, a41);
      a50 = fma(vec4f(v5.y), w0, a50); a51 = fma(vec4f(v5.y), w1, a51);
      a60 = fma(vec4f(v6.y), w0, a60); a61 = fma(vec4f(v6.y), w1, a61);
      a70 = fma(vec4f(v7.y), w0, a70); a71 = fma(vec4f(v7.y), w1, a71);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a00 = fma(vec4f(v0.z), w0, a00); a01 = fma(vec4f(v0.z), w1, a01);
      a10 = fma(vec4f(v1.z), w0, a10); a11 = fma(vec4f(v1.z), w1, a11);
      a20 = fma(vec4f(v2.z), w0, a20); a21 = fma(vec4f(v2.z), w1, a21);
      a30 = fma(vec4f(v3.z), w0, a30); a31 = fma(vec4f(v3.z), w1, a31);
      a40 = fma(vec4f(v4.z), w0, a40); a41 = fma(vec4f(v4.z), w1, a41);
      a50 = fma(vec4f(v5.z), w0, a50); a51 = fma(vec4f(v5.z), w1, a51);
      a60 = fma(vec4f(v6.z), w0, a60); a61 = fma(vec4f(v6.z), w1, a61);
      a70 = fma(vec4f(v7.z), w0, a70); a71 = fma(vec4f(v7.z), w1, a71);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a00 = fma(vec4f(v0.w), w0, a00); a01 = fma(vec4f(v0.w), w1, a01);
      a10 = fma(vec4f(v1.w), w0, a10); a11 = fma(vec4f(v1.w), w1, a11);
      a20 = fma(vec4f(v2.w), w0, a20); a21 = fma(vec4f(v2.w), w1, a21);
      a30 = fma(vec4f(v3.w), w0, a30); a31 = fma(vec4f(v3.w), w1, a31);
      a40 = fma(vec4f(v4.w), w0, a40); a41 = fma(vec4f(v4.w), w1, a41);
      a50 = fma(vec4f(v5.w), w0, a50); a51 = fma(vec4f(v5.w), w1, a51);
      a60 = fma(vec4f(v6.w), w0, a60); a61 = fma(vec4f(v6.w), w1, a61);
      a70 = fma(vec4f(v7.w), w0, a70); a71 = fma(vec4f(v7.w), w1, a71);
      wi += n4;
    }
  }
  let o = row * n4 + col;
  y[o] = a00 + residual[o];
  y[o + 1u] = a01 + residual[o + 1u];
  if (row + 1u <= last) {
    y[o + 1u * n4] = a10 + residual[o + 1u * n4];
    y[o + 1u * n4 + 1u] = a11 + residual[o + 1u * n4 + 1u];
  }
  if (row + 2u <= last) {
    y[o + 2u * n4] = a20 + residual[o + 2u * n4];
    y[o + 2u * n4 + 1u] = a21 + residual[o + 2u * n4 + 1u];
  }
  if (row + 3u <= last) {
    y[o + 3u * n4] = a30 + residual[o + 3u * n4];
    y[o + 3u * n4 + 1u] = a31 + residual[o + 3u * n4 + 1u];
  }
  if (row + 4u <= last) {
    y[o + 4u * n4] = a40 + residual[o + 4u * n4];
    y[o + 4u * n4 + 1u] = a41 + residual[o + 4u * n4 + 1u];
  }
  if (row + 5u <= last) {
    y[o + 5u * n4] = a50 + residual[o + 5u * n4];
    y[o + 5u * n4 + 1u] = a51 + residual[o + 5u * n4 + 1u];
  }
  if (row + 6u <= last) {
    y[o + 6u * n4] = a60 + residual[o + 6u * n4];
    y[o + 6u * n4 + 1u] = a61 + residual[o + 6u * n4 + 1u];
  }
  if (row + 7u <= last) {
    y[o + 7u * n4] = a70 + residual[o + 7u * n4];
    y[o + 7u * n4 + 1u] = a71 + residual[o + 7u * n4 + 1u];
  }
}
