// The gradient before GELU and GRN: with a = gelu(h),
// dh = (dz * scale + a * slope) * gelu'(h); the second term is the way through
// the statistics of GRN (grn_dstat.wgsl).
struct Params { rows: u32, c: u32, slot_rows: u32, groups: u32 }

@group(0) @binding(0) var<storage, read> h: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> dz: array<vec4f>; // (rows, C)
@group(0) @binding(2) var<storage, read> scale: array<vec4f>; // (groups, C)
@group(0) @binding(3) var<storage, read> slope: array<vec4f>; // (groups, C)
@group(0) @binding(4) var<storage, read> slot_group: array<u32>;
@group(0) @binding(5) var<storage, read_write> dh: array<vec4f>; // (rows, C)
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let c4 = p.c / 4u;
  if (i >= p.rows * c4) { return; }
  let s = slot_group[i / c4 / p.slot_rows] * c4 + i % c4;
  let x = h[i];
  let e = gauss(x); // gelu and its slope share it
  let cdf = normal_cdf(x, e);
  dh[i] = fma(dz[i], scale[s], x * cdf * slope[s]) * (cdf + x * e * 0.3989422804);
}
