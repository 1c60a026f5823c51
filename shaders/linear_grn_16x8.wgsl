// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds 16 rows x 8 columns in registers; see linear_16x16.wgsl.
struct Params { rows: u32, k: u32, n: u32, slot_rows: u32, groups: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> beta: array<vec4f>;
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<mat2x4f>; // 8 columns each
@group(0) @binding(5) var<storage, read> bias: array<mat2x4f>;
@group(0) @binding(6) var<storage, read> residual: array<mat2x4f>;
@group(0) @binding(7) var<storage, read_write> y: array<mat2x4f>;
@group(0) @binding(8) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = p.n / 8u;
  let row = i / tiles * 16u;
  let col = i % tiles;
  if (row >= p.rows) { return; }
  let k4 = p.k / 4u;
  let last = p.rows - 1u; // rows past the end repeat the last one and are not stored
  let s0 = slot_group[row / p.slot_rows] * k4;
  if (slot_group[min(row + 15u, last) / p.slot_rows] * k4 != s0) {
    for (var r = row; r < min(row + 16u, p.rows); r += 4u) { mixed(r, col); }
    return;
  }
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
  let b = bias[col];
  // Each accumulator is four rows x four columns; a row of it is a column of the matrix.
  var a0_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a0_1 = mat4x4f(b[1], b[1], b[1], b[1]);
  var a1_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a1_1 = mat4x4f(b[1], b[1], b[1], b[1]);
  var a2_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a2_1 = mat4x4f(b[1], b[1], b[1], b[1]);
  var a3_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a3_1 = mat4x4f(b[1], b[1], b[1], b[1]);
  var wi = col;
  for (var k = 0u; k < k4; k++) {
    let r0 = w[wi];
    let r1 = w[wi + tiles];
    let r2 = w[wi + 2u * tiles];
    let r3 = w[wi + 3u * tiles];
    wi += 4u * tiles;
    let w0 = mat4x4f(r0[0], r1[0], r2[0], r3[0]);
    let w1 = mat4x4f(r0[1], r1[1], r2[1], r3[1]);
    let be = beta[k];
    let sc = scale[s0 + k];
    let v0 = mat4x4f(fma(x[x0 + k], sc, be), fma(x[x1 + k], sc, be), fma(x[x2 + k], sc, be), fma(x[x3 + k], sc, be));
    a0_0 += w0 * v0; a0_1 += w1 * v0;
    let v1 = mat4x4f(fma(x[x4 + k], sc, be), fma(x[x5 + k], sc, be), fma(x[x6 + k], sc, be), fma(x[x7 + k], sc, be));
    a1_0 += w0 * v1; a1_1 += w1 * v1;
    let v2 = mat4x4f(fma(x[x8 + k], sc, be), fma(x[x9 + k], sc, be), fma(x[x10 + k], sc, be), fma(x[x11 + k], sc, be));
    a2_0 += w0 * v2; a2_1 += w1 * v2;
    let v3 = mat4x4f(fma(x[x12 + k], sc, be), fma(x[x13 + k], sc, be), fma(x[x14 + k], sc, be), fma(x[x15 + k], sc, be));
    a3_0 += w0 * v3; a3_1 += w1 * v3;
  }
  // The rest is a loop: unrolled, it would be most of what there is to compile.
  var t: array<mat2x4f, 16>;
  t[0] = mat2x4f(a0_0[0], a0_1[0]);
  t[1] = mat2x4f(a0_0[1], a0_1[1]);
  t[2] = mat2x4f(a0_0[2], a0_1[2]);
  t[3] = mat2x4f(a0_0[3], a0_1[3]);
  t[4] = mat2x4f(a1_0[0], a1_1[0]);
  t[5] = mat2x4f(a1_0[1], a1_1[1]);
  t[6] = mat2x4f(a1_0[2], a1_1[2]);
  t[7] = mat2x4f(a1_0[3], a1_1[3]);
  t[8] = mat2x4f(a2_0[0], a2_1[0]);
  t[9] = mat2x4f(a2_0[1], a2_1[1]);
  t[10] = mat2x4f(a2_0[2], a2_1[2]);
  t[11] = mat2x4f(a2_0[3], a2_1[3]);
  t[12] = mat2x4f(a3_0[0], a3_1[0]);
  t[13] = mat2x4f(a3_0[1], a3_1[1]);
  t[14] = mat2x4f(a3_0[2], a3_1[2]);
  t[15] = mat2x4f(a3_0[3], a3_1[3]);
  let end = min(16u, p.rows - row);
  for (var r = 0u; r < end; r++) {
    let at = (row + r) * tiles + col;
    y[at] = t[r] + residual[at];
  }
}

// mixed computes four rows that need not belong to one group. It is called in a
// loop, since SwiftShader computes both sides of an if, but skips a loop that no
// invocation enters.
fn mixed(row: u32, col: u32) {
  let tiles = p.n / 8u;
  let k4 = p.k / 4u;
  let last = p.rows - 1u;
  let x0 = row * k4;
  let x1 = min(row + 1u, last) * k4;
  let x2 = min(row + 2u, last) * k4;
  let x3 = min(row + 3u, last) * k4;
  let s0 = slot_group[row / p.slot_rows] * k4;
  let s1 = slot_group[min(row + 1u, last) / p.slot_rows] * k4;
  let s2 = slot_group[min(row + 2u, last) / p.slot_rows] * k4;
  let s3 = slot_group[min(row + 3u, last) / p.slot_rows] * k4;
  let b = bias[col];
  var a0_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a0_1 = mat4x4f(b[1], b[1], b[1], b[1]);
  var wi = col;
  for (var k = 0u; k < k4; k++) {
    let r0 = w[wi];
    let r1 = w[wi + tiles];
    let r2 = w[wi + 2u * tiles];
    let r3 = w[wi + 3u * tiles];
    wi += 4u * tiles;
    let w0 = mat4x4f(r0[0], r1[0], r2[0], r3[0]);
    let w1 = mat4x4f(r0[1], r1[1], r2[1], r3[1]);
    let be = beta[k];
    let v0 = mat4x4f(fma(x[x0 + k], scale[s0 + k], be), fma(x[x1 + k], scale[s1 + k], be), fma(x[x2 + k], scale[s2 + k], be), fma(x[x3 + k], scale[s3 + k], be));
    a0_0 += w0 * v0; a0_1 += w1 * v0;
  }
  var t: array<mat2x4f, 4>;
  t[0] = mat2x4f(a0_0[0], a0_1[0]);
  t[1] = mat2x4f(a0_0[1], a0_1[1]);
  t[2] = mat2x4f(a0_0[2], a0_1[2]);
  t[3] = mat2x4f(a0_0[3], a0_1[3]);
  let end = min(4u, p.rows - row);
  for (var r = 0u; r < end; r++) {
    let at = (row + r) * tiles + col;
    y[at] = t[r] + residual[at];
  }
}
