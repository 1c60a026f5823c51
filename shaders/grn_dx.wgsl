// The gradient before GELU and GRN: with a = gelu(h),
// dh = (dz * scale + a * slope) * gelu'(h); the second term is the way through
// the statistics of GRN (grn_dstat.wgsl). An invocation takes a split of the rows of
// a group, which have scale and slope in common.
struct Params { groups: u32, rows: u32, c: u32, splits: u32, slot_rows: u32 }

@group(0) @binding(0) var<storage, read> h: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> dz: array<vec4f>; // (rows, C)
@group(0) @binding(2) var<storage, read> scale: array<vec4f>; // (groups, C)
@group(0) @binding(3) var<storage, read> slope: array<vec4f>; // (groups, C)
@group(0) @binding(4) var<storage, read> group_offset: array<u32>; // in slots, groups + 1
@group(0) @binding(5) var<storage, read_write> dh: array<vec4f>; // (rows, C)
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
#use group_split
  let scaled = scale[group * c4 + ch];
  let through = slope[group * c4 + ch];
  for (var r = first; r < end; r++) {
    let x = h[r * c4 + ch];
    let e = gauss(x); // gelu and its slope share it
    let cdf = normal_cdf(x, e);
    dh[r * c4 + ch] = fma(dz[r * c4 + ch], scaled, x * cdf * through) * (cdf + x * e * 0.3989422804);
  }
}
