// Adds the sums of all splits to one gradient.
struct Params { splits: u32, n: u32 }

@group(0) @binding(0) var<storage, read> sums: array<vec4f>; // (splits, n)
@group(0) @binding(1) var<storage, read_write> grad: array<vec4f>; // (n)
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let n4 = p.n / 4u;
  if (i >= n4) { return; }
  var sum = vec4f(0.0);
  for (var s = 0u; s < p.splits; s++) { sum += sums[s * n4 + i]; }
  grad[i] += sum;
}
