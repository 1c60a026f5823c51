// Weight and bias gradient of a linear layer, added to those of earlier steps:
// linear_dw_rows.wgsl for layers that are large enough without splits.
struct Params { rows: u32, k: u32, n: u32 }
struct Ins { ${Ins} } // of a row of x
struct Outs { ${Outs} } // of a row of dy

@group(0) @binding(0) var<storage, read> x: array<Ins>; // (rows, K)
@group(0) @binding(1) var<storage, read> dy: array<Outs>; // (rows, N)
@group(0) @binding(2) var<storage, read_write> dweight: array<vec4f>; // (K, N)
@group(0) @binding(3) var<storage, read_write> dbias: array<vec4f>; // (N)
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let ks = p.k / ${H}u;
  let ns = p.n / ${W}u;
  if (i >= ks * ns) { return; }
  let col = i % ns;
  let ki = i / ns;
  let first = 0u;
  let end = p.rows;
#use dw_sums
  for (var j = 0u; j < ${H}u; j++) {
    for (var c = 0u; c < ${C}u; c++) {
      dweight[((ki * ${H}u + j) * ns + col) * ${C}u + c] += t[j * ${C}u + c];
    }
  }
  if (ki != 0u) { return; }
#use dw_bias
#for c C
  dbias[col * ${C}u + ${c}u] += b${c};
#end
}
