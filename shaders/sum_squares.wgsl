// Partial sums of squares of a whole buffer of gradients, for its norm.
struct Params { n: u32, parts: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>; // (parts)
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.parts) { return; }
  var sum = vec4f(0.0);
  for (var j = i; j < p.n / 4u; j += p.parts) { sum = fma(x[j], x[j], sum); }
  sums[i] = dot(sum, vec4f(1.0));
}
