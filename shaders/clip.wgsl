// Gradient clipping by global norm: from partial sums of squares the norm of the
// gradients times hyper.grad_scale, and the factor that each gradient is multiplied by;
// 0 and not finite where a gradient was NaN or infinite. One workgroup.
struct Params { parts: u32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>; // (parts)
@group(0) @binding(1) var<storage, read> hyper: array<f32>; // see adamw.wgsl
@group(0) @binding(2) var<storage, read_write> clip: array<f32>; // norm, factor, 1 where finite, 0
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var mine = 0.0;
  for (var i = lane; i < p.parts; i += 64u) { mine += sums[i]; }
  let squares = total(lane, mine);
  if (lane != 0u) { return; }
  let norm = sqrt(squares) * hyper[8];
  let limit = hyper[9];
  // By its bits: a compiler may assume that no NaN occurs.
  let finite = (bitcast<u32>(squares) & 0x7f800000u) != 0x7f800000u;
  var factor = hyper[8];
  if (limit > 0.0) { factor *= min(1.0, limit / (norm + 1e-6)); }
  clip[0] = norm;
  clip[1] = select(0.0, factor, finite);
  clip[2] = select(0.0, 1.0, finite);
  clip[3] = 0.0;
}
