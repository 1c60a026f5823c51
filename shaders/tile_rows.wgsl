  // Rows past the end repeat the last one and are not stored.
  let last = p.rows - 1u;
#for r R
#for j 4
  let x${r}_${j} = min(row + ${r}u * 4u + ${j}u, last) * loads;
#end
#end
#for c C
  let b${c} = bias[col * ${C}u + ${c}u];
#end
