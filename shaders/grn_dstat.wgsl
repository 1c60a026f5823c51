// GRN's backward through its statistics, one workgroup a group. With s the sum of
// x dz of a channel and N = G / D, D the mean (or sum) of G plus 1e-6:
//   dgamma = s N,  dbeta = sum of dz,  dN = gamma s,
//   dG = dN / D - (sum over channels of dN G) / (D^2 C)   (no C for the sum),
//   slope = dG / G, by which x is multiplied in dx.
struct Params { groups: u32, c: u32, splits: u32, sum: u32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>; // (groups, splits, C), of x^2
@group(0) @binding(1) var<storage, read> dots: array<f32>; // (groups, splits, 2, C)
@group(0) @binding(2) var<storage, read> gamma: array<f32>; // (C)
@group(0) @binding(3) var<storage, read_write> slope: array<f32>; // (groups, C)
@group(0) @binding(4) var<storage, read_write> dparams: array<f32>; // (groups, 2, C): dgamma, dbeta
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = id.x;
  var norms = 0.0;
  var weighted = 0.0;
  for (var ch = lane; ch < p.c; ch += 64u) {
    var squares = 0.0;
    var dot = 0.0;
    var dbeta = 0.0;
    for (var s = 0u; s < p.splits; s++) {
      let at = group * p.splits + s;
      squares += sums[at * p.c + ch];
      dot += dots[at * 2u * p.c + ch];
      dbeta += dots[(at * 2u + 1u) * p.c + ch];
    }
    let g = sqrt(squares);
    norms += g;
    weighted += gamma[ch] * dot * g;
    slope[group * p.c + ch] = g; // kept for the second pass
    dparams[group * 2u * p.c + ch] = dot;
    dparams[(group * 2u + 1u) * p.c + ch] = dbeta;
  }
  let count = select(f32(p.c), 1.0, p.sum != 0u);
  let d = total(lane, norms) / count + 1e-6;
  let shared_term = total(lane, weighted) / (d * d * count);
  for (var ch = lane; ch < p.c; ch += 64u) {
    let g = slope[group * p.c + ch];
    let dot = dparams[group * 2u * p.c + ch];
    dparams[group * 2u * p.c + ch] = dot * g / d;
    // At G = 0 every x is 0 and so is its share, as torch's norm has it.
    slope[group * p.c + ch] = select(0.0, (gamma[ch] * dot / d - shared_term) / g, g > 0.0);
  }
}
