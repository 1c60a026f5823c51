// Depthwise 7x7 convolution over visible patches of 2x2 positions: one invocation
// computes a whole patch for four channels from the 8x8 positions around it, so
// that each value and each weight is loaded once for its outputs. See
// depthwise_any.wgsl for the sparse rule.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, 2, 2, C)
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
  if (i >= p.slots * c4) { return; }
  let ch = i % c4;
  let slot = i / c4;
  let per_image = p.grid_rows * p.grid_cols;
  let at = slot_patch[slot];
  let q = at % per_image;
  let patch_y = i32(q / p.grid_cols);
  let patch_x = i32(q % p.grid_cols);
  let b = bias[ch];
  var a00 = b; var a01 = b; var a10 = b; var a11 = b; // row, column
  for (var line = 0; line < 8; line++) { // of the window, whose first is 3 above the patch
    let source_y = patch_y * 2 + line - 3;
    if (source_y < 0 || source_y >= i32(p.grid_rows) * 2) { continue; }
    let patch_row = i32(at - q) + source_y / 2 * i32(p.grid_cols);
    let l = u32(source_y % 2) * 2u * c4 + ch;
    // The window's values: its columns lie in the patches patch_x - 2 .. patch_x + 2.
    var v0 = vec4f(0.0); var v1 = vec4f(0.0); var v2 = vec4f(0.0); var v3 = vec4f(0.0);
    var v4 = vec4f(0.0); var v5 = vec4f(0.0); var v6 = vec4f(0.0); var v7 = vec4f(0.0);
    if (patch_x >= 2) {
      let s = patch_slot[patch_row + patch_x - 2];
      if (s != 0u) { v0 = x[(s - 1u) * 4u * c4 + l + c4]; }
    }
    if (patch_x >= 1) {
      let s = patch_slot[patch_row + patch_x - 1];
      if (s != 0u) { let o = (s - 1u) * 4u * c4 + l; v1 = x[o]; v2 = x[o + c4]; }
    }
    {
      let s = patch_slot[patch_row + patch_x];
      if (s != 0u) { let o = (s - 1u) * 4u * c4 + l; v3 = x[o]; v4 = x[o + c4]; }
    }
    if (patch_x + 1 < i32(p.grid_cols)) {
      let s = patch_slot[patch_row + patch_x + 1];
      if (s != 0u) { let o = (s - 1u) * 4u * c4 + l; v5 = x[o]; v6 = x[o + c4]; }
    }
    if (patch_x + 2 < i32(p.grid_cols)) {
      let s = patch_slot[patch_row + patch_x + 2];
      if (s != 0u) { v7 = x[(s - 1u) * 4u * c4 + l]; }
    }
    if (line < 7) {
      let wi = u32(line) * 7u * c4 + ch;
      { let w = weight[wi]; a00 = fma(v0, w, a00); a01 = fma(v1, w, a01); }
      { let w = weight[wi + c4]; a00 = fma(v1, w, a00); a01 = fma(v2, w, a01); }
      { let w = weight[wi + 2u * c4]; a00 = fma(v2, w, a00); a01 = fma(v3, w, a01); }
      { let w = weight[wi + 3u * c4]; a00 = fma(v3, w, a00); a01 = fma(v4, w, a01); }
      { let w = weight[wi + 4u * c4]; a00 = fma(v4, w, a00); a01 = fma(v5, w, a01); }
      { let w = weight[wi + 5u * c4]; a00 = fma(v5, w, a00); a01 = fma(v6, w, a01); }
      { let w = weight[wi + 6u * c4]; a00 = fma(v6, w, a00); a01 = fma(v7, w, a01); }
    }
    if (line > 0) {
      let wi = u32((line - 1)) * 7u * c4 + ch;
      { let w = weight[wi]; a10 = fma(v0, w, a10); a11 = fma(v1, w, a11); }
      { let w = weight[wi + c4]; a10 = fma(v1, w, a10); a11 = fma(v2, w, a11); }
      { let w = weight[wi + 2u * c4]; a10 = fma(v2, w, a10); a11 = fma(v3, w, a11); }
      { let w = weight[wi + 3u * c4]; a10 = fma(v3, w, a10); a11 = fma(v4, w, a11); }
      { let w = weight[wi + 4u * c4]; a10 = fma(v4, w, a10); a11 = fma(v5, w, a11); }
      { let w = weight[wi + 5u * c4]; a10 = fma(v5, w, a10); a11 = fma(v6, w, a11); }
      { let w = weight[wi + 6u * c4]; a10 = fma(v6, w, a10); a11 = fma(v7, w, a11); }
    }
  }
  let o = slot * 4u * c4 + ch;
  y[o] = a00;
  y[o + c4] = a01;
  y[o + 2u * c4] = a10;
  y[o + 3u * c4] = a11;
}
