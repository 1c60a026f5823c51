// y = gelu(h) with the partial sums of its squares that GRN begins with, as in
// grn_sumsq.wgsl: training keeps h, so that GELU is no part of the layer before.
struct Params { groups: u32, rows: u32, c: u32, splits: u32, slot_rows: u32 }

@group(0) @binding(0) var<storage, read> h: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> group_offset: array<u32>; // in slots, groups + 1
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // (rows, C)
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>; // (groups, splits, C)
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
#use group_split
  var sum = vec4f(0.0);
  for (var r = first; r < end; r++) {
    let v = gelu(h[r * c4 + ch]);
    sum = fma(v, v, sum);
    y[r * c4 + ch] = v;
  }
  sums[i] = sum;
}
