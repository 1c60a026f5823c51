// Depthwise 7x7 convolution over visible patches of 8x8 positions: one invocation
// slides over a whole line of 8 positions for four channels, so that each value
// is loaded once for its seven taps. See depthwise_any.wgsl for the sparse rule.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, 8, 8, C)
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
  if (i >= p.slots * 8u * c4) { return; }
  let ch = i % c4;
  let slot = i / c4 / 8u;
  let line = i32(i / c4 % 8u);
  let per_image = p.grid_rows * p.grid_cols;
  let at = slot_patch[slot];
  let q = at % per_image;
  let patch_y = i32(q / p.grid_cols);
  let patch_x = q % p.grid_cols;
  let b = bias[ch];
  var a0 = b; var a1 = b; var a2 = b; var a3 = b; var a4 = b; var a5 = b; var a6 = b; var a7 = b;
  for (var ky = 0; ky < 7; ky++) {
    let source_y = patch_y * 8 + line + ky - 3;
    if (source_y < 0 || source_y >= i32(p.grid_rows) * 8) { continue; }
    let middle = at - q + u32(source_y) / 8u * p.grid_cols + patch_x;
    let l = u32(source_y) % 8u * 8u;
    let wi = u32(ky) * 7u * c4 + ch;
    let w0 = weight[wi]; let w1 = weight[wi + c4]; let w2 = weight[wi + 2u * c4]; let w3 = weight[wi + 3u * c4];
    let w4 = weight[wi + 4u * c4]; let w5 = weight[wi + 5u * c4]; let w6 = weight[wi + 6u * c4];
    if (patch_x > 0u) {
      let left = patch_slot[middle - 1u];
      if (left != 0u) {
        let o = ((left - 1u) * 64u + l) * c4 + ch;
        { let v = x[o + 5u * c4]; a0 = fma(v, w0, a0); }
        { let v = x[o + 6u * c4]; a0 = fma(v, w1, a0); a1 = fma(v, w0, a1); }
        { let v = x[o + 7u * c4]; a0 = fma(v, w2, a0); a1 = fma(v, w1, a1); a2 = fma(v, w0, a2); }
      }
    }
    {
      let here = patch_slot[middle];
      if (here != 0u) {
        let o = ((here - 1u) * 64u + l) * c4 + ch;
        { let v = x[o]; a0 = fma(v, w3, a0); a1 = fma(v, w2, a1); a2 = fma(v, w1, a2); a3 = fma(v, w0, a3); }
        { let v = x[o + c4]; a0 = fma(v, w4, a0); a1 = fma(v, w3, a1); a2 = fma(v, w2, a2); a3 = fma(v, w1, a3); a4 = fma(v, w0, a4); }
        { let v = x[o + 2u * c4]; a0 = fma(v, w5, a0); a1 = fma(v, w4, a1); a2 = fma(v, w3, a2); a3 = fma(v, w2, a3); a4 = fma(v, w1, a4); a5 = fma(v, w0, a5); }
        { let v = x[o + 3u * c4]; a0 = fma(v, w6, a0); a1 = fma(v, w5, a1); a2 = fma(v, w4, a2); a3 = fma(v, w3, a3); a4 = fma(v, w2, a4); a5 = fma(v, w1, a5); a6 = fma(v, w0, a6); }
        { let v = x[o + 4u * c4]; a1 = fma(v, w6, a1); a2 = fma(v, w5, a2); a3 = fma(v, w4, a3); a4 = fma(v, w3, a4); a5 = fma(v, w2, a5); a6 = fma(v, w1, a6); a7 = fma(v, w0, a7); }
        { let v = x[o + 5u * c4]; a2 = fma(v, w6, a2); a3 = fma(v, w5, a3); a4 = fma(v, w4, a4); a5 = fma(v, w3, a5); a6 = fma(v, w2, a6); a7 = fma(v, w1, a7); }
        { let v = x[o + 6u * c4]; a3 = fma(v, w6, a3); a4 = fma(v, w5, a4); a5 = fma(v, w4, a5); a6 = fma(v, w3, a6); a7 = fma(v, w2, a7); }
        { let v = x[o + 7u * c4]; a4 = fma(v, w6, a4); a5 = fma(v, w5, a5); a6 = fma(v, w4, a6); a7 = fma(v, w3, a7); }
      }
    }
    if (patch_x + 1u < p.grid_cols) {
      let right = patch_slot[middle + 1u];
      if (right != 0u) {
        let o = ((right - 1u) * 64u + l) * c4 + ch;
        { let v = x[o]; a5 = fma(v, w6, a5); a6 = fma(v, w5, a6); a7 = fma(v, w4, a7); }
        { let v = x[o + c4]; a6 = fma(v, w6, a6); a7 = fma(v, w5, a7); }
        { let v = x[o + 2u * c4]; a7 = fma(v, w6, a7); }
      }
    }
  }
  let o = (slot * 64u + u32(line) * 8u) * c4 + ch;
  y[o] = a0;
  y[o + c4] = a1;
  y[o + 2u * c4] = a2;
  y[o + 3u * c4] = a3;
  y[o + 4u * c4] = a4;
  y[o + 5u * c4] = a5;
  y[o + 6u * c4] = a6;
  y[o + 7u * c4] = a7;
}
