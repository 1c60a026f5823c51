// Depthwise 7x7 convolution over the visible patches, one position and four
// channels an invocation. A hidden patch or the outside adds nothing, which is
// the zero of a sparse convolution.
struct Params { slots: u32, c: u32, side: u32, grid_rows: u32, grid_cols: u32, images: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (V, t, t, C)
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
  let area = p.side * p.side;
  if (i >= p.slots * area * c4) { return; }
  let ch = i % c4;
  let row = i / c4;
  let per_image = p.grid_rows * p.grid_cols;
  let at = slot_patch[row / area];
  let first = at / per_image * per_image; // the image's first patch
  let q = at % per_image;
  let py = i32(q / p.grid_cols * p.side + row % area / p.side); // position in the image
  let px = i32(q % p.grid_cols * p.side + row % p.side);
  let height = i32(p.grid_rows * p.side);
  let width = i32(p.grid_cols * p.side);
  var a = bias[ch];
  for (var ky = 0; ky < 7; ky++) {
    let yy = py + ky - 3;
    if (yy < 0 || yy >= height) { continue; }
    let patch_row = first + u32(yy) / p.side * p.grid_cols;
    let line = u32(yy) % p.side * p.side;
    for (var kx = 0; kx < 7; kx++) {
      let xx = px + kx - 3;
      if (xx < 0 || xx >= width) { continue; }
      let slot = patch_slot[patch_row + u32(xx) / p.side];
      if (slot == 0u) { continue; }
      let source = ((slot - 1u) * area + line + u32(xx) % p.side) * c4 + ch;
      a = fma(x[source], weight[u32(ky * 7 + kx) * c4 + ch], a);
    }
  }
  y[i] = a;
}
