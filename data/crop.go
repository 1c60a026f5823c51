package data

import "math"

// Patch is the side of a mask's patch in pixels, the stride of the encoder.
const Patch = 32

// Fit returns the picture as `reconstruct` takes it: scaled so that its shorter
// side is short pixels (at least Patch) and its aspect is kept, then both sides
// cut around the centre to multiples of Patch.
func (p *Picture) Fit(short int) *Picture {
	s := p.resize(shorterSideTo(p.W, p.H, max(short, Patch)))
	return s.centre(s.W/Patch*Patch, s.H/Patch*Patch)
}

// Square returns the picture as evaluations take it: the shorter side to
// round(size/0.875), then the size x size pixels of the centre.
func (p *Picture) Square(size int) *Picture {
	return p.resize(shorterSideTo(p.W, p.H, beforeSquare(size))).centre(size, size)
}

// Square is Square of a Picture.
func (m *Bitmap) Square(size int) *Picture {
	w, h := shorterSideTo(m.W, m.H, beforeSquare(size))
	read := func(y int, dst []float32) {
		for i, v := range m.row(y) {
			dst[i] = unit[v]
		}
	}
	return resample(m.W, m.H, read, w, h).centre(size, size)
}

// beforeSquare returns the shorter side before Square cuts.
func beforeSquare(size int) int { return int(math.RoundToEven(float64(size) / 0.875)) }

// shorterSideTo returns the size of a picture of w x h pixels once its shorter
// side is short and its aspect is kept. The longer side is rounded down, as
// torchvision's and timm's Resize do.
func shorterSideTo(w, h, short int) (int, int) {
	if w <= h {
		return short, h * short / w
	}
	return w * short / h, short
}

// centre cuts w x h pixels around the centre. Odd margins are halved to even,
// as torchvision's and timm's CenterCrop do.
func (p *Picture) centre(w, h int) *Picture {
	x := int(math.RoundToEven(float64(p.W-w) / 2))
	y := int(math.RoundToEven(float64(p.H-h) / 2))
	return p.cut(x, y, w, h)
}
