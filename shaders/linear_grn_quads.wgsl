// y = (x * scale + beta) W + bias + residual: GRN is applied while x is loaded.
// One invocation holds H rows x W columns in registers and shares the loading of
// W with its quad; see linear_quads.wgsl.
enable subgroups;
struct Params { rows: u32, k: u32, n: u32, slot_rows: u32, groups: u32 }
struct Cols { ${Cols} } // of a row of W

@group(0) @binding(0) var<storage, read> x: array<mat2x4f>;
@group(0) @binding(1) var<storage, read> scale: array<mat2x4f>;
@group(0) @binding(2) var<storage, read> beta: array<mat2x4f>;
@group(0) @binding(3) var<storage, read> slot_group: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<Cols>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) i: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let g = group.x + group.y * groups.x;
  let tiles = p.n / ${W}u;
  let top = g / tiles * 4u * ${H}u; // of the quad
  let row = top + i * ${H}u;
  let col = g % tiles;
  let loads = p.k / 8u;
#use tile_rows
  // Rows that one invocation holds can belong to several groups: then all is computed
  // once for each. All invocations of a quad take part, as many times as the one with
  // the most groups wants.
  var turns = 1u;
  for (var r = top; r < min(top + 4u * ${H}u, p.rows); r += ${H}u) {
    turns = max(turns, group_of(r + ${H}u - 1u) - group_of(r) + 1u);
  }
  let end = min(row + ${H}u, max(row, p.rows)) - row;
  for (var turn = 0u; turn < turns; turn++) {
    let its = min(group_of(row) + turn, p.groups - 1u);
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
      let be = beta[k];
      let sc = scale[its * loads + k];
#for r R
#for j 4
      let r${r}_${j} = x[x${r}_${j} + k];
#end
#for h 2
      let v${r}_${h} = mat4x4f(fma(r${r}_0[${h}], sc[${h}], be[${h}]), fma(r${r}_1[${h}], sc[${h}], be[${h}]), fma(r${r}_2[${h}], sc[${h}], be[${h}]), fma(r${r}_3[${h}], sc[${h}], be[${h}]));
#for c C
      a${r}_${c} += m${h}_${c} * v${r}_${h};
#end
#end
#end
    }
#use tile_spill
    for (var r = 0u; r < end; r++) {
      if (group_of(row + r) != its) { continue; }
      let at = ((row + r) * tiles + col) * ${C}u;
      for (var c = 0u; c < ${C}u; c++) { y[at + c] = t[r * ${C}u + c] + residual[at + c]; }
    }
  }
}

// group_of is the group of a row; of the last one for rows past the end.
fn group_of(row: u32) -> u32 { return slot_group[min(row, p.rows - 1u) / p.slot_rows]; }
