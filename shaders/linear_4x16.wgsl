// y = x W + bias, then GELU where asked for; one invocation holds 4 rows x 16 columns in registers.
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
  let tiles = p.n / 16u;
  let row = i / tiles * 4u;
  let col = i % tiles * 4u; // in vec4
  if (row >= p.rows) { return; }
  let k4 = p.k / 4u;
  let n4 = p.n / 4u;
  let last = p.rows - 1u; // rows past the end repeat the last one and are not stored
  var x0 = row * k4;
  var x1 = min(row + 1u, last) * k4;
  var x2 = min(row + 2u, last) * k4;
  var x3 = min(row + 3u, last) * k4;
  var wi = col;
  let b0 = bias[col];
  let b1 = bias[col + 1u];
  let b2 = bias[col + 2u];
  let b3 = bias[col + 3u];
  var a00 = b0; var a01 = b1; var a02 = b2; var a03 = b3;
  var a10 = b0; var a11 = b1; var a12 = b2; var a13 = b3;
  var a20 = b0; var a21 = b1; var a22 = b2; var a23 = b3;
  var a30 = b0; var a31 = b1; var a32 = b2; var a33 = b3;
  for (var k = 0u; k < k4; k++) {
    let v0 = x[x0 + k];
    let v1 = x[x1 + k];
    let v2 = x[x2 + k];
    let v3 = x[x3 + k];
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a00 = fma(vec4f(v0.x), w0, a00); a01 = fma(vec4f(v0.x), w1, a01); a02 = fma(vec4f(v0.x), w2, a02); a03 = fma(vec4f(v0.x), w3, a03);
      a10 = fma(vec4f(v1.x), w0, a10); a11 = fma(vec4f(v1.x), w1, a11); a12 = fma(vec4f(v1.x), w2, a12); a13 = fma(vec4f(v1.x), w3, a13);
      a20 = fma(vec4f(v2.x), w0, a20); a21 = fma(vec4f(v2.x), w1, a21); a22 = fma(vec4f(v2.x), w2, a22); a23 = fma(vec4f(v2.x), w3, a23);
      a30 = fma(vec4f(v3.x), w0, a30); a31 = fma(vec4f(v3.x), w1, a31); a32 = fma(vec4f(v3.x), w2, a32); a33 = fma(vec4f(v3.x), w3, a33);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a00 = fma(vec4f(v0.y), w0, a00); a01 = fma(vec4f(v0.y), w1, a01); a02 = fma(vec4f(v0.y), w2, a02); a03 = fma(vec4f(v0.y), w3, a03);
      a10 = fma(vec4f(v1.y), w0, a10); a11 = fma(vec4f(v1.y), w1, a11); a12 = fma(vec4f(v1.y), w2, a12); a13 = fma(vec4f(v1.y), w3, a13);
      a20 = fma(vec4f(v2.y), w0, a20); a21 = fma(vec4f(v2.y), w1, a21); a22 = fma(vec4f(v2.y), w2, a22); a23 = fma(vec4f(v2.y), w3, a23);
      a30 = fma(vec4f(v3.y), w0, a30); a31 = fma(vec4f(v3.y), w1, a31); a32 = fma(vec4f(v3.y), w2, a32); a33 = fma(vec4f(v3.y), w3, a33);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a00 = fma(vec4f(v0.z), w0, a00); a01 = fma(vec4f(v0.z), w1, a01); a02 = fma(vec4f(v0.z), w2, a02); a03 = fma(vec4f(v0.z), w3, a03);
      a10 = fma(vec4f(v1.z), w0, a10); a11 = fma(vec4f(v1.z), w1, a11); a12 = fma(vec4f(v1.z), w2, a12); a13 = fma(vec4f(v1.z), w3, a13);
      a20 = fma(vec4f(v2.z), w0, a20); a21 = fma(vec4f(v2.z), w1, a21); a22 = fma(vec4f(v2.z), w2, a22); a23 = fma(vec4f(v2.z), w3, a23);
      a30 = fma(vec4f(v3.z), w0, a30); a31 = fma(vec4f(v3.z), w1, a31); a32 = fma(vec4f(v3.z), w2, a32); a33 = fma(vec4f(v3.z), w3, a33);
      wi += n4;
    }
    {
      let w0 = w[wi]; let w1 = w[wi + 1u]; let w2 = w[wi + 2u]; let w3 = w[wi + 3u];
      a00 = fma(vec4f(v0.w), w0, a00); a01 = fma(vec4f(v0.w), w1, a01); a02 = fma(vec4f(v0.w), w2, a02); a03 = fma(vec4f(v0.w), w3, a03);
      a10 = fma(vec4f(v1.w), w0, a10); a11 = fma(vec4f(v1.w), w1, a11); a12 = fma(vec4f(v1.w), w2, a12); a13 = fma(vec4f(v1.w), w3, a13);
      a20 = fma(vec4f(v2.w), w0, a20); a21 = fma(vec4f(v2.w), w1, a21); a22 = fma(vec4f(v2.w), w2, a22); a23 = fma(vec4f(v2.w), w3, a23);
      a30 = fma(vec4f(v3.w), w0, a30); a31 = fma(vec4f(v3.w), w1, a31); a32 = fma(vec4f(v3.w), w2, a32); a33 = fma(vec4f(v3.w), w3, a33);
      wi += n4;
    }
  }
  if (p.gelu != 0u) {
    a00 = gelu(a00); a01 = gelu(a01); a02 = gelu(a02); a03 = gelu(a03);
    a10 = gelu(a10); a11 = gelu(a11); a12 = gelu(a12); a13 = gelu(a13);
    a20 = gelu(a20); a21 = gelu(a21); a22 = gelu(a22); a23 = gelu(a23);
    a30 = gelu(a30); a31 = gelu(a31); a32 = gelu(a32); a33 = gelu(a33);
  }
  let o = row * n4 + col;
  y[o] = a00;
  y[o + 1u] = a01;
  y[o + 2u] = a02;
  y[o + 3u] = a03;
  if (row + 1u <= last) {
    y[o + 1u * n4] = a10;
    y[o + 1u * n4 + 1u] = a11;
    y[o + 1u * n4 + 2u] = a12;
    y[o + 1u * n4 + 3u] = a13;
  }
  if (row + 2u <= last) {
    y[o + 2u * n4] = a20;
    y[o + 2u * n4 + 1u] = a21;
    y[o + 2u * n4 + 2u] = a22;
    y[o + 2u * n4 + 3u] = a23;
  }
  if (row + 3u <= last) {
    y[o + 3u * n4] = a30;
    y[o + 3u * n4 + 1u] = a31;
    y[o + 3u * n4 + 2u] = a32;
    y[o + 3u * n4 + 3u] = a33;
  }
}
