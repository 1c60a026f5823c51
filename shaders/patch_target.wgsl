// What the decoder should predict: pixel j of a patch, (row, column, channel), less
// its mean and divided by its deviation where standardised patches are asked for.

// corner is the first value of patch i in the image.
fn corner(i: u32) -> u32 {
  let cols = p.width / 32u;
  let per_image = cols * (p.height / 32u);
  let q = i % per_image;
  return ((i / per_image * p.height + q / cols * 32u) * p.width + q % cols * 32u) * 3u;
}

fn pixel(corner: u32, j: u32) -> f32 { return image[corner + j / 96u * p.width * 3u + j % 96u]; }

// statistics are mean and 1 / sqrt(var + 1e-6) of a patch; 0 and 1 for raw pixels.
fn statistics(lane: u32, corner: u32) -> vec2f {
  if (p.norm == 0u) { return vec2f(0.0, 1.0); }
  var sum = 0.0;
  for (var j = lane; j < 3072u; j += 64u) { sum += pixel(corner, j); }
  let mean = total(lane, sum) / 3072.0;
  var squares = 0.0;
  for (var j = lane; j < 3072u; j += 64u) {
    let d = pixel(corner, j) - mean;
    squares = fma(d, d, squares);
  }
  return vec2f(mean, inverseSqrt(total(lane, squares) / 3071.0 + 1e-6)); // unbiased, as torch.var
}

