  // Each accumulator is four rows x four columns; a row of it is a column of the matrix.
#for r R
#for c C
  var a${r}_${c} = mat4x4f(b${c}, b${c}, b${c}, b${c});
#end
#end
