// Softmax cross-entropy with soft targets: loss = -sum over classes of
// target log softmax(logits), one invocation an image.
struct Params { images: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>; // (N, K)
@group(0) @binding(1) var<storage, read> targets: array<f32>; // (N, K), rows sum to 1
@group(0) @binding(2) var<storage, read_write> loss: array<f32>; // (N)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  if (i >= p.images) { return; }
  let base = i * p.classes;
  var top = logits[base];
  for (var k = 1u; k < p.classes; k++) { top = max(top, logits[base + k]); }
  var sum = 0.0;
  var mass = 0.0;
  var picked = 0.0;
  for (var k = 0u; k < p.classes; k++) {
    let v = logits[base + k] - top;
    sum += exp(v);
    mass += targets[base + k];
    picked = fma(targets[base + k], v, picked);
  }
  loss[i] = mass * log(sum) - picked;
}
