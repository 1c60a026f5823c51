// y = x W + bias, then GELU where asked for; one invocation holds 8 rows x 8
// columns in registers. No workgroup memory: on adapters that run on the CPU a
// load or a barrier costs more than many multiplications.
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

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
  let x0 = row * k4;
  let x1 = min(row + 1u, last) * k4;
  let x2 = min(row + 2u, last) * k4;
  let x3 = min(row + 3u, last) * k4;
  let x4 = min(row + 4u, last) * k4;
  let x5 = min(row + 5u, last) * k4;
  let x6 = min(row + 6u, last) * k4;
  let x7 = min(row + 7u, last) * k4;
  var wi = col;
  let b0 = bias[col];
  let b1 = bias[col + 1u];
  var a0_0 = b0; var a0_1 = b1;
  var a1_0 = b0; var a1_1 = b1;
  var a2_0 = b0; var a2_1 = b1;
  var a3_0 = b0; var a3_1 = b1;
  var a4_0 = b0; var a4_1 = b1;
  var a5_0 = b0; var a5_1 = b1;
  var a6_0 = b0; var a6_1 = b1;
  var a7_0 = b0; var a7_1 = b1;
  for (var k = 0u; k < k4; k++) {
    let v0 = x[x0 + k];
    let v1 = x[x1 + k];
    let v2 = x[x2 + k];
    let v3 = x[x3 + k];
    let v4 = x[x4 + k];
    let v5 = x[x5 + k];
    let v6 = x[x6 + k];
    let v7 = x[x7 + k];
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a0_0 = fma(vec4f(v0.x), w0, a0_0); a0_1 = fma(vec4f(v0.x), w1, a0_1);
      a1_0 = fma(vec4f(v1.x), w0, a1_0); a1_1 = fma(vec4f(v1.x), w1, a1_1);
      a2_0 = fma(vec4f(v2.x), w0, a2_0); a2_1 = fma(vec4f(v2.x), w1, a2_1);
      a3_0 = fma(vec4f(v3.x), w0, a3_0); a3_1 = fma(vec4f(v3.x), w1, a3_1);
      a4_0 = fma(vec4f(v4.x), w0, a4_0); a4_1 = fma(vec4f(v4.x), w1, a4_1);
      a5_0 = fma(vec4f(v5.x), w0, a5_0); a5_1 = fma(vec4f(v5.x), w1, a5_1);
      a6_0 = fma(vec4f(v6.x), w0, a6_0); a6_1 = fma(vec4f(v6.x), w1, a6_1);
      a7_0 = fma(vec4f(v7.x), w0, a7_0); a7_1 = fma(vec4f(v7.x), w1, a7_1);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a0_0 = fma(vec4f(v0.y), w0, a0_0); a0_1 = fma(vec4f(v0.y), w1, a0_1);
      a1_0 = fma(vec4f(v1.y), w0, a1_0); a1_1 = fma(vec4f(v1.y), w1, a1_1);
      a2_0 = fma(vec4f(v2.y), w0, a2_0); a2_1 = fma(vec4f(v2.y), w1, a2_1);
      a3_0 = fma(vec4f(v3.y), w0, a3_0); a3_1 = fma(vec4f(v3.y), w1, a3_1);
      a4_0 = fma(vec4f(v4.y), w0, a4_0); a4_1 = fma(vec4f(v4.y), w1, a4_1);
      a5_0 = fma(vec4f(v5.y), w0, a5_0); a5_1 = fma(vec4f(v5.y), w1, a5_1);
      a6_0 = fma(vec4f(v6.y), w0, a6_0); a6_1 = fma(vec4f(v6.y), w1, a6_1);
      a7_0 = fma(vec4f(v7.y), w0, a7_0); a7_1 = fma(vec4f(v7.y), w1, a7_1);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a0_0 = fma(vec4f(v0.z), w0, a0_0); a0_1 = fma(vec4f(v0.z), w1, a0_1);
      a1_0 = fma(vec4f(v1.z), w0, a1_0); a1_1 = fma(vec4f(v1.z), w1, a1_1);
      a2_0 = fma(vec4f(v2.z), w0, a2_0); a2_1 = fma(vec4f(v2.z), w1, a2_1);
      a3_0 = fma(vec4f(v3.z), w0, a3_0); a3_1 = fma(vec4f(v3.z), w1, a3_1);
      a4_0 = fma(vec4f(v4.z), w0, a4_0); a4_1 = fma(vec4f(v4.z), w1, a4_1);
      a5_0 = fma(vec4f(v5.z), w0, a5_0); a5_1 = fma(vec4f(v5.z), w1, a5_1);
      a6_0 = fma(vec4f(v6.z), w0, a6_0); a6_1 = fma(vec4f(v6.z), w1, a6_1);
      a7_0 = fma(vec4f(v7.z), w0, a7_0); a7_1 = fma(vec4f(v7.z), w1, a7_1);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u];
      a0_0 = fma(vec4f(v0.w), w0, a0_0); a0_1 = fma(vec4f(v0.w), w1, a0_1);
      a1_0 = fma(vec4f(v1.w), w0, a1_0); a1_1 = fma(vec4f(v1.w), w1, a1_1);
      a2_0 = fma(vec4f(v2.w), w0, a2_0); a2_1 = fma(vec4f(v2.w), w1, a2_1);
      a3_0 = fma(vec4f(v3.w), w0, a3_0); a3_1 = fma(vec4f(v3.w), w1, a3_1);
      a4_0 = fma(vec4f(v4.w), w0, a4_0); a4_1 = fma(vec4f(v4.w), w1, a4_1);
      a5_0 = fma(vec4f(v5.w), w0, a5_0); a5_1 = fma(vec4f(v5.w), w1, a5_1);
      a6_0 = fma(vec4f(v6.w), w0, a6_0); a6_1 = fma(vec4f(v6.w), w1, a6_1);
      a7_0 = fma(vec4f(v7.w), w0, a7_0); a7_1 = fma(vec4f(v7.w), w1, a7_1);
      wi += n4;
    }
  }
  if (p.gelu != 0u) {
    a0_0 = gelu(a0_0); a0_1 = gelu(a0_1);
    a1_0 = gelu(a1_0); a1_1 = gelu(a1_1);
    a2_0 = gelu(a2_0); a2_1 = gelu(a2_1);
    a3_0 = gelu(a3_0); a3_1 = gelu(a3_1);
    a4_0 = gelu(a4_0); a4_1 = gelu(a4_1);
    a5_0 = gelu(a5_0); a5_1 = gelu(a5_1);
    a6_0 = gelu(a6_0); a6_1 = gelu(a6_1);
    a7_0 = gelu(a7_0); a7_1 = gelu(a7_1);
  }
  var o = row * n4 + col;
  y[o] = a0_0; y[o + 1u] = a0_1;
  o += n4;
  if (row + 1u <= last) { y[o] = a1_0; y[o + 1u] = a1_1; }
  o += n4;
  if (row + 2u <= last) { y[o] = a2_0; y[o + 1u] = a2_1; }
  o += n4;
  if (row + 3u <= last) { y[o] = a3_0; y[o + 1u] = a3_1; }
  o += n4;
  if (row + 4u <= last) { y[o] = a4_0; y[o + 1u] = a4_1; }
  o += n4;
  if (row + 5u <= last) { y[o] = a5_0; y[o + 1u] = a5_1; }
  o += n4;
  if (row + 6u <= last) { y[o] = a6_0; y[o + 1u] = a6_1; }
  o += n4;
  if (row + 7u <= last) { y[o] = a7_0; y[o + 1u] = a7_1; }
}
