// The depthwise kernel turned by 180 degrees: convolving dy with it gives dx.
struct Params { taps: u32, c: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>; // (taps, C)
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>; // (taps, C)
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  let c4 = p.c / 4u;
  if (i >= p.taps * c4) { return; }
  y[i] = x[(p.taps - 1u - i / c4) * c4 + i % c4];
}
