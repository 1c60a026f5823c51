// Weight and bias gradient of the second pointwise layer in splits over rows: the
// input was z = x * scale[group] + beta, made here while x is loaded. One
// invocation holds 8 inputs x 8 outputs in registers; see linear_dw_8x8.wgsl.
struct Params { rows: u32, k: u32, n: u32, splits: u32, slot_rows: u32, groups: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (rows, K)
@group(0) @binding(1) var<storage, read> scale: array<vec4f>; // (groups, K)
@group(0) @binding(2) var<storage, read> beta: array<vec4f>; // (K)
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read> dy: array<vec4f>; // (rows, N)
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>; // (splits, K + 1, N)
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let cols = p.n / 8u;
  let tiles = cols * (p.k / 8u);
  if (i >= tiles * p.splits) { return; }
  let col = i % cols * 2u; // in vec4
  let ki = i / cols % (p.k / 8u) * 2u; // in vec4
  let split = i / tiles;
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(split * share, p.rows);
  let end = min(first + share, p.rows);
  var a0_0 = vec4f(0.0); var a0_1 = vec4f(0.0);
  var a1_0 = vec4f(0.0); var a1_1 = vec4f(0.0);
  var a2_0 = vec4f(0.0); var a2_1 = vec4f(0.0);
  var a3_0 = vec4f(0.0); var a3_1 = vec4f(0.0);
  var a4_0 = vec4f(0.0); var a4_1 = vec4f(0.0);
  var a5_0 = vec4f(0.0); var a5_1 = vec4f(0.0);
  var a6_0 = vec4f(0.0); var a6_1 = vec4f(0.0);
  var a7_0 = vec4f(0.0); var a7_1 = vec4f(0.0);
  let beta0 = beta[ki + 0u];
  let beta1 = beta[ki + 1u];
  for (var r = first; r < end; r++) {
    let xi = r * k4 + ki;
    let di = r * n4 + col;
    let si = slot_group[r / p.slot_rows] * k4 + ki;
    let v0 = fma(x[xi], scale[si], beta0);
    let v1 = fma(x[xi + 1u], scale[si + 1u], beta1);
    let d0 = dy[di];
    let d1 = dy[di + 1u];
    a0_0 = fma(vec4f(v0.x), d0, a0_0); a0_1 = fma(vec4f(v0.x), d1, a0_1);
    a1_0 = fma(vec4f(v0.y), d0, a1_0); a1_1 = fma(vec4f(v0.y), d1, a1_1);
    a2_0 = fma(vec4f(v0.z), d0, a2_0); a2_1 = fma(vec4f(v0.z), d1, a2_1);
    a3_0 = fma(vec4f(v0.w), d0, a3_0); a3_1 = fma(vec4f(v0.w), d1, a3_1);
    a4_0 = fma(vec4f(v1.x), d0, a4_0); a4_1 = fma(vec4f(v1.x), d1, a4_1);
    a5_0 = fma(vec4f(v1.y), d0, a5_0); a5_1 = fma(vec4f(v1.y), d1, a5_1);
    a6_0 = fma(vec4f(v1.z), d0, a6_0); a6_1 = fma(vec4f(v1.z), d1, a6_1);
    a7_0 = fma(vec4f(v1.w), d0, a7_0); a7_1 = fma(vec4f(v1.w), d1, a7_1);
  }
  let base = split * (p.k + 1u) * n4 + col;
  var o = base + ki * 4u * n4;
  sums[o] = a0_0; sums[o + 1u] = a0_1; o += n4;
  sums[o] = a1_0; sums[o + 1u] = a1_1; o += n4;
  sums[o] = a2_0; sums[o + 1u] = a2_1; o += n4;
  sums[o] = a3_0; sums[o + 1u] = a3_1; o += n4;
  sums[o] = a4_0; sums[o + 1u] = a4_1; o += n4;
  sums[o] = a5_0; sums[o + 1u] = a5_1; o += n4;
  sums[o] = a6_0; sums[o + 1u] = a6_1; o += n4;
  sums[o] = a7_0; sums[o + 1u] = a7_1;
  if (ki != 0u) { return; }
  var b0 = vec4f(0.0);
  var b1 = vec4f(0.0);
  for (var r = first; r < end; r++) {
    let di = r * n4 + col;
    b0 += dy[di];
    b1 += dy[di + 1u];
  }
  o = base + p.k * n4;
  sums[o] = b0; sums[o + 1u] = b1;
}
