// Depthwise 7x7 convolution over visible patches of 4x4 positions: one invocation
// computes two lines of 4 positions for four channels, so that each value around them is
// loaded once for up to fourteen taps. See depthwise_any.wgsl for the sparse rule.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, 4, 4, C)
@group(0) @binding(1) var<storage, read> weight: array<vec4f>; // (7, 7, C)
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> slot_patch: array<u32>;
@group(0) @binding(4) var<storage, read> patch_slot: array<u32>; // slot + 1, 0 where hidden
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.slots * 2u * c4) { return; }
  let ch = i % c4;
  let slot = i / c4 / 2u;
  let line = i / c4 % 2u * 2u;
  let per_image = p.grid_rows * p.grid_cols;
  let at = slot_patch[slot];
  let q = at % per_image;
  let patch_x = q % p.grid_cols;
  let top = i32(q / p.grid_cols * 4u + line) - 3; // the first source row
  let b = bias[ch];
  var a0 = b; var a1 = b; var a2 = b; var a3 = b; // the upper line
  var b0 = b; var b1 = b; var b2 = b; var b3 = b; // the lower one
  // Source row r meets row r of the kernel, w, for the upper line and row r - 1,
  // u, for the lower one.
  var w0 = vec4f(0.0); var w1 = w0; var w2 = w0; var w3 = w0; var w4 = w0; var w5 = w0; var w6 = w0;
  for (var r = 0; r < 8; r++) {
    let u0 = w0; let u1 = w1; let u2 = w2; let u3 = w3; let u4 = w4; let u5 = w5; let u6 = w6;
    if (r < 7) {
      let o = u32(r) * 7u * c4 + ch;
      w0 = weight[o]; w1 = weight[o + c4]; w2 = weight[o + 2u * c4]; w3 = weight[o + 3u * c4];
      w4 = weight[o + 4u * c4]; w5 = weight[o + 5u * c4]; w6 = weight[o + 6u * c4];
    } else {
      w0 = vec4f(0.0); w1 = w0; w2 = w0; w3 = w0; w4 = w0; w5 = w0; w6 = w0;
    }
    let source_y = top + r;
    if (source_y < 0 || source_y >= i32(p.grid_rows) * 4) { continue; }
    let middle = at - q + u32(source_y) / 4u * p.grid_cols + patch_x;
    let l = u32(source_y) % 4u * 4u;
    // The patches beside each other that the row crosses; where one is hidden or
    // outside, its values are zeros.
    let has_left = patch_x >= 1u;
    let left = select(0u, patch_slot[select(middle, middle - 1u, has_left)], has_left);
    let here = patch_slot[middle];
    let has_right = patch_x + 1u < p.grid_cols;
    let right = select(0u, patch_slot[select(middle, middle + 1u, has_right)], has_right);
    let ol = ((max(left, 1u) - 1u) * 16u + l) * c4 + ch;
    let v0 = select(vec4f(0.0), x[ol + c4], left != 0u);
    let v1 = select(vec4f(0.0), x[ol + 2u * c4], left != 0u);
    let v2 = select(vec4f(0.0), x[ol + 3u * c4], left != 0u);
    let oh = ((max(here, 1u) - 1u) * 16u + l) * c4 + ch;
    let v3 = select(vec4f(0.0), x[oh], here != 0u);
    let v4 = select(vec4f(0.0), x[oh + c4], here != 0u);
    let v5 = select(vec4f(0.0), x[oh + 2u * c4], here != 0u);
    let v6 = select(vec4f(0.0), x[oh + 3u * c4], here != 0u);
    let or = ((max(right, 1u) - 1u) * 16u + l) * c4 + ch;
    let v7 = select(vec4f(0.0), x[or], right != 0u);
    let v8 = select(vec4f(0.0), x[or + c4], right != 0u);
    let v9 = select(vec4f(0.0), x[or + 2u * c4], right != 0u);
    a0 = fma(v6, w6, fma(v5, w5, fma(v4, w4, fma(v3, w3, fma(v2, w2, fma(v1, w1, fma(v0, w0, a0)))))));
    a1 = fma(v7, w6, fma(v6, w5, fma(v5, w4, fma(v4, w3, fma(v3, w2, fma(v2, w1, fma(v1, w0, a1)))))));
    a2 = fma(v8, w6, fma(v7, w5, fma(v6, w4, fma(v5, w3, fma(v4, w2, fma(v3, w1, fma(v2, w0, a2)))))));
    a3 = fma(v9, w6, fma(v8, w5, fma(v7, w4, fma(v6, w3, fma(v5, w2, fma(v4, w1, fma(v3, w0, a3)))))));
    b0 = fma(v6, u6, fma(v5, u5, fma(v4, u4, fma(v3, u3, fma(v2, u2, fma(v1, u1, fma(v0, u0, b0)))))));
    b1 = fma(v7, u6, fma(v6, u5, fma(v5, u4, fma(v4, u3, fma(v3, u2, fma(v2, u1, fma(v1, u0, b1)))))));
    b2 = fma(v8, u6, fma(v7, u5, fma(v6, u4, fma(v5, u3, fma(v4, u2, fma(v3, u1, fma(v2, u0, b2)))))));
    b3 = fma(v9, u6, fma(v8, u5, fma(v7, u4, fma(v6, u3, fma(v5, u2, fma(v4, u1, fma(v3, u0, b3)))))));
  }
  let o = (slot * 16u + line * 4u) * c4 + ch;
  y[o] = a0;
  y[o + c4] = a1;
  y[o + 2u * c4] = a2;
  y[o + 3u * c4] = a3;
  y[o + 4u * c4] = b0;
  y[o + 5u * c4] = b1;
  y[o + 6u * c4] = b2;
  y[o + 7u * c4] = b3;
}
