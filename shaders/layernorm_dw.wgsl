// LayerNorm's gradients of weight and bias in splits over rows: the sums of
// dy (x - mean) r and of dy.
struct Params { rows: u32, c: u32, side: u32, splits: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> stats: array<vec2f>; // (rows, 2): mean, r
@group(0) @binding(2) var<storage, read> dy: array<vec4f>; // regrouped where side > 0
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>; // (splits, 2, C)
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.splits * c4) { return; }
  let ch = i % c4;
  let split = i / c4;
  let share = (p.rows + p.splits - 1u) / p.splits;
  let first = min(split * share, p.rows);
  let end = min(first + share, p.rows);
  var dweight = vec4f(0.0);
  var dbias = vec4f(0.0);
  for (var r = first; r < end; r++) {
    let d = dy[regroup(r, p.side) * c4 + ch];
    let s = stats[r];
    dweight = fma((x[r * c4 + ch] - s.x) * s.y, d, dweight);
    dbias += d;
  }
  sums[split * 2u * c4 + ch] = dweight;
  sums[(split * 2u + 1u) * c4 + ch] = dbias;
}
