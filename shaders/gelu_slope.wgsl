// The derivative of gelu, Phi(x) + x phi(x); see gelu.wgsl for Phi.
fn gelu_slope(x: vec4f) -> vec4f {
  let a = abs(x) * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let e = exp(-a * a);
  let half_erfc = 0.5 * poly * e;
  return select(half_erfc, 1.0 - half_erfc, x >= vec4f(0.0)) + x * e * 0.3989422804;
}

