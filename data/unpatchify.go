package data

import "math"

// Unpatchify turns predicted patches (L, 32, 32, 3), a patch being (row, column,
// channel), into a picture; normalized are the original's normalised pixels,
// (h, w, 3). With norm the patches are standardised and borrow each patch's mean
// and deviation from the original.
func Unpatchify(pred, normalized []float32, w, h int, norm bool) *Picture {
	const values = Patch * Patch * 3
	pix := make([]float32, len(normalized))
	cols := w / Patch
	for p := 0; p < len(pred)/values; p++ {
		patch := pred[p*values : (p+1)*values]
		corner := (p/cols*Patch*w + p%cols*Patch) * 3
		mean, std := float32(0), float32(1)
		if norm {
			mean, std = patchStatistics(normalized[corner:], w)
		}
		for y := range Patch {
			line := pix[corner+y*w*3:][:Patch*3]
			for i := range line {
				line[i] = patch[y*Patch*3+i]*std + mean
			}
		}
	}
	Denormalize(pix)
	for i, v := range pix {
		pix[i] = min(max(v, 0), 1)
	}
	return &Picture{W: w, H: h, Pix: pix}
}

// patchStatistics are mean and sqrt(var + 1e-6), unbiased, of the patch at the
// start of pixels of a picture w pixels wide.
func patchStatistics(pixels []float32, w int) (mean, std float32) {
	const values = Patch * Patch * 3
	var sum, squares float64
	each := func(f func(v float64)) {
		for y := range Patch {
			for _, v := range pixels[y*w*3:][:Patch*3] {
				f(float64(v))
			}
		}
	}
	each(func(v float64) { sum += v })
	m := sum / values
	each(func(v float64) { squares += (v - m) * (v - m) })
	return float32(m), float32(math.Sqrt(squares/(values-1) + 1e-6))
}
