// y = x W + bias, then GELU where asked for; one invocation holds 8 rows x 8 columns in registers.
// No workgroup memory: on adapters that run on the CPU a barrier costs more than it saves.
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
  var x0 = row * k4;
  var x1 = min(row + 1u, last) * k4;
  var x2 = min(row + 2u, last) * k4;
  var x3 = min(row + 3u, last) * k4;
  var x4 = min(row + 4u, last) * k4;
  var x5 = min(row + 5u, last) * k4;
  var x6 = min(row + 6u, last) * k4;
  var x7 = min(row + 7u, last) * k4;
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
  if (p.gelu != 0u) {
    a00 = gelu(a00); a01 = gelu(a01);
    a10 = gelu(a10); a11 = gelu(a11);
    a20 = gelu(a20); a21 = gelu(a21);
    a30 = gelu(a30); a31 = gelu(a31);
    a40 = gelu(a40); a41 = gelu(a41);
    a50 = gelu(a50); a51 = gelu(a51);
    a60 = gelu(a60); a61 = gelu(a61);
    a70 = gelu(a70); a71 = gelu(a71);
  }
  let o = row * n4 + col;
  y[o] = a00;
  y[o + 1u] = a01;
  if (row + 1u <= last) {
    y[o + 1u * n4] = a10;
    y[o + 1u * n4 + 1u] = a11;
  }
  if (row + 2u <= last) {
    y[o + 2u * n4] = a20;
    y[o + 2u * n4 + 1u] = a21;
  }
  if (row + 3u <= last) {
    y[o + 3u * n4] = a30;
    y[o + 3u * n4 + 1u] = a31;
  }
  if (row + 4u <= last) {
    y[o + 4u * n4] = a40;
    y[o + 4u * n4 + 1u] = a41;
  }
  if (row + 5u <= last) {
    y[o + 5u * n4] = a50;
    y[o + 5u * n4 + 1u] = a51;
  }
  if (row + 6u <= last) {
    y[o + 6u * n4] = a60;
    y[o + 6u * n4 + 1u] = a61;
  }
  if (row + 7u <= last) {
    y[o + 7u * n4] = a70;
    y[o + 7u * n4 + 1u] = a71;
  }
}
