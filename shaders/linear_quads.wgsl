// y = x W + b, then GELU where asked for; one invocation holds H rows x W columns
// in registers, as in linear_rows.wgsl. The four of a quad share their columns: each
// loads one of four rows of W for all, since passing a value on is cheaper than
// loading it where four invocations are the lanes of a CPU's vector.
enable subgroups;
struct Params { rows: u32, k: u32, n: u32, gelu: u32 }
struct Cols { ${Cols} } // of a row of W

@group(0) @binding(0) var<storage, read> x: array<mat2x4f>;
@group(0) @binding(1) var<storage, read> w: array<Cols>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) i: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let g = group.x + group.y * groups.x;
  let tiles = p.n / ${W}u;
  let row = (g / tiles * 4u + i) * ${H}u;
  let col = g % tiles;
  let loads = p.k / 8u;
#use tile_rows
#use tile_sums
  var wi = col + lane % 4u * tiles;
  for (var k = 0u; k < loads; k++) {
#for h 2
    let w${h} = w[wi + ${h}u * 4u * tiles];
#for c C
    let m${h}_${c} = mat4x4f(quadBroadcast(w${h}${col c}, 0u), quadBroadcast(w${h}${col c}, 1u), quadBroadcast(w${h}${col c}, 2u), quadBroadcast(w${h}${col c}, 3u));
#end
#end
    wi += 8u * tiles;
#for r R
#for j 4
    let r${r}_${j} = x[x${r}_${j} + k];
#end
#for h 2
    let v${r}_${h} = mat4x4f(r${r}_0[${h}], r${r}_1[${h}], r${r}_2[${h}], r${r}_3[${h}]);
#for c C
    a${r}_${c} += m${h}_${c} * v${r}_${h};
#end
#end
#end
  }
#use tile_spill
  let end = min(row + ${H}u, max(row, p.rows)) - row;
  for (var r = 0u; r < end; r++) {
    for (var c = 0u; c < ${C}u; c++) {
      var v = t[r * ${C}u + c];
      for (var g = p.gelu; g != 0u; g = 0u) { v = gelu(v); } // as an if, see linear_grn_rows.wgsl
      y[((row + r) * tiles + col) * ${C}u + c] = v;
    }
  }
}
