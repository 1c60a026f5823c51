package data

import "fmt"

// Mean and Std are the statistics of ImageNet's pixels, red first, with which
// every network of this project sees a picture: (pixel - Mean) / Std.
var (
	Mean = [3]float32{0.485, 0.456, 0.406}
	Std  = [3]float32{0.229, 0.224, 0.225}
)

// Normalized fills dst, (H, W, 3), with the
// picture as the network sees it and returns it. A nil dst is made; any other
// must have the length of p.Pix.
func (p *Picture) Normalized(dst []float32) []float32 {
	if dst == nil {
		dst = make([]float32, len(p.Pix))
	}
	if len(dst) != len(p.Pix) {
		panic(fmt.Sprintf("BUG: data.Normalized: dst has %d values, want %d", len(dst), len(p.Pix)))
	}
	for i, v := range p.Pix {
		dst[i] = (v - Mean[i%3]) / Std[i%3]
	}
	return dst
}

// Denormalize turns normalised pixels, (..., 3), back into 0..1 in place:
// pixel * Std + Mean. It does not clamp: a network's output may lie outside.
func Denormalize(pix []float32) {
	if len(pix)%3 != 0 {
		panic(fmt.Sprintf("BUG: data.Denormalize: %d values are no whole pixels", len(pix)))
	}
	for i, v := range pix {
		pix[i] = float32(v*Std[i%3]) + Mean[i%3]
	}
}
