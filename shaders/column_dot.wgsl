// The sum over rows of x * dy per channel, in splits: LayerScale's gradient of gamma.
struct Params { rows: u32, c: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // (splits, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.splits * c4) { return; }
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(i / c4 * share, p.rows);
  let end = min(first + share, p.rows);
  var sum = vec4f(0.0);
  for (var r = first; r < end; r++) { sum = fma(x[r * c4 + i % c4], dy[r * c4 + i % c4], sum); }
  sums[i] = sum;
}
