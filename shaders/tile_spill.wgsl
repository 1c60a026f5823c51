  // The rest is a loop: unrolled, it would be most of what there is to compile.
  var t: array<vec4f, ${T}>;
#for r R
#for j 4
#for c C
  t[(${r} * 4 + ${j}) * ${C} + ${c}] = a${r}_${c}[${j}];
#end
#end
#end
