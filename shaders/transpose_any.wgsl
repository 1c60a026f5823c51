// y = x^T for any shape, an element an invocation.
struct Params { rows: u32, cols: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>; // (rows, cols)
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // (cols, rows)
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.rows * p.cols) { return; }
  y[i % p.cols * p.rows + i / p.cols] = x[i];
}
