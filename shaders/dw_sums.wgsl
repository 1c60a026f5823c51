  // Each accumulator is four inputs x four outputs; an input is a column of the matrix.
#for r R
#for c C
  var a${r}_${c} = mat4x4f();
#end
#end
  let whole = end - (end - first) % 4u;
  for (var r = first; r < whole; r += 4u) {
#for j 4
    let d${j} = dy[(r + ${j}u) * ns + col];
    let x${j} = x[(r + ${j}u) * ks + ki];
#end
#for c C
    let g${c} = mat4x4f(d0${out c}, d1${out c}, d2${out c}, d3${out c});
#end
#for r R
    let v${r} = transpose(mat4x4f(x0${in r}, x1${in r}, x2${in r}, x3${in r}));
#for c C
    a${r}_${c} += g${c} * v${r};
#end
#end
  }
#use tile_spill
  for (var r = whole; r < end; r++) {
    let d = dy[r * ns + col];
    let v = x[r * ks + ki];
#for r R
#for j 4
#for c C
    t[(${r} * 4 + ${j}) * ${C} + ${c}] += d${out c} * v${in r}[${j}];
#end
#end
#end
  }
