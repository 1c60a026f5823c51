package data

import (
	"fmt"
	"image"
)

// Picture is an upright sRGB picture.
type Picture struct {
	W, H int
	Pix  []float32 // (H, W, 3), red first, each value in 0..1
}

// NewPicture returns a black picture of w x h pixels.
func NewPicture(w, h int) *Picture {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("BUG: data.NewPicture(%d, %d): want at least 1 x 1", w, h))
	}
	return &Picture{W: w, H: h, Pix: make([]float32, w*h*3)}
}

// FromImage returns img at its own size. Transparent parts are shown on white.
func FromImage(img image.Image) *Picture {
	return newRowReader(img, img.Bounds()).picture()
}

// Clone returns a copy that shares nothing with p.
func (p *Picture) Clone() *Picture {
	return &Picture{W: p.W, H: p.H, Pix: append([]float32(nil), p.Pix...)}
}

// RGBA returns the picture as opaque 8-bit pixels, (H, W, 4), as a canvas
// takes them. Values outside 0..1 are clamped; a NaN becomes 0.
func (p *Picture) RGBA() []byte {
	out := make([]byte, p.W*p.H*4)
	for i := range p.W * p.H {
		s, d := p.Pix[3*i:3*i+3], out[4*i:4*i+4]
		for c := range 3 {
			d[c] = uint8(clamp(s[c])*255 + 0.5)
		}
		d[3] = 255
	}
	return out
}

// Image returns the picture as an image of the standard library, for encoders.
func (p *Picture) Image() *image.NRGBA {
	return &image.NRGBA{Pix: p.RGBA(), Stride: 4 * p.W, Rect: image.Rect(0, 0, p.W, p.H)}
}

// row returns row y, (W, 3).
func (p *Picture) row(y int) []float32 {
	return p.Pix[y*p.W*3 : (y+1)*p.W*3]
}

// cut returns the w x h pixels whose upper left corner is (x, y).
func (p *Picture) cut(x, y, w, h int) *Picture {
	if x == 0 && y == 0 && w == p.W && h == p.H {
		return p
	}
	out := NewPicture(w, h)
	for r := range h {
		copy(out.row(r), p.row(y + r)[x*3:])
	}
	return out
}

// clamp brings v into 0..1. A NaN fails both comparisons and becomes 0.
func clamp(v float32) float32 {
	if v >= 1 {
		return 1
	}
	if v > 0 {
		return v
	}
	return 0
}
