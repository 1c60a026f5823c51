// y = x^T, in squares of 4x4.
struct Params { rows: u32, cols: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (rows, cols)
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>; // (cols, rows)
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let r4 = p.rows / 4u;
  let c4 = p.cols / 4u;
  if (i >= r4 * c4) { return; }
  let row = i / c4;
  let col = i % c4;
  let src = row * 4u * c4 + col;
  let m = transpose(mat4x4f(x[src], x[src + c4], x[src + 2u * c4], x[src + 3u * c4]));
  let dst = col * 4u * r4 + row;
  y[dst] = m[0];
  y[dst + r4] = m[1];
  y[dst + 2u * r4] = m[2];
  y[dst + 3u * r4] = m[3];
}
