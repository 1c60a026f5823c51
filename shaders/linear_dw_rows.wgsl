// Weight and bias gradient of a linear layer in splits over rows: dW = x^T dy, and
// in row K the sum of dy. One invocation holds H inputs x W outputs in registers
// and takes four rows at a time; see linear_rows.wgsl.
struct Params { rows: u32, k: u32, n: u32, splits: u32 }
struct Ins { ${Ins} } // of a row of x
struct Outs { ${Outs} } // of a row of dy

@group(0) @binding(0) var<storage, read> x: array<Ins>; // (rows, K)
@group(0) @binding(1) var<storage, read> dy: array<Outs>; // (rows, N)
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // (splits, K + 1, N)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let ks = p.k / ${H}u;
  let ns = p.n / ${W}u;
  if (i >= ks * ns * p.splits) { return; }
  let col = i % ns;
  let ki = i / ns % ks;
  let split = i / ns / ks;
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(split * share, p.rows);
  let end = min(first + share, p.rows);
#use dw_sums
  let o = (split * (p.k + 1u) * ns + col) * ${C}u;
  for (var j = 0u; j < ${H}u; j++) {
    for (var c = 0u; c < ${C}u; c++) {
      sums[o + (ki * ${H}u + j) * ns * ${C}u + c] = t[j * ${C}u + c];
    }
  }
  if (ki != 0u) { return; }
#use dw_bias
#for c C
  sums[o + p.k * ns * ${C}u + ${c}u] = b${c};
#end
}
