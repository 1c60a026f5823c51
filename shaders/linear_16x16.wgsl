// y = x W + b, then GELU where asked for; one invocation holds 16 rows x 16
// columns in registers. No workgroup memory: on adapters that run on the CPU a
// load or a barrier costs more than many multiplications. So a load takes a whole
// row of the tile (a mat4x4f is 16 columns), and each accumulator is stored once
// for four values of k: such compilers keep a var of a loop in memory.
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<mat4x4f>; // 16 columns each
@group(0) @binding(2) var<storage, read> bias: array<mat4x4f>;
@group(0) @binding(3) var<storage, read_write> y: array<mat4x4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = p.n / 16u;
  let row = i / tiles * 16u;
  let col = i % tiles;
  if (row >= p.rows) { return; }
  let k4 = p.k / 4u;
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
  let b = bias[col];
  // Each accumulator is four rows x four columns; a row of it is a column of the matrix.
  var a0_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a0_1 = mat4x4f(b[1], b[1], b[1], b[1]); var a0_2 = mat4x4f(b[2], b[2], b[2], b[2]); var a0_3 = mat4x4f(b[3], b[3], b[3], b[3]);
  var a1_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a1_1 = mat4x4f(b[1], b[1], b[1], b[1]); var a1_2 = mat4x4f(b[2], b[2], b[2], b[2]); var a1_3 = mat4x4f(b[3], b[3], b[3], b[3]);
  var a2_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a2_1 = mat4x4f(b[1], b[1], b[1], b[1]); var a2_2 = mat4x4f(b[2], b[2], b[2], b[2]); var a2_3 = mat4x4f(b[3], b[3], b[3], b[3]);
  var a3_0 = mat4x4f(b[0], b[0], b[0], b[0]); var a3_1 = mat4x4f(b[1], b[1], b[1], b[1]); var a3_2 = mat4x4f(b[2], b[2], b[2], b[2]); var a3_3 = mat4x4f(b[3], b[3], b[3], b[3]);
  var wi = col;
  for (var k = 0u; k < k4; k++) {
    let r0 = w[wi];
    let r1 = w[wi + tiles];
    let r2 = w[wi + 2u * tiles];
    let r3 = w[wi + 3u * tiles];
    wi += 4u * tiles;
    let w0 = mat4x4f(r0[0], r1[0], r2[0], r3[0]);
    let w1 = mat4x4f(r0[1], r1[1], r2[1], r3[1]);
    let w2 = mat4x4f(r0[2], r1[2], r2[2], r3[2]);
    let w3 = mat4x4f(r0[3], r1[3], r2[3], r3[3]);
    let v0 = mat4x4f(x[x0 + k], x[x1 + k], x[x2 + k], x[x3 + k]);
    a0_0 += w0 * v0; a0_1 += w1 * v0; a0_2 += w2 * v0; a0_3 += w3 * v0;
    let v1 = mat4x4f(x[x4 + k], x[x5 + k], x[x6 + k], x[x7 + k]);
    a1_0 += w0 * v1; a1_1 += w1 * v1; a1_2 += w2 * v1; a1_3 += w3 * v1;
    let v2 = mat4x4f(x[x8 + k], x[x9 + k], x[x10 + k], x[x11 + k]);
    a2_0 += w0 * v2; a2_1 += w1 * v2; a2_2 += w2 * v2; a2_3 += w3 * v2;
    let v3 = mat4x4f(x[x12 + k], x[x13 + k], x[x14 + k], x[x15 + k]);
    a3_0 += w0 * v3; a3_1 += w1 * v3; a3_2 += w2 * v3; a3_3 += w3 * v3;
  }
  // The rest is a loop: unrolled, it would be most of what there is to compile.
  var t: array<mat4x4f, 16>;
  t[0] = mat4x4f(a0_0[0], a0_1[0], a0_2[0], a0_3[0]);
  t[1] = mat4x4f(a0_0[1], a0_1[1], a0_2[1], a0_3[1]);
  t[2] = mat4x4f(a0_0[2], a0_1[2], a0_2[2], a0_3[2]);
  t[3] = mat4x4f(a0_0[3], a0_1[3], a0_2[3], a0_3[3]);
  t[4] = mat4x4f(a1_0[0], a1_1[0], a1_2[0], a1_3[0]);
  t[5] = mat4x4f(a1_0[1], a1_1[1], a1_2[1], a1_3[1]);
  t[6] = mat4x4f(a1_0[2], a1_1[2], a1_2[2], a1_3[2]);
  t[7] = mat4x4f(a1_0[3], a1_1[3], a1_2[3], a1_3[3]);
  t[8] = mat4x4f(a2_0[0], a2_1[0], a2_2[0], a2_3[0]);
  t[9] = mat4x4f(a2_0[1], a2_1[1], a2_2[1], a2_3[1]);
  t[10] = mat4x4f(a2_0[2], a2_1[2], a2_2[2], a2_3[2]);
  t[11] = mat4x4f(a2_0[3], a2_1[3], a2_2[3], a2_3[3]);
  t[12] = mat4x4f(a3_0[0], a3_1[0], a3_2[0], a3_3[0]);
  t[13] = mat4x4f(a3_0[1], a3_1[1], a3_2[1], a3_3[1]);
  t[14] = mat4x4f(a3_0[2], a3_1[2], a3_2[2], a3_3[2]);
  t[15] = mat4x4f(a3_0[3], a3_1[3], a3_2[3], a3_3[3]);
  let end = min(16u, p.rows - row);
  for (var r = 0u; r < end; r++) {
    let at = (row + r) * tiles + col;
    let v = t[r];
    if (p.gelu != 0u) {
      y[at] = mat4x4f(gelu(v[0]), gelu(v[1]), gelu(v[2]), gelu(v[3]));
    } else {
      y[at] = v;
    }
  }
}
