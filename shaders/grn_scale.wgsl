// GRN's normaliser: G = sqrt(sum of squares), N = G / (mean over channels of G
// + 1e-6) and 1 + gamma N, by which x is multiplied; one workgroup a group.
struct Params { groups: u32, c: u32, splits: u32, sum: u32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>; // (groups, splits, C)
@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read_write> scale: array<f32>; // (groups, C)
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = id.x;
  let base = group * p.c;
  var mine = 0.0;
  for (var ch = lane; ch < p.c; ch += 64u) {
    var squares = 0.0;
    for (var s = 0u; s < p.splits; s++) { squares += sums[(group * p.splits + s) * p.c + ch]; }
    let g = sqrt(squares);
    scale[base + ch] = g;
    mine += g;
  }
  let norms = total(lane, mine);
  // The paper divides by the sum, the code and all released weights by the mean.
  let denominator = select(norms / f32(p.c), norms, p.sum != 0u) + 1e-6;
  for (var ch = lane; ch < p.c; ch += 64u) {
    scale[base + ch] = 1.0 + gamma[ch] * (scale[base + ch] / denominator);
  }
}
