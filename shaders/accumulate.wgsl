// Adds the sums of all splits to the gradients of a weight and its bias.
struct Params { splits: u32, n: u32, m: u32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>; // (splits, n + m)
@group(0) @binding(1) var<storage, read_write> dweight: array<f32>; // (n)
@group(0) @binding(2) var<storage, read_write> dbias: array<f32>; // (m)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let all = p.n + p.m;
  if (i >= all) { return; }
  var sum = 0.0;
  for (var s = 0u; s < p.splits; s++) { sum += sums[s * all + i]; }
  if (i < p.n) {
    dweight[i] += sum;
  } else {
    dbias[i - p.n] += sum;
  }
}
