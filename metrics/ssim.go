package metrics

import (
	"fmt"
	"math"

	"unmask/data"
)

// The constants of Wang, Bovik, Sheikh, Simoncelli (2004), "Image quality
// assessment: from error visibility to structural similarity", section III.C.
const (
	ssimWindow = 11  // pixels
	ssimSigma  = 1.5 // of the Gaussian, pixels
	ssimC1     = 0.01 * 0.01
	ssimC2     = 0.03 * 0.03
)

// SSIM returns the mean structural similarity of two pictures of at least
// 11 x 11 pixels: 1 for equal ones. It is computed for each colour channel, at
// every place where the window lies inside the picture, with the population's
// covariance, and averaged over places and channels. That is skimage's
// structural_similarity(a, b, data_range=1, channel_axis=2,
// gaussian_weights=True, use_sample_covariance=False).
func SSIM(a, b *data.Picture) float64 {
	sameSize("SSIM", a, b)
	if a.W < ssimWindow || a.H < ssimWindow {
		panic(fmt.Sprintf("BUG: metrics.SSIM: picture of %d x %d pixels, want at least %d x %d", a.W, a.H, ssimWindow, ssimWindow))
	}
	sum := 0.0
	for c := range 3 {
		ma := blur(a, func(i int) float64 { return float64(a.Pix[i]) }, c)
		mb := blur(a, func(i int) float64 { return float64(b.Pix[i]) }, c)
		aa := blur(a, func(i int) float64 { return float64(a.Pix[i]) * float64(a.Pix[i]) }, c)
		bb := blur(a, func(i int) float64 { return float64(b.Pix[i]) * float64(b.Pix[i]) }, c)
		ab := blur(a, func(i int) float64 { return float64(a.Pix[i]) * float64(b.Pix[i]) }, c)
		mean := 0.0
		for i := range ma {
			// Equation 13, with the variances as E[xy] - E[x]E[y].
			va, vb := aa[i]-ma[i]*ma[i], bb[i]-mb[i]*mb[i]
			cov := ab[i] - ma[i]*mb[i]
			mean += (2*ma[i]*mb[i] + ssimC1) * (2*cov + ssimC2) /
				((ma[i]*ma[i] + mb[i]*mb[i] + ssimC1) * (va + vb + ssimC2))
		}
		sum += mean / float64(len(ma))
	}
	return sum / 3
}

// blur returns the Gaussian means of one channel, (H-10, W-10), of the values
// that value gives for an index into p.Pix.
func blur(p *data.Picture, value func(i int) float64, channel int) []float64 {
	w, h := p.W-ssimWindow+1, p.H-ssimWindow+1
	across := make([]float64, p.H*w) // (H, W-10)
	for y := range p.H {
		for x := range p.W {
			v := value((y*p.W+x)*3 + channel)
			for k, g := range gaussian {
				if o := x - k; o >= 0 && o < w {
					across[y*w+o] += g * v
				}
			}
		}
	}
	out := make([]float64, h*w)
	for y := range h {
		for k, g := range gaussian {
			for x := range w {
				out[y*w+x] += g * across[(y+k)*w+x]
			}
		}
	}
	return out
}

// gaussian is the window along one axis; its weights add up to 1.
var gaussian = func() (g [ssimWindow]float64) {
	sum := 0.0
	for i := range g {
		d := float64(i - ssimWindow/2)
		g[i] = math.Exp(-d * d / (2 * ssimSigma * ssimSigma))
		sum += g[i]
	}
	for i := range g {
		g[i] /= sum
	}
	return g
}()
