// What the backward pass of GRN and of the layer behind it need, with a = gelu(h):
// the sums of a * dz and of dz over the rows of each group, in splits as
// grn_sumsq.wgsl has them, and again what that layer read, z = a * scale + beta.
struct Params { groups: u32, rows: u32, c: u32, splits: u32, slot_rows: u32 }

@group(0) @binding(0) var<storage, read> h: array<vec4f>; // (rows, C)
@group(0) @binding(1) var<storage, read> dz: array<vec4f>; // (rows, C)
@group(0) @binding(2) var<storage, read> scale: array<vec4f>; // (groups, C)
@group(0) @binding(3) var<storage, read> beta: array<vec4f>; // (C)
@group(0) @binding(4) var<storage, read> group_offset: array<u32>; // in slots, groups + 1
@group(0) @binding(5) var<storage, read_write> dots: array<vec4f>; // (groups, splits, 2, C)
@group(0) @binding(6) var<storage, read_write> z: array<vec4f>; // (rows, C)
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
#use group_split
  let s = scale[group * c4 + ch];
  let b = beta[ch];
  var product = vec4f(0.0);
  var sum = vec4f(0.0);
  for (var r = first; r < end; r++) {
    let a = gelu(h[r * c4 + ch]);
    let d = dz[r * c4 + ch];
    product = fma(a, d, product);
    sum += d;
    z[r * c4 + ch] = fma(a, s, b);
  }
  let o = (group * p.splits + split) * 2u * c4 + ch;
  dots[o] = product;
  dots[o + c4] = sum;
}
