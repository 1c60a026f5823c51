package data

import (
	"image"
	"math"
	"math/rand/v2"
)

// randomBox draws the part of a w x h picture that RandomResizedCrop takes, as
// torchvision does: an area of the given share of the picture's and an aspect
// ratio (width / height) that is even in its logarithm; after ten boxes that do
// not fit, the largest in the middle that has an allowed ratio.
func randomBox(w, h int, scale, ratio [2]float64, r *rand.Rand) image.Rectangle {
	lo, hi := math.Log(ratio[0]), math.Log(ratio[1])
	for range 10 {
		area := float64(w*h) * uniform(r, scale[0], scale[1])
		aspect := math.Exp(uniform(r, lo, hi))
		bw := int(math.RoundToEven(math.Sqrt(area * aspect)))
		bh := int(math.RoundToEven(math.Sqrt(area / aspect)))
		if bw > 0 && bw <= w && bh > 0 && bh <= h {
			y := r.IntN(h - bh + 1)
			x := r.IntN(w - bw + 1)
			return image.Rect(x, y, x+bw, y+bh)
		}
	}
	bw, bh := w, h
	switch in := float64(w) / float64(h); {
	case in < ratio[0]:
		bh = max(int(math.RoundToEven(float64(w)/ratio[0])), 1)
	case in > ratio[1]:
		bw = max(int(math.RoundToEven(float64(h)*ratio[1])), 1)
	}
	x, y := (w-bw)/2, (h-bh)/2
	return image.Rect(x, y, x+bw, y+bh)
}

// uniform returns a number in lo..hi.
func uniform(r *rand.Rand, lo, hi float64) float64 {
	return lo + float64((hi-lo)*r.Float64())
}
