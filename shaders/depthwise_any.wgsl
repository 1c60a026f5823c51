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
  // The patch and the place in it of the first tap; a division costs more than a tap, so
  // that the others count on from there.
  let py = q / p.grid_cols * p.side + row % area / p.side + 4u * p.side - 3u;
  let px = q % p.grid_cols * p.side + row % p.side + 4u * p.side - 3u;
  var patch_y = i32(py / p.side) - 4;
  var line = py % p.side;
  var tap = ch;
  var a = bias[ch];
  for (var ky = 0; ky < 7; ky++) {
    var patch_x = i32(px / p.side) - 4;
    var column = px % p.side;
    for (var kx = 0; kx < 7; kx++) {
      if (u32(patch_y) < p.grid_rows && u32(patch_x) < p.grid_cols) { // below 0 is far above
        let slot = patch_slot[first + u32(patch_y) * p.grid_cols + u32(patch_x)];
        if (slot != 0u) {
          a = fma(x[((slot - 1u) * area + line * p.side + column) * c4 + ch], weight[tap], a);
        }
      }
      tap += c4;
      column++;
      if (column == p.side) { column = 0u; patch_x++; }
    }
    line++;
    if (line == p.side) { line = 0u; patch_y++; }
  }
  y[i] = a;
}
