// Eight independent chains of fused multiply-adds in registers: what the
// adapter's arithmetic can do at most. Each chain converges to 2, so the result
// is known and the compiler can drop nothing.
struct Params { n: u32, iterations: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.n / 4u) { return; }
  var a0 = x[i];
  var a1 = a0 + 1.0;
  var a2 = a0 + 2.0;
  var a3 = a0 + 3.0;
  var a4 = a0 + 4.0;
  var a5 = a0 + 5.0;
  var a6 = a0 + 6.0;
  var a7 = a0 + 7.0;
  let half_one = vec4f(0.5);
  let one = vec4f(1.0);
  for (var k = 0u; k < p.iterations; k++) {
    a0 = fma(a0, half_one, one);
    a1 = fma(a1, half_one, one);
    a2 = fma(a2, half_one, one);
    a3 = fma(a3, half_one, one);
    a4 = fma(a4, half_one, one);
    a5 = fma(a5, half_one, one);
    a6 = fma(a6, half_one, one);
    a7 = fma(a7, half_one, one);
  }
  y[i] = (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7) * 0.125;
}
