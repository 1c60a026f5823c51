// Weight and bias gradient of a linear layer of any width, one element an
// invocation: for the classifier's head, whose columns are classes.
struct Params { rows: u32, k: u32, n: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>; // (rows, K)
@group(0) @binding(1) var<storage, read> dy: array<f32>; // (rows, N)
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // (splits, K + 1, N)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  if (i >= p.splits * (p.k + 1u) * p.n) { return; }
  let col = i % p.n;
  let ki = i / p.n % (p.k + 1u);
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(i / p.n / (p.k + 1u) * share, p.rows);
  let end = min(first + share, p.rows);
#use dw_element
  sums[i] = sum;
}
