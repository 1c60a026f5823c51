// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds 16 rows x 16 columns in registers; no workgroup memory.
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
  let tiles = p.n / 16u;
  let row = i / tiles * 16u;
  let col = i % tiles * 4u; // in vec4
  if (row >= p.rows) { return; }
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let last = p.rows - 1u; // rows past the end repeat the last one and are not stored
  let x0 = row * k4;
  let x1 = min(row + 1u, last) * k4;
  let x2 = min(row + 2u, last) * k4;
  let x3 = min(row + 3u, last) * k4;
  let x4 = min(row + 4u, last) * k4;
  let x5 = min(row + 5u, last) * k4;
  let x6 = min(row + 6u, last) * k4;
  let x7 = min(row + 7u, last) * k4;
  let x8 = min(row + 8u, last) * k4;
  let x9 = min(row + 9u, last) * k4;
  let x10 = min(row + 10u, last) * k4;
  let x11 = min(row + 11u, last) * k4;
  let x12 = min(row + 12u, last) * k4;
  let x13 = min(row + 13u, last) * k4;
  let x14 = min(row + 14u, last) * k4;
  let x15 = min(row + 15u, last) * k4;
  let s0 = slot_group[row / p.slot_rows] * k4;
  // A tile that lies within one group, the usual one, loads one scale for all its rows.
  let mixed = slot_group[min(row + 15u, last) / p.slot_rows] * k4 != s0;
  var wi = col;
  let b0 = bias[col];
  let b1 = bias[col + 1u];
  let b2 = bias[col + 2u];
  let b3 = bias[col + 3u];
  var a0_0 = b0; var a0_1 = b1; var a0_2 = b2; var a0_3 = b3;
  var a1_0 = b0; var a1_1 = b1; var a1_2 = b2; var a1_3 = b3;
  var a2_0 = b0; var a2_1 = b1; var a2_2 = b2; var a2_3 = b3;
  var a3_0 = b0; var a3_1 = b1; var a3_2 = b2; var a3_3 = b3;
  var a4_0 = b0; var a4_1 = b1; var a4_2 = b2; var a4_3 = b3;
  var a5_0 = b0; var a5_1 = b1; var a5_2 = b2; var a5_3 = b3;
  var a6_0 = b0; var a6_1 = b1; var a6_2 = b2; var a6_3 = b3;
  var a7_0 = b0; var a7_1 = b1; var a7_2 = b2; var a7_3 = b3;
  var a8_0 = b0; var a8_1 = b1; var a8_2 = b2; var a8_3 = b3;
  var a9_0 = b0; var a9_1 = b1; var a9_2 = b2; var a9_3 = b3;
  var a10_0 = b0; var a10_1 = b1; var a10_2 = b2; var a10_3 = b3;
  var a11_0 = b0; var a11_1 = b1; var a11_2 = b2; var a11_3 = b3;
  var a12_0 = b0; var a12_1 = b1; var a12_2 = b2; var a12_3 = b3;
  var a13_0 = b0; var a13_1 = b1; var a13_2 = b2; var a13_3 = b3;
  var a14_0 = b0; var a14_1 = b1; var a14_2 = b2; var a14_3 = b3;
  var a15_0 = b0; var a15_1 = b1; var a15_2 = b2; var a15_3 = b3;
  for (var k = 0u; k < k4; k++) {
    let be = beta[k];
    let sc = scale[s0 + k];
    var v0 = fma(x[x0 + k], sc, be);
    var v1 = fma(x[x1 + k], sc, be);
    var v2 = fma(x[x2 + k], sc, be);
    var v3 = fma(x[x3 + k], sc, be);
    var v4 = fma(x[x4 + k], sc, be);
    var v5 = fma(x[x5 + k], sc, be);
    var v6 = fma(x[x6 + k], sc, be);
    var v7 = fma(x[x7 + k], sc, be);
    var v8 = fma(x[x8 + k], sc, be);
    var v9 = fma(x[x9 + k], sc, be);
    var v10 = fma(x[x10 + k], sc, be);
    var v11 = fma(x[x11 + k], sc, be);
    var v12 = fma(x[x12 + k], sc, be);
    var v13 = fma(x[x13 + k], sc, be);
    var v14 = fma(x[x14 + k], sc, be);
    var v15 = fma(x[x15 + k], sc, be);
    if (mixed) {
      v1 = fma(x[x1 + k], scale[slot_group[min(row + 1u, last) / p.slot_rows] * k4 + k], be);
      v2 = fma(x[x2 + k], scale[slot_group[min(row + 2u, last) / p.slot_rows] * k4 + k], be);
      v3 = fma(x[x3 + k], scale[slot_group[min(row + 3u, last) / p.slot_rows] * k4 + k], be);
      v4 = fma(x[x4 + k], scale[slot_group[min(row + 4u, last) / p.slot_rows] * k4 + k], be);
      v5 = fma(x[x5 + k], scale[slot_group[min(row + 5u, last) / p.slot_rows] * k4 + k], be);
      v6 = fma(x[x6 + k], scale[slot_group[min(row + 6u, last) / p.slot_rows] * k4 + k], be);
      v7 = fma(x[x7 + k], scale[slot_group[min(row + 7u, last) / p.slot_rows] * k4 + k], be);
      v8 = fma(x[x8 + k], scale[slot_group[min(row + 8u, last) / p.slot_rows] * k4 + k], be);
      v9 = fma(x[x9 + k], scale[slot_group[min(row + 9u, last) / p.slot_rows] * k4 + k], be);
      v10 = fma(x[x10 + k], scale[slot_group[min(row + 10u, last) / p.slot_rows] * k4 + k], be);
      v11 = fma(x[x11 + k], scale[slot_group[min(row + 11u, last) / p.slot_rows] * k4 + k], be);
      v12 = fma(x[x12 + k], scale[slot_group[min(row + 12u, last) / p.slot_rows] * k4 + k], be);
      v13 = fma(x[x13 + k], scale[slot_group[min(row + 13u, last) / p.slot_rows] * k4 + k], be);
      v14 = fma(x[x14 + k], scale[slot_group[min(row + 14u, last) / p.slot_rows] * k4 + k], be);
      v15 = fma(x[x15 + k], scale[slot_group[min(row + 15u, last) / p.slot_rows] * k4 + k], be);
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a0_0 = fma(vec4f(v0.x), w0, a0_0); a0_1 = fma(vec4f(v0.x), w1, a0_1); a0_2 = fma(vec4f(v0.x), w2, a0_2); a0_3 = fma(vec4f(v0.x), w3, a0_3);
      a1_0 = fma(vec4f(v1.x), w0, a1_0); a1_1 = fma(vec4f(v1.x), w1, a1_1); a1_2 = fma(vec4f(v1.x), w2, a1_2); a1_3 = fma(vec4f(v1.x), w3, a1_3);
      a2_0 = fma(vec4f(v2.x), w0, a2_0); a2_1 = fma(vec4f(v2.x), w1, a2_1); a2_2 = fma(vec4f(v2.x), w2, a2_2); a2_3 = fma(vec4f(v2.x), w3, a2_3);
      a3_0 = fma(vec4f(v3.x), w0, a3_0); a3_1 = fma(vec4f(v3.x), w1, a3_1); a3_2 = fma(vec4f(v3.x), w2, a3_2); a3_3 = fma(vec4f(v3.x), w3, a3_3);
      a4_0 = fma(vec4f(v4.x), w0, a4_0); a4_1 = fma(vec4f(v4.x), w1, a4_1); a4_2 = fma(vec4f(v4.x), w2, a4_2); a4_3 = fma(vec4f(v4.x), w3, a4_3);
      a5_0 = fma(vec4f(v5.x), w0, a5_0); a5_1 = fma(vec4f(v5.x), w1, a5_1); a5_2 = fma(vec4f(v5.x), w2, a5_2); a5_3 = fma(vec4f(v5.x), w3, a5_3);
      a6_0 = fma(vec4f(v6.x), w0, a6_0); a6_1 = fma(vec4f(v6.x), w1, a6_1); a6_2 = fma(vec4f(v6.x), w2, a6_2); a6_3 = fma(vec4f(v6.x), w3, a6_3);
      a7_0 = fma(vec4f(v7.x), w0, a7_0); a7_1 = fma(vec4f(v7.x), w1, a7_1); a7_2 = fma(vec4f(v7.x), w2, a7_2); a7_3 = fma(vec4f(v7.x), w3, a7_3);
      a8_0 = fma(vec4f(v8.x), w0, a8_0); a8_1 = fma(vec4f(v8.x), w1, a8_1); a8_2 = fma(vec4f(v8.x), w2, a8_2); a8_3 = fma(vec4f(v8.x), w3, a8_3);
      a9_0 = fma(vec4f(v9.x), w0, a9_0); a9_1 = fma(vec4f(v9.x), w1, a9_1); a9_2 = fma(vec4f(v9.x), w2, a9_2); a9_3 = fma(vec4f(v9.x), w3, a9_3);
      a10_0 = fma(vec4f(v10.x), w0, a10_0); a10_1 = fma(vec4f(v10.x), w1, a10_1); a10_2 = fma(vec4f(v10.x), w2, a10_2); a10_3 = fma(vec4f(v10.x), w3, a10_3);
      a11_0 = fma(vec4f(v11.x), w0, a11_0); a11_1 = fma(vec4f(v11.x), w1, a11_1); a11_2 = fma(vec4f(v11.x), w2, a11_2); a11_3 = fma(vec4f(v11.x), w3, a11_3);
      a12_0 = fma(vec4f(v12.x), w0, a12_0); a12_1 = fma(vec4f(v12.x), w1, a12_1); a12_2 = fma(vec4f(v12.x), w2, a12_2); a12_3 = fma(vec4f(v12.x), w3, a12_3);
      a13_0 = fma(vec4f(v13.x), w0, a13_0); a13_1 = fma(vec4f(v13.x), w1, a13_1); a13_2 = fma(vec4f(v13.x), w2, a13_2); a13_3 = fma(vec4f(v13.x), w3, a13_3);
      a14_0 = fma(vec4f(v14.x), w0, a14_0); a14_1 = fma(vec4f(v14.x), w1, a14_1); a14_2 = fma(vec4f(v14.x), w2, a14_2); a14_3 = fma(vec4f(v14.x), w3, a14_3);
      a15_0 = fma(vec4f(v15.x), w0, a15_0); a15_1 = fma(vec4f(v15.x), w1, a15_1); a15_2 = fma(vec4f(v15.x), w2, a15_2); a15_3 = fma(vec4f(v15.x), w3, a15_3);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a0_0 = fma(vec4f(v0.y), w0, a0_0); a0_1 = fma(vec4f(v0.y), w1, a0_1); a0_2 = fma(vec4f(v0.y), w2, a0_2); a0_3 = fma(vec4f(v0.y), w3, a0_3);
      a1_0 = fma(vec4f(v1.y), w0, a1_0); a1_1 = fma(vec4f(v1.y), w1, a1_1); a1_2 = fma(vec4f(v1.y), w2, a1_2); a1_3 = fma(vec4f(v1.y), w3, a1_3);
      a2_0 = fma(vec4f(v2.y), w0, a2_0); a2_1 = fma(vec4f(v2.y), w1, a2_1); a2_2 = fma(vec4f(v2.y), w2, a2_2); a2_3 = fma(vec4f(v2.y), w3, a2_3);
      a3_0 = fma(vec4f(v3.y), w0, a3_0); a3_1 = fma(vec4f(v3.y), w1, a3_1); a3_2 = fma(vec4f(v3.y), w2, a3_2); a3_3 = fma(vec4f(v3.y), w3, a3_3);
      a4_0 = fma(vec4f(v4.y), w0, a4_0); a4_1 = fma(vec4f(v4.y), w1, a4_1); a4_2 = fma(vec4f(v4.y), w2, a4_2); a4_3 = fma(vec4f(v4.y), w3, a4_3);
      a5_0 = fma(vec4f(v5.y), w0, a5_0); a5_1 = fma(vec4f(v5.y), w1, a5_1); a5_2 = fma(vec4f(v5.y), w2, a5_2); a5_3 = fma(vec4f(v5.y), w3, a5_3);
      a6_0 = fma(vec4f(v6.y), w0, a6_0); a6_1 = fma(vec4f(v6.y), w1, a6_1); a6_2 = fma(vec4f(v6.y), w2, a6_2); a6_3 = fma(vec4f(v6.y), w3, a6_3);
      a7_0 = fma(vec4f(v7.y), w0, a7_0); a7_1 = fma(vec4f(v7.y), w1, a7_1); a7_2 = fma(vec4f(v7.y), w2, a7_2); a7_3 = fma(vec4f(v7.y), w3, a7_3);
      a8_0 = fma(vec4f(v8.y), w0, a8_0); a8_1 = fma(vec4f(v8.y), w1, a8_1); a8_2 = fma(vec4f(v8.y), w2, a8_2); a8_3 = fma(vec4f(v8.y), w3, a8_3);
      a9_0 = fma(vec4f(v9.y), w0, a9_0); a9_1 = fma(vec4f(v9.y), w1, a9_1); a9_2 = fma(vec4f(v9.y), w2, a9_2); a9_3 = fma(vec4f(v9.y), w3, a9_3);
      a10_0 = fma(vec4f(v10.y), w0, a10_0); a10_1 = fma(vec4f(v10.y), w1, a10_1); a10_2 = fma(vec4f(v10.y), w2, a10_2); a10_3 = fma(vec4f(v10.y), w3, a10_3);
      a11_0 = fma(vec4f(v11.y), w0, a11_0); a11_1 = fma(vec4f(v11.y), w1, a11_1); a11_2 = fma(vec4f(v11.y), w2, a11_2); a11_3 = fma(vec4f(v11.y), w3, a11_3);
      a12_0 = fma(vec4f(v12.y), w0, a12_0); a12_1 = fma(vec4f(v12.y), w1, a12_1); a12_2 = fma(vec4f(v12.y), w2, a12_2); a12_3 = fma(vec4f(v12.y), w3, a12_3);
      a13_0 = fma(vec4f(v13.y), w0, a13_0); a13_1 = fma(vec4f(v13.y), w1, a13_1); a13_2 = fma(vec4f(v13.y), w2, a13_2); a13_3 = fma(vec4f(v13.y), w3, a13_3);
      a14_0 = fma(vec4f(v14.y), w0, a14_0); a14_1 = fma(vec4f(v14.y), w1, a14_1); a14_2 = fma(vec4f(v14.y), w2, a14_2); a14_3 = fma(vec4f(v14.y), w3, a14_3);
      a15_0 = fma(vec4f(v15.y), w0, a15_0); a15_1 = fma(vec4f(v15.y), w1, a15_1); a15_2 = fma(vec4f(v15.y), w2, a15_2); a15_3 = fma(vec4f(v15.y), w3, a15_3);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a0_0 = fma(vec4f(v0.z), w0, a0_0); a0_1 = fma(vec4f(v0.z), w1, a0_1); a0_2 = fma(vec4f(v0.z), w2, a0_2); a0_3 = fma(vec4f(v0.z), w3, a0_3);
      a1_0 = fma(vec4f(v1.z), w0, a1_0); a1_1 = fma(vec4f(v1.z), w1, a1_1); a1_2 = fma(vec4f(v1.z), w2, a1_2); a1_3 = fma(vec4f(v1.z), w3, a1_3);
      a2_0 = fma(vec4f(v2.z), w0, a2_0); a2_1 = fma(vec4f(v2.z), w1, a2_1); a2_2 = fma(vec4f(v2.z), w2, a2_2); a2_3 = fma(vec4f(v2.z), w3, a2_3);
      a3_0 = fma(vec4f(v3.z), w0, a3_0); a3_1 = fma(vec4f(v3.z), w1, a3_1); a3_2 = fma(vec4f(v3.z), w2, a3_2); a3_3 = fma(vec4f(v3.z), w3, a3_3);
      a4_0 = fma(vec4f(v4.z), w0, a4_0); a4_1 = fma(vec4f(v4.z), w1, a4_1); a4_2 = fma(vec4f(v4.z), w2, a4_2); a4_3 = fma(vec4f(v4.z), w3, a4_3);
      a5_0 = fma(vec4f(v5.z), w0, a5_0); a5_1 = fma(vec4f(v5.z), w1, a5_1); a5_2 = fma(vec4f(v5.z), w2, a5_2); a5_3 = fma(vec4f(v5.z), w3, a5_3);
      a6_0 = fma(vec4f(v6.z), w0, a6_0); a6_1 = fma(vec4f(v6.z), w1, a6_1); a6_2 = fma(vec4f(v6.z), w2, a6_2); a6_3 = fma(vec4f(v6.z), w3, a6_3);
      a7_0 = fma(vec4f(v7.z), w0, a7_0); a7_1 = fma(vec4f(v7.z), w1, a7_1); a7_2 = fma(vec4f(v7.z), w2, a7_2); a7_3 = fma(vec4f(v7.z), w3, a7_3);
      a8_0 = fma(vec4f(v8.z), w0, a8_0); a8_1 = fma(vec4f(v8.z), w1, a8_1); a8_2 = fma(vec4f(v8.z), w2, a8_2); a8_3 = fma(vec4f(v8.z), w3, a8_3);
      a9_0 = fma(vec4f(v9.z), w0, a9_0); a9_1 = fma(vec4f(v9.z), w1, a9_1); a9_2 = fma(vec4f(v9.z), w2, a9_2); a9_3 = fma(vec4f(v9.z), w3, a9_3);
      a10_0 = fma(vec4f(v10.z), w0, a10_0); a10_1 = fma(vec4f(v10.z), w1, a10_1); a10_2 = fma(vec4f(v10.z), w2, a10_2); a10_3 = fma(vec4f(v10.z), w3, a10_3);
      a11_0 = fma(vec4f(v11.z), w0, a11_0); a11_1 = fma(vec4f(v11.z), w1, a11_1); a11_2 = fma(vec4f(v11.z), w2, a11_2); a11_3 = fma(vec4f(v11.z), w3, a11_3);
      a12_0 = fma(vec4f(v12.z), w0, a12_0); a12_1 = fma(vec4f(v12.z), w1, a12_1); a12_2 = fma(vec4f(v12.z), w2, a12_2); a12_3 = fma(vec4f(v12.z), w3, a12_3);
      a13_0 = fma(vec4f(v13.z), w0, a13_0); a13_1 = fma(vec4f(v13.z), w1, a13_1); a13_2 = fma(vec4f(v13.z), w2, a13_2); a13_3 = fma(vec4f(v13.z), w3, a13_3);
      a14_0 = fma(vec4f(v14.z), w0, a14_0); a14_1 = fma(vec4f(v14.z), w1, a14_1); a14_2 = fma(vec4f(v14.z), w2, a14_2); a14_3 = fma(vec4f(v14.z), w3, a14_3);
      a15_0 = fma(vec4f(v15.z), w0, a15_0); a15_1 = fma(vec4f(v15.z), w1, a15_1); a15_2 = fma(vec4f(v15.z), w2, a15_2); a15_3 = fma(vec4f(v15.z), w3, a15_3);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a0_0 = fma(vec4f(v0.w), w0, a0_0); a0_1 = fma(vec4f(v0.w), w1, a0_1); a0_2 = fma(vec4f(v0.w), w2, a0_2); a0_3 = fma(vec4f(v0.w), w3, a0_3);
      a1_0 = fma(vec4f(v1.w), w0, a1_0); a1_1 = fma(vec4f(v1.w), w1, a1_1); a1_2 = fma(vec4f(v1.w), w2, a1_2); a1_3 = fma(vec4f(v1.w), w3, a1_3);
      a2_0 = fma(vec4f(v2.w), w0, a2_0); a2_1 = fma(vec4f(v2.w), w1, a2_1); a2_2 = fma(vec4f(v2.w), w2, a2_2); a2_3 = fma(vec4f(v2.w), w3, a2_3);
      a3_0 = fma(vec4f(v3.w), w0, a3_0); a3_1 = fma(vec4f(v3.w), w1, a3_1); a3_2 = fma(vec4f(v3.w), w2, a3_2); a3_3 = fma(vec4f(v3.w), w3, a3_3);
      a4_0 = fma(vec4f(v4.w), w0, a4_0); a4_1 = fma(vec4f(v4.w), w1, a4_1); a4_2 = fma(vec4f(v4.w), w2, a4_2); a4_3 = fma(vec4f(v4.w), w3, a4_3);
      a5_0 = fma(vec4f(v5.w), w0, a5_0); a5_1 = fma(vec4f(v5.w), w1, a5_1); a5_2 = fma(vec4f(v5.w), w2, a5_2); a5_3 = fma(vec4f(v5.w), w3, a5_3);
      a6_0 = fma(vec4f(v6.w), w0, a6_0); a6_1 = fma(vec4f(v6.w), w1, a6_1); a6_2 = fma(vec4f(v6.w), w2, a6_2); a6_3 = fma(vec4f(v6.w), w3, a6_3);
      a7_0 = fma(vec4f(v7.w), w0, a7_0); a7_1 = fma(vec4f(v7.w), w1, a7_1); a7_2 = fma(vec4f(v7.w), w2, a7_2); a7_3 = fma(vec4f(v7.w), w3, a7_3);
      a8_0 = fma(vec4f(v8.w), w0, a8_0); a8_1 = fma(vec4f(v8.w), w1, a8_1); a8_2 = fma(vec4f(v8.w), w2, a8_2); a8_3 = fma(vec4f(v8.w), w3, a8_3);
      a9_0 = fma(vec4f(v9.w), w0, a9_0); a9_1 = fma(vec4f(v9.w), w1, a9_1); a9_2 = fma(vec4f(v9.w), w2, a9_2); a9_3 = fma(vec4f(v9.w), w3, a9_3);
      a10_0 = fma(vec4f(v10.w), w0, a10_0); a10_1 = fma(vec4f(v10.w), w1, a10_1); a10_2 = fma(vec4f(v10.w), w2, a10_2); a10_3 = fma(vec4f(v10.w), w3, a10_3);
      a11_0 = fma(vec4f(v11.w), w0, a11_0); a11_1 = fma(vec4f(v11.w), w1, a11_1); a11_2 = fma(vec4f(v11.w), w2, a11_2); a11_3 = fma(vec4f(v11.w), w3, a11_3);
      a12_0 = fma(vec4f(v12.w), w0, a12_0); a12_1 = fma(vec4f(v12.w), w1, a12_1); a12_2 = fma(vec4f(v12.w), w2, a12_2); a12_3 = fma(vec4f(v12.w), w3, a12_3);
      a13_0 = fma(vec4f(v13.w), w0, a13_0); a13_1 = fma(vec4f(v13.w), w1, a13_1); a13_2 = fma(vec4f(v13.w), w2, a13_2); a13_3 = fma(vec4f(v13.w), w3, a13_3);
      a14_0 = fma(vec4f(v14.w), w0, a14_0); a14_1 = fma(vec4f(v14.w), w1, a14_1); a14_2 = fma(vec4f(v14.w), w2, a14_2); a14_3 = fma(vec4f(v14.w), w3, a14_3);
      a15_0 = fma(vec4f(v15.w), w0, a15_0); a15_1 = fma(vec4f(v15.w), w1, a15_1); a15_2 = fma(vec4f(v15.w), w2, a15_2); a15_3 = fma(vec4f(v15.w), w3, a15_3);
      wi += n4;
    }
  }
  var o = row * n4 + col;
  y[o] = a0_0 + residual[o]; y[o + 1u] = a0_1 + residual[o + 1u]; y[o + 2u] = a0_2 + residual[o + 2u]; y[o + 3u] = a0_3 + residual[o + 3u];
  o += n4;
  if (row + 1u <= last) { y[o] = a1_0 + residual[o]; y[o + 1u] = a1_1 + residual[o + 1u]; y[o + 2u] = a1_2 + residual[o + 2u]; y[o + 3u] = a1_3 + residual[o + 3u]; }
  o += n4;
  if (row + 2u <= last) { y[o] = a2_0 + residual[o]; y[o + 1u] = a2_1 + residual[o + 1u]; y[o + 2u] = a2_2 + residual[o + 2u]; y[o + 3u] = a2_3 + residual[o + 3u]; }
  o += n4;
  if (row + 3u <= last) { y[o] = a3_0 + residual[o]; y[o + 1u] = a3_1 + residual[o + 1u]; y[o + 2u] = a3_2 + residual[o + 2u]; y[o + 3u] = a3_3 + residual[o + 3u]; }
  o += n4;
  if (row + 4u <= last) { y[o] = a4_0 + residual[o]; y[o + 1u] = a4_1 + residual[o + 1u]; y[o + 2u] = a4_2 + residual[o + 2u]; y[o + 3u] = a4_3 + residual[o + 3u]; }
  o += n4;
  if (row + 5u <= last) { y[o] = a5_0 + residual[o]; y[o + 1u] = a5_1 + residual[o + 1u]; y[o + 2u] = a5_2 + residual[o + 2u]; y[o + 3u] = a5_3 + residual[o + 3u]; }
  o += n4;
  if (row + 6u <= last) { y[o] = a6_0 + residual[o]; y[o + 1u] = a6_1 + residual[o + 1u]; y[o + 2u] = a6_2 + residual[o + 2u]; y[o + 3u] = a6_3 + residual[o + 3u]; }
  o += n4;
  if (row + 7u <= last) { y[o] = a7_0 + residual[o]; y[o + 1u] = a7_1 + residual[o + 1u]; y[o + 2u] = a7_2 + residual[o + 2u]; y[o + 3u] = a7_3 + residual[o + 3u]; }
  o += n4;
  if (row + 8u <= last) { y[o] = a8_0 + residual[o]; y[o + 1u] = a8_1 + residual[o + 1u]; y[o + 2u] = a8_2 + residual[o + 2u]; y[o + 3u] = a8_3 + residual[o + 3u]; }
  o += n4;
  if (row + 9u <= last) { y[o] = a9_0 + residual[o]; y[o + 1u] = a9_1 + residual[o + 1u]; y[o + 2u] = a9_2 + residual[o + 2u]; y[o + 3u] = a9_3 + residual[o + 3u]; }
  o += n4;
  if (row + 10u <= last) { y[o] = a10_0 + residual[o]; y[o + 1u] = a10_1 + residual[o + 1u]; y[o + 2u] = a10_2 + residual[o + 2u]; y[o + 3u] = a10_3 + residual[o + 3u]; }
  o += n4;
  if (row + 11u <= last) { y[o] = a11_0 + residual[o]; y[o + 1u] = a11_1 + residual[o + 1u]; y[o + 2u] = a11_2 + residual[o + 2u]; y[o + 3u] = a11_3 + residual[o + 3u]; }
  o += n4;
  if (row + 12u <= last) { y[o] = a12_0 + residual[o]; y[o + 1u] = a12_1 + residual[o + 1u]; y[o + 2u] = a12_2 + residual[o + 2u]; y[o + 3u] = a12_3 + residual[o + 3u]; }
  o += n4;
  if (row + 13u <= last) { y[o] = a13_0 + residual[o]; y[o + 1u] = a13_1 + residual[o + 1u]; y[o + 2u] = a13_2 + residual[o + 2u]; y[o + 3u] = a13_3 + residual[o + 3u]; }
  o += n4;
  if (row + 14u <= last) { y[o] = a14_0 + residual[o]; y[o + 1u] = a14_1 + residual[o + 1u]; y[o + 2u] = a14_2 + residual[o + 2u]; y[o + 3u] = a14_3 + residual[o + 3u]; }
  o += n4;
  if (row + 15u <= last) { y[o] = a15_0 + residual[o]; y[o + 1u] = a15_1 + residual[o + 1u]; y[o + 2u] = a15_2 + residual[o + 2u]; y[o + 3u] = a15_3 + residual[o + 3u]; }
}
