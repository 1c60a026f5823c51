// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds 4 rows x 16 columns in registers; no workgroup memory.
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
  var s0 = slot_group[row / p.slot_rows] * k4;
  var s1 = slot_group[min(row + 1u, last) / p.slot_rows] * k4;
  var s2 = slot_group[min(row + 2u, last) / p.slot_rows] * k4;
  var s3 = slot_group[min(row + 3u, last) / p.slot_rows] * k4;
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
    let be = beta[k];
    let v0 = fma(x[x0 + k], scale[s0 + k], be);
    let v1 = fma(x[x1 + k], scale[s1 + k], be);
    let v2 = fma(x[x2 + k], scale[s2 + k], be);
    let v3 = fma(x[x3 + k], scale[s3 + k], be);
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
  let o = row * n4 + col;
  y[o] = a00 + residual[o];
  y[o + 1u] = a01 + residual[o + 1u];
  y[o + 2u] = a02 + residual[o + 2u];
  y[o + 3u] = a03 + residual[o + 3u];
  if (row + 1u <= last) {
    y[o + 1u * n4] = a10 + residual[o + 1u * n4];
    y[o + 1u * n4 + 1u] = a11 + residual[o + 1u * n4 + 1u];
    y[o + 1u * n4 + 2u] = a12 + residual[o + 1u * n4 + 2u];
    y[o + 1u * n4 + 3u] = a13 + residual[o + 1u * n4 + 3u];
  }
  if (row + 2u <= last) {
    y[o + 2u * n4] = a20 + residual[o + 2u * n4];
    y[o + 2u * n4 + 1u] = a21 + residual[o + 2u * n4 + 1u];
    y[o + 2u * n4 + 2u] = a22 + residual[o + 2u * n4 + 2u];
    y[o + 2u * n4 + 3u] = a23 + residual[o + 2u * n4 + 3u];
  }
  if (row + 3u <= last) {
    y[o + 3u * n4] = a30 + residual[o + 3u * n4];
    y[o + 3u * n4 + 1u] = a31 + residual[o + 3u * n4 + 1u];
    y[o + 3u * n4 + 2u] = a32 + residual[o + 3u * n4 + 2u];
    y[o + 3u * n4 + 3u] = a33 + residual[o + 3u * n4 + 3u];
  }
}
