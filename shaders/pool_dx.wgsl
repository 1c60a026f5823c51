// Gradient of the global average: dy / rows of the image, at each of its rows.
struct Params { images: u32, rows: u32, c: u32, slot_rows: u32 }

@group(0) @binding(0) var<storage, read> dy: array<vec4f>; // (N, C)
@group(0) @binding(1) var<storage, read> image_offset: array<u32>; // in slots, images + 1
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>; // (rows, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.images * c4) { return; }
  let first = image_offset[i / c4] * p.slot_rows;
  let end = image_offset[i / c4 + 1u] * p.slot_rows;
  let d = dy[i] / f32(end - first);
  for (var r = first; r < end; r++) { dx[r * c4 + i % c4] = d; }
}
