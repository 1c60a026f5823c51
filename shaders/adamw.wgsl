// AdamW (arXiv 1711.05101, algorithm 2, as PyTorch computes it) on a whole buffer
// of parameters; the gradients are cleared on the way. Every parameter begins at
// a multiple of 64 values, so that scales holds the factors of its learning rate
// and of its weight decay once for 64 values.
struct Params { n: u32 }

@group(0) @binding(0) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> scales: array<vec2f>; // (n / 64, 2)
// lr, beta1, beta2, eps, weight decay, 1 - beta1^t, 1 - beta2^t, EMA decay,
// factor of the gradients, limit of their norm (0: none).
@group(0) @binding(5) var<storage, read> hyper: array<f32>;
@group(0) @binding(6) var<storage, read> clip: array<f32>; // see clip.wgsl
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= p.n / 4u) { return; }
  let g = grad[i] * clip[1];
  grad[i] = vec4f(0.0);
  if (clip[2] == 0.0) { return; } // a step with a NaN changes nothing
  let s = scales[i / 16u];
  if (s.x == 0.0) { return; }
  let lr = hyper[0] * s.x;
  let mi = m[i] + (1.0 - hyper[1]) * (g - m[i]);
  let vi = hyper[2] * v[i] + (1.0 - hyper[2]) * g * g;
  m[i] = mi;
  v[i] = vi;
  let decayed = w[i] * (1.0 - lr * hyper[4] * s.y);
  w[i] = decayed - lr / hyper[5] * mi / (sqrt(vi) / sqrt(hyper[6]) + hyper[3]);
}
