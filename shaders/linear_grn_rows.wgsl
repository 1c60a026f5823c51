// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds H rows x W columns in registers; see linear_rows.wgsl.
struct Params { rows: u32, k: u32, n: u32, slot_rows: u32, groups: u32 }
struct Cols { ${Cols} } // of a row of W

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> beta: array<vec4f>;
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<Cols>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = p.n / ${W}u;
  let row = i / tiles * ${H}u;
  let col = i % tiles;
  if (row >= p.rows) { return; }
  let loads = p.k / 4u;
#use tile_rows
  let first = slot_group[row / p.slot_rows];
  let alike = slot_group[min(row + ${H}u - 1u, last) / p.slot_rows] == first;
  let s0 = first * loads;
#use tile_sums
  var wi = col;
  for (var k = select(loads, 0u, alike); k < loads; k++) {
#for j 4
    let w${j} = w[wi + ${j}u * tiles];
#end
#for c C
    let m${c} = mat4x4f(w0${col c}, w1${col c}, w2${col c}, w3${col c});
#end
    wi += 4u * tiles;
    let be = beta[k];
    let sc = scale[s0 + k];
#for r R
#for j 4
    let r${r}_${j} = x[x${r}_${j} + k];
#end
    let v${r} = mat4x4f(fma(r${r}_0, sc, be), fma(r${r}_1, sc, be), fma(r${r}_2, sc, be), fma(r${r}_3, sc, be));
#for c C
    a${r}_${c} += m${c} * v${r};
#end
#end
  }
#use tile_spill
  let end = min(${H}u, p.rows - row);
  for (var r = select(0u, end, alike); r < end; r += 4u) {
    let four = mixed(row + r, col);
#for j 4
#for c C
    t[(r + ${j}u) * ${C}u + ${c}u] = four[${j} * ${C} + ${c}];
#end
#end
  }
  for (var r = 0u; r < end; r++) {
    let at = ((row + r) * tiles + col) * ${C}u;
    for (var c = 0u; c < ${C}u; c++) { y[at + c] = t[r * ${C}u + c] + residual[at + c]; }
  }
}

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
  let loads = p.k / 4u;
  for (var k = 0u; k < p.k; k++) {
    let load = k / 4u;
    let i = k % 4u;
    let be = beta[load][i];
    let v = w[k * tiles + col];
#for j 4
    let x${j} = fma(x[row${j} * loads + load][i], scale[group${j} * loads + load][i], be);
#for c C
    t[${j} * ${C} + ${c}] = fma(vec4f(x${j}), v${col c}, t[${j} * ${C} + ${c}]);
#end
#end
  }
  return t;
}
