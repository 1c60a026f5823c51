// Weight and bias gradient of the depthwise convolution over patches of 2x2
// positions: depthwise_dw_4.wgsl with the values that a line of two meets loaded
// as depthwise_2.wgsl does.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, 2, 2, C)
@group(0) @binding(1) var<storage, read> dy: array<vec4f>; // (V, 2, 2, C)
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
  var w0 = vec4f(0.0); var w1 = vec4f(0.0); var w2 = vec4f(0.0); var w3 = vec4f(0.0);
  var w4 = vec4f(0.0); var w5 = vec4f(0.0); var w6 = vec4f(0.0);
  var bias = vec4f(0.0);
  for (var slot = first; slot < end; slot++) {
    let at = slot_patch[slot];
    let q = at % per_image;
    let patch_y = i32(q / p.grid_cols);
    let patch_x = q % p.grid_cols;
    for (var line = 0u; line < 2u; line++) {
      let source_y = patch_y * 2 + i32(line + ky) - 3;
      if (source_y < 0 || source_y >= i32(p.grid_rows) * 2) { continue; }
      let d = (slot * 4u + line * 2u) * c4 + ch;
      let d0 = dy[d];
      let d1 = dy[d + c4];
      bias += d0 + d1;
      let middle = at - q + u32(source_y) / 2u * p.grid_cols + patch_x;
      let l = u32(source_y) % 2u * 2u;
      let has_far_left = patch_x >= 2u;
      let far_left = select(0u, patch_slot[select(middle, middle - 2u, has_far_left)], has_far_left);
      let has_left = patch_x >= 1u;
      let left = select(0u, patch_slot[select(middle, middle - 1u, has_left)], has_left);
      let here = patch_slot[middle];
      let has_right = patch_x + 1u < p.grid_cols;
      let right = select(0u, patch_slot[select(middle, middle + 1u, has_right)], has_right);
      let has_far_right = patch_x + 2u < p.grid_cols;
      let far_right = select(0u, patch_slot[select(middle, middle + 2u, has_far_right)], has_far_right);
      let oll = ((max(far_left, 1u) - 1u) * 4u + l) * c4 + ch;
      let v0 = select(vec4f(0.0), x[oll + c4], far_left != 0u);
      let ol = ((max(left, 1u) - 1u) * 4u + l) * c4 + ch;
      let v1 = select(vec4f(0.0), x[ol], left != 0u);
      let v2 = select(vec4f(0.0), x[ol + c4], left != 0u);
      let oh = ((max(here, 1u) - 1u) * 4u + l) * c4 + ch;
      let v3 = select(vec4f(0.0), x[oh], here != 0u);
      let v4 = select(vec4f(0.0), x[oh + c4], here != 0u);
      let or = ((max(right, 1u) - 1u) * 4u + l) * c4 + ch;
      let v5 = select(vec4f(0.0), x[or], right != 0u);
      let v6 = select(vec4f(0.0), x[or + c4], right != 0u);
      let orr = ((max(far_right, 1u) - 1u) * 4u + l) * c4 + ch;
      let v7 = select(vec4f(0.0), x[orr], far_right != 0u);
      w0 = fma(v1, d1, fma(v0, d0, w0));
      w1 = fma(v2, d1, fma(v1, d0, w1));
      w2 = fma(v3, d1, fma(v2, d0, w2));
      w3 = fma(v4, d1, fma(v3, d0, w3));
      w4 = fma(v5, d1, fma(v4, d0, w4));
      w5 = fma(v6, d1, fma(v5, d0, w5));
      w6 = fma(v7, d1, fma(v6, d0, w6));
    }
  }
  var o = (split * 50u + ky * 7u) * c4 + ch;
  sums[o] = w0;
  sums[o + c4] = w1;
  sums[o + 2u * c4] = w2;
  sums[o + 3u * c4] = w3;
  sums[o + 4u * c4] = w4;
  sums[o + 5u * c4] = w5;
  sums[o + 6u * c4] = w6;
  if (ky == 3u) { sums[(split * 50u + 49u) * c4 + ch] = bias; } // the only row that no line leaves out
}
