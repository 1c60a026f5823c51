// Gradient of the mask token in splits over patches: the sum of dy at hidden ones.
struct Params { patches: u32, c: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> dy: array<vec4f>; // (N*L, C)
@group(0) @binding(1) var<storage, read> patch_slot: array<u32>; // 0 where hidden
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // (splits, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.splits * c4) { return; }
  let share = (p.patches + p.splits - 1u) / p.splits;
  let first = min(i / c4 * share, p.patches);
  let end = min(first + share, p.patches);
  var sum = vec4f(0.0);
  for (var r = first; r < end; r++) {
    if (patch_slot[r] == 0u) { sum += dy[r * c4 + i % c4]; }
  }
  sums[i] = sum;
}
