// Partial sums of squares of a whole buffer of gradients, for its norm.
struct Params { n: u32, parts: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>; // (parts)
@group(0) @binding(2) var<uniform> p: Params;

// Eight neighbours walk through a piece of the buffer together, 128 bytes a step: what
// CPUs read ahead and GPUs read at once.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let n4 = p.n / 4u;
  let steps = (n4 + p.parts - 1u) / p.parts;
  let first = gid.x / 8u * steps * 8u;
  let end = min(first + steps * 8u, n4);
  var sum = vec4f(0.0);
  for (var i = first + gid.x % 8u; i < end; i += 8u) {
    let v = x[i];
    sum = fma(v, v, sum);
  }
  sums[gid.x] = dot(sum, vec4f(1.0));
}
