// Weight and bias gradient of the depthwise convolution for any side of a patch,
// position by position; see depthwise_dw_8.wgsl.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, t, t, C)
@group(0) @binding(1) var<storage, read> dy: array<vec4f>; // (V, t, t, C)
@group(0) @binding(2) var<storage, read> slot_patch: array<u32>;
@group(0) @binding(3) var<storage, read> patch_slot: array<u32>; // slot + 1, 0 where hidden
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>; // (splits, 50, C)
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.splits * 7u * c4) { return; }
  let ch = i % c4;
  let ky = i / c4 % 7u;
  let split = i / c4 / 7u;
  let share = (p.slots + p.splits - 1u) / p.splits;
  let first = min(split * share, p.slots);
  let end = min(first + share, p.slots);
  let per_image = p.grid_rows * p.grid_cols;
  let area = p.side * p.side;
#for kx 7
  var w${kx} = vec4f(0.0);
#end
  var bias = vec4f(0.0);
  for (var row = first * area; row < end * area; row++) {
    let d = dy[row * c4 + ch];
    bias += d;
    let at = slot_patch[row / area];
    let q = at % per_image;
    let py = q / p.grid_cols * p.side + row % area / p.side + ky + 4u * p.side - 3u;
    let patch_y = i32(py / p.side) - 4;
    if (u32(patch_y) >= p.grid_rows) { continue; } // below 0 is far above
    let patch_row = at - q + u32(patch_y) * p.grid_cols;
    let line = py % p.side * p.side;
    // The patch and the place in it of the first tap, from which the others count on.
    let px = q % p.grid_cols * p.side + row % p.side + 4u * p.side - 3u;
    var patch_x = i32(px / p.side) - 4;
    var column = px % p.side;
#for kx 7
    if (u32(patch_x) < p.grid_cols) {
      let slot = patch_slot[patch_row + u32(patch_x)];
      if (slot != 0u) { w${kx} = fma(x[((slot - 1u) * area + line + column) * c4 + ch], d, w${kx}); }
    }
    column++;
    if (column == p.side) { column = 0u; patch_x++; }
#end
  }
  let o = (split * 50u + ky * 7u) * c4 + ch;
#for kx 7
  sums[o + ${kx}u * c4] = w${kx};
#end
  if (ky == 3u) { sums[(split * 50u + 49u) * c4 + ch] = bias; }
}
