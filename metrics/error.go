package metrics

import (
	"fmt"
	"math"

	"unmask/data"
)

// MaxPSNR stands for "equal" in PSNR, where the formula gives infinity, which
// JSON cannot hold.
const MaxPSNR = 99

// MaskedMSE returns the mean squared difference of a and b over the values
// (3 a pixel, 0..1) of the hidden patches; 0 where none is hidden.
func MaskedMSE(a, b *data.Picture, m data.Mask) float64 {
	sameSize("MaskedMSE", a, b)
	m.MustFit(a)
	sum, n := 0.0, 0
	for y := range a.H {
		for x := range a.W {
			if !m.At(x, y) {
				continue
			}
			for i := (y*a.W + x) * 3; i < (y*a.W+x)*3+3; i++ {
				d := float64(a.Pix[i]) - float64(b.Pix[i])
				sum += float64(d * d)
				n++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// PSNR returns the peak signal-to-noise ratio of the hidden patches in dB,
// 10 log10(1 / MaskedMSE), at most MaxPSNR.
func PSNR(a, b *data.Picture, m data.Mask) float64 {
	return min(-10*math.Log10(MaskedMSE(a, b, m)), MaxPSNR)
}

func sameSize(what string, a, b *data.Picture) {
	if a.W != b.W || a.H != b.H {
		panic(fmt.Sprintf("BUG: metrics.%s: pictures of %d x %d and %d x %d pixels", what, a.W, a.H, b.W, b.H))
	}
}
