package data

import "math"

// Patch is the side of a mask's patch in pixels, the stride of the encoder.
const Patch = 32

// Fit returns the picture as `reconstruct` takes it: scaled so that its shorter
// side is short pixels (at least Patch) and its aspect is kept, then both sides
// cut around the centre to multiples of Patch.
func (p *Picture) Fit(short int) *Picture {
	s := p.shorterSideTo(max(short, Patch))
	return s.centre(s.W/Patch*Patch, s.H/Patch*Patch)
}

// Square returns the picture as evaluations take it: the shorter side to
// round(size/0.875), then the size x size pixels of the centre.
func (p *Picture) Square(size int) *Picture {
	s := p.shorterSideTo(int(math.RoundToEven(float64(size) / 0.875)))
	return s.centre(size, size)
}

// shorterSideTo scales bicubically and keeps the aspect. The longer side is
// rounded down, as torchvision's and timm's Resize do.
func (p *Picture) shorterSideTo(short int) *Picture {
	if p.W <= p.H {
		return p.resize(short, p.H*short/p.W)
	}
	return p.resize(p.W*short/p.H, short)
}

// centre cuts w x h pixels around the centre. Odd margins are halved to even,
// as torchvision's and timm's CenterCrop do.
func (p *Picture) centre(w, h int) *Picture {
	x := int(math.RoundToEven(float64(p.W-w) / 2))
	y := int(math.RoundToEven(float64(p.H-h) / 2))
	return p.cut(x, y, w, h)
}
