// Weight and bias gradient of the depthwise convolution over patches of 8x8
// positions, in splits over the visible patches: one invocation holds the seven
// taps of a kernel row for four channels and walks lines of 8 positions, so that
// each value is loaded once for its taps. Tap 49 is the bias.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, 8, 8, C)
@group(0) @binding(1) var<storage, read> dy: array<vec4f>; // (V, 8, 8, C)
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
    for (var line = 0u; line < 8u; line++) {
      let source_y = patch_y * 8 + i32(line + ky) - 3;
      if (source_y < 0 || source_y >= i32(p.grid_rows) * 8) { continue; }
      let d = (slot * 64u + line * 8u) * c4 + ch;
      let d0 = dy[d]; let d1 = dy[d + 1u * c4]; let d2 = dy[d + 2u * c4]; let d3 = dy[d + 3u * c4]; let d4 = dy[d + 4u * c4]; let d5 = dy[d + 5u * c4]; let d6 = dy[d + 6u * c4]; let d7 = dy[d + 7u * c4];
      bias += d0 + d1 + d2 + d3 + d4 + d5 + d6 + d7;
      let middle = at - q + u32(source_y) / 8u * p.grid_cols + patch_x;
      let l = u32(source_y) % 8u * 8u;
      if (patch_x > 0u) {
        let left = patch_slot[middle - 1u];
        if (left != 0u) {
          let o = ((left - 1u) * 64u + l) * c4 + ch;
          { let v = x[o + 5u * c4]; w0 = fma(v, d0, w0); }
          { let v = x[o + 6u * c4]; w1 = fma(v, d0, w1); w0 = fma(v, d1, w0); }
          { let v = x[o + 7u * c4]; w2 = fma(v, d0, w2); w1 = fma(v, d1, w1); w0 = fma(v, d2, w0); }
        }
      }
      {
        let here = patch_slot[middle];
        if (here != 0u) {
          let o = ((here - 1u) * 64u + l) * c4 + ch;
          { let v = x[o]; w3 = fma(v, d0, w3); w2 = fma(v, d1, w2); w1 = fma(v, d2, w1); w0 = fma(v, d3, w0); }
          { let v = x[o + c4]; w4 = fma(v, d0, w4); w3 = fma(v, d1, w3); w2 = fma(v, d2, w2); w1 = fma(v, d3, w1); w0 = fma(v, d4, w0); }
          { let v = x[o + 2u * c4]; w5 = fma(v, d0, w5); w4 = fma(v, d1, w4); w3 = fma(v, d2, w3); w2 = fma(v, d3, w2); w1 = fma(v, d4, w1); w0 = fma(v, d5, w0); }
          { let v = x[o + 3u * c4]; w6 = fma(v, d0, w6); w5 = fma(v, d1, w5); w4 = fma(v, d2, w4); w3 = fma(v, d3, w3); w2 = fma(v, d4, w2); w1 = fma(v, d5, w1); w0 = fma(v, d6, w0); }
          { let v = x[o + 4u * c4]; w6 = fma(v, d1, w6); w5 = fma(v, d2, w5); w4 = fma(v, d3, w4); w3 = fma(v, d4, w3); w2 = fma(v, d5, w2); w1 = fma(v, d6, w1); w0 = fma(v, d7, w0); }
          { let v = x[o + 5u * c4]; w6 = fma(v, d2, w6); w5 = fma(v, d3, w5); w4 = fma(v, d4, w4); w3 = fma(v, d5, w3); w2 = fma(v, d6, w2); w1 = fma(v, d7, w1); }
          { let v = x[o + 6u * c4]; w6 = fma(v, d3, w6); w5 = fma(v, d4, w5); w4 = fma(v, d5, w4); w3 = fma(v, d6, w3); w2 = fma(v, d7, w2); }
          { let v = x[o + 7u * c4]; w6 = fma(v, d4, w6); w5 = fma(v, d5, w5); w4 = fma(v, d6, w4); w3 = fma(v, d7, w3); }
        }
      }
      if (patch_x + 1u < p.grid_cols) {
        let right = patch_slot[middle + 1u];
        if (right != 0u) {
          let o = ((right - 1u) * 64u + l) * c4 + ch;
          { let v = x[o]; w6 = fma(v, d5, w6); w5 = fma(v, d6, w5); w4 = fma(v, d7, w4); }
          { let v = x[o + c4]; w6 = fma(v, d6, w6); w5 = fma(v, d7, w5); }
          { let v = x[o + 2u * c4]; w6 = fma(v, d7, w6); }
        }
      }
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
