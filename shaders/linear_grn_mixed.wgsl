
// mixed computes four rows that need not belong to one group, value by value of k: it
// is rare, and what is unrolled takes long to compile. It is called in a loop, since
// SwiftShader computes both sides of an if, but skips a loop that no invocation enters.
fn mixed(row: u32, col: u32) -> array<vec4f, ${C4}> {
  let tiles = p.n / ${W}u;
  let last = p.rows - 1u;
#for j 4
  let row${j} = min(row + ${j}u, last);
  let group${j} = slot_group[row${j} / p.slot_rows];
#end
  var t: array<vec4f, ${C4}>;
#for j 4
#for c C
  t[${j} * ${C} + ${c}] = bias[col * ${C}u + ${c}u];
#end
#end
  let loads = p.k / (${K}u * 4u);
  for (var k = 0u; k < p.k; k++) {
    let load = k / (${K}u * 4u);
    let h = k / 4u % ${K}u;
    let i = k % 4u;
    let be = beta[load]${h}[i];
    let v = w[k * tiles + col];
#for j 4
    let x${j} = fma(x[row${j} * loads + load]${h}[i], scale[group${j} * loads + load]${h}[i], be);
#for c C
    t[${j} * ${C} + ${c}] = fma(vec4f(x${j}), v${col c}, t[${j} * ${C} + ${c}]);
#end
#end
  }
  return t;
}
