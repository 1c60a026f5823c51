// Weight and bias gradient of a linear layer of any width, added to those of earlier
// steps, one element an invocation; see linear_dw_any.wgsl.
struct Params { rows: u32, k: u32, n: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>; // (rows, K)
@group(0) @binding(1) var<storage, read> dy: array<f32>; // (rows, N)
@group(0) @binding(2) var<storage, read_write> dweight: array<f32>; // (K, N)
@group(0) @binding(3) var<storage, read_write> dbias: array<f32>; // (N)
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  if (i >= (p.k + 1u) * p.n) { return; }
  let col = i % p.n;
  let ki = i / p.n;
  let first = 0u;
  let end = p.rows;
#use dw_element
  if (ki == p.k) {
    dbias[col] += sum;
  } else {
    dweight[i] += sum;
  }
}
