// y = x W + b, then GELU where asked for; one invocation holds H rows x W
// columns in registers. No workgroup memory: on adapters that run on the CPU a load
// or a barrier costs more than many multiplications. So a load takes all columns of a
// row of W, and an accumulator is stored once for four values of k: such compilers keep
// a var of a loop in memory.
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }
struct Cols { ${Cols} } // of a row of W

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<Cols>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 32u;
  let tiles = p.n / ${W}u;
  let row = i / tiles * ${H}u;
  let col = i % tiles;
  if (row >= p.rows) { return; }
  let loads = p.k / 4u;
#use tile_rows
#use tile_sums
  var wi = col;
  for (var k = 0u; k < loads; k++) {
#for j 4
    let w${j} = w[wi + ${j}u * tiles];
#end
#for c C
    let m${c} = mat4x4f(w0${col c}, w1${col c}, w2${col c}, w3${col c});
#end
    wi += 4u * tiles;
#for r R
#for j 4
    let r${r}_${j} = x[x${r}_${j} + k];
#end
    let v${r} = mat4x4f(r${r}_0, r${r}_1, r${r}_2, r${r}_3);
#for c C
    a${r}_${c} += m${c} * v${r};
#end
#end
  }
#use tile_spill
  let end = min(${H}u, p.rows - row);
  for (var r = 0u; r < end; r++) {
    for (var c = 0u; c < ${C}u; c++) {
      var v = t[r * ${C}u + c];
      for (var g = p.gelu; g != 0u; g = 0u) { v = gelu(v); } // as an if, see linear_grn_rows.wgsl
      y[((row + r) * tiles + col) * ${C}u + c] = v;
    }
  }
}
