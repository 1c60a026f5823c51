  // The gradient of the bias: one invocation of those with the same outputs adds it up.
#for c C
  var b${c} = vec4f();
#end
  for (var r = first; r < end; r++) {
    let d = dy[r * ns + col];
#for c C
    b${c} += d${out c};
#end
  }
