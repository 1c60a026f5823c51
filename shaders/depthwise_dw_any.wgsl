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
  let height = i32(p.grid_rows * p.side);
  let width = i32(p.grid_cols * p.side);
  var w0 = vec4f(0.0); var w1 = vec4f(0.0); var w2 = vec4f(0.0); var w3 = vec4f(0.0);
  var w4 = vec4f(0.0); var w5 = vec4f(0.0); var w6 = vec4f(0.0);
  var bias = vec4f(0.0);
  for (var row = first * area; row < end * area; row++) {
    let d = dy[row * c4 + ch];
    bias += d;
    let at = slot_patch[row / area];
    let q = at % per_image;
    let yy = i32(q / p.grid_cols * p.side + row % area / p.side + ky) - 3;
    if (yy < 0 || yy >= height) { continue; }
    let px = i32(q % p.grid_cols * p.side + row % p.side);
    let patch_row = at - q + u32(yy) / p.side * p.grid_cols;
    let line = u32(yy) % p.side * p.side;
    if (px >= 3) { w0 = fma(value(patch_row, line, u32(px - 3), c4, ch), d, w0); }
    if (px >= 2) { w1 = fma(value(patch_row, line, u32(px - 2), c4, ch), d, w1); }
    if (px >= 1) { w2 = fma(value(patch_row, line, u32(px - 1), c4, ch), d, w2); }
    w3 = fma(value(patch_row, line, u32(px), c4, ch), d, w3);
    if (px + 1 < width) { w4 = fma(value(patch_row, line, u32(px + 1), c4, ch), d, w4); }
    if (px + 2 < width) { w5 = fma(value(patch_row, line, u32(px + 2), c4, ch), d, w5); }
    if (px + 3 < width) { w6 = fma(value(patch_row, line, u32(px + 3), c4, ch), d, w6); }
  }
  var o = (split * 50u + ky * 7u) * c4 + ch;
  sums[o] = w0;
  sums[o + c4] = w1;
  sums[o + 2u * c4] = w2;
  sums[o + 3u * c4] = w3;
  sums[o + 4u * c4] = w4;
  sums[o + 5u * c4] = w5;
  sums[o + 6u * c4] = w6;
  if (ky == 3u) { sums[(split * 50u + 49u) * c4 + ch] = bias; }
}

// value is x at a column of a line of positions, zero where the patch is hidden.
fn value(patch_row: u32, line: u32, column: u32, c4: u32, ch: u32) -> vec4f {
  let slot = patch_slot[patch_row + column / p.side];
  if (slot == 0u) { return vec4f(0.0); }
  return x[((slot - 1u) * p.side * p.side + line + column % p.side) * c4 + ch];
}
