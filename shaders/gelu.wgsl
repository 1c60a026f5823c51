// exp(-x^2 / 2), which Phi, gelu and its slope share.
fn gauss(x: vec4f) -> vec4f {
  let a = abs(x) * 0.70710678;
  return exp(-a * a);
}

// Phi(x), the normal distribution, where e is gauss(x): erf by Abramowitz and Stegun
// 7.1.26 (error under 1.5e-7). The polynomial gives erfc, so large negative x loses
// no digits.
fn normal_cdf(x: vec4f, e: vec4f) -> vec4f {
  let t = 1.0 / (1.0 + 0.3275911 * (abs(x) * 0.70710678));
  let poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let half_erfc = 0.5 * poly * e;
  return select(half_erfc, 1.0 - half_erfc, x >= vec4f(0.0));
}

// gelu(x) = x Phi(x).
fn gelu(x: vec4f) -> vec4f { return x * normal_cdf(x, gauss(x)); }

