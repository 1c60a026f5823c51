package data

import (
	"math"
	"math/rand/v2"
)

// The modes of Erasing.
const (
	ErasePixel = "pixel" // every value is noise of the standard normal distribution
	EraseConst = "const" // every value is 0, the mean colour
)

// Erasing (Zhong et al. 2017, arXiv 1708.04896) covers a rectangle of the
// normalised picture: 2 % to a third of its area, 0.3 to 1/0.3 times as high as
// wide. Its distribution is timm's.
type Erasing struct {
	Prob float64 // of a picture to lose a part
	Mode string  // ErasePixel or EraseConst; "" is EraseConst
}

// apply changes pix, (size, size, 3).
func (e Erasing) apply(pix []float32, size int, r *rand.Rand) {
	if e.Prob == 0 || r.Float64() >= e.Prob {
		return
	}
	const minArea, maxArea, minAspect = 0.02, 1. / 3, 0.3
	edge := math.Log(minAspect)
	for range 10 {
		area := uniform(r, minArea, maxArea) * float64(size*size)
		aspect := math.Exp(uniform(r, edge, -edge))
		h := int(math.RoundToEven(math.Sqrt(area * aspect)))
		w := int(math.RoundToEven(math.Sqrt(area / aspect)))
		if w >= size || h >= size {
			continue
		}
		y0, x0 := r.IntN(size-h+1), r.IntN(size-w+1)
		for y := y0; y < y0+h; y++ {
			part := pix[(y*size+x0)*3 : (y*size+x0+w)*3]
			if e.Mode != ErasePixel {
				clear(part)
				continue
			}
			for i := range part {
				part[i] = float32(r.NormFloat64())
			}
		}
		return
	}
}
