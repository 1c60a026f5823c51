// Partial sums of squares over the rows of each group (an image, or the whole
// batch) for GRN's global aggregation; split s takes its share of the rows.
struct Params { groups: u32, rows: u32, c: u32, splits: u32, slot_rows: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> group_offset: array<u32>; // in slots, groups + 1
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // (groups, splits, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
#use group_split
  var sum = vec4f(0.0);
  for (var r = first; r < end; r++) {
    let v = x[r * c4 + ch];
    sum = fma(v, v, sum);
  }
  sums[i] = sum;
}
