  // One element of the gradient of a weight, or in row K of that of its bias.
  var sum = 0.0;
  if (ki == p.k) {
    for (var r = first; r < end; r++) { sum += dy[r * p.n + col]; }
  } else {
    for (var r = first; r < end; r++) { sum = fma(x[r * p.k + ki], dy[r * p.n + col], sum); }
  }
