// Weight and bias gradient of a linear layer in splits over rows: dW = x^T dy, and
// in row K the sum of dy. One invocation holds 16 inputs x 16 outputs in registers
// and takes four rows at a time; see linear_16x16.wgsl.
struct Params { rows: u32, k: u32, n: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<mat4x4f>; // (rows, K), 16 inputs each
@group(0) @binding(1) var<storage, read> dy: array<mat4x4f>; // (rows, N), 16 outputs each
@group(0) @binding(2) var<storage, read_write> sums: array<mat4x4f>; // (splits, K + 1, N)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let ks = p.k / 16u;
  let ns = p.n / 16u;
  if (i >= ks * ns * p.splits) { return; }
  let col = i % ns;
  let ki = i / ns % ks;
  let split = i / ns / ks;
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(split * share, p.rows);
  let end = min(first + share, p.rows);
  // Each accumulator is four inputs x four outputs; an input is a column of the matrix.
  var a0_0 = mat4x4f(); var a0_1 = mat4x4f(); var a0_2 = mat4x4f(); var a0_3 = mat4x4f();
  var a1_0 = mat4x4f(); var a1_1 = mat4x4f(); var a1_2 = mat4x4f(); var a1_3 = mat4x4f();
  var a2_0 = mat4x4f(); var a2_1 = mat4x4f(); var a2_2 = mat4x4f(); var a2_3 = mat4x4f();
  var a3_0 = mat4x4f(); var a3_1 = mat4x4f(); var a3_2 = mat4x4f(); var a3_3 = mat4x4f();
  for (var r = first; r < end; r += 4u) {
    // Rows past the end repeat the last one, with a gradient of zero.
    let r1 = min(r + 1u, end - 1u);
    let r2 = min(r + 2u, end - 1u);
    let r3 = min(r + 3u, end - 1u);
    let d0 = dy[r * ns + col];
    let d1 = dy[r1 * ns + col] * select(0.0, 1.0, r + 1u < end);
    let d2 = dy[r2 * ns + col] * select(0.0, 1.0, r + 2u < end);
    let d3 = dy[r3 * ns + col] * select(0.0, 1.0, r + 3u < end);
    let x0 = x[r * ks + ki];
    let x1 = x[r1 * ks + ki];
    let x2 = x[r2 * ks + ki];
    let x3 = x[r3 * ks + ki];
    let g0 = mat4x4f(d0[0], d1[0], d2[0], d3[0]);
    let g1 = mat4x4f(d0[1], d1[1], d2[1], d3[1]);
    let g2 = mat4x4f(d0[2], d1[2], d2[2], d3[2]);
    let g3 = mat4x4f(d0[3], d1[3], d2[3], d3[3]);
    let v0 = transpose(mat4x4f(x0[0], x1[0], x2[0], x3[0]));
    a0_0 += g0 * v0; a0_1 += g1 * v0; a0_2 += g2 * v0; a0_3 += g3 * v0;
    let v1 = transpose(mat4x4f(x0[1], x1[1], x2[1], x3[1]));
    a1_0 += g0 * v1; a1_1 += g1 * v1; a1_2 += g2 * v1; a1_3 += g3 * v1;
    let v2 = transpose(mat4x4f(x0[2], x1[2], x2[2], x3[2]));
    a2_0 += g0 * v2; a2_1 += g1 * v2; a2_2 += g2 * v2; a2_3 += g3 * v2;
    let v3 = transpose(mat4x4f(x0[3], x1[3], x2[3], x3[3]));
    a3_0 += g0 * v3; a3_1 += g1 * v3; a3_2 += g2 * v3; a3_3 += g3 * v3;
  }
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
  let o = split * (p.k + 1u) * ns + col;
  for (var j = 0u; j < 16u; j++) { sums[o + (ki * 16u + j) * ns] = t[j]; }
  if (ki != 0u) { return; }
  var b = mat4x4f();
  for (var r = first; r < end; r++) { b += dy[r * ns + col]; }
  sums[o + p.k * ns] = b;
}
