package data

import (
	"fmt"
	"image"
)

// Bitmap is an upright sRGB picture of 8 bits a channel: what training keeps
// in memory, and what it augments with the rounding that PIL has.
type Bitmap struct {
	W, H int
	Pix  []uint8 // (H, W, 3), red first
}

// NewBitmap returns a black bitmap of w x h pixels.
func NewBitmap(w, h int) *Bitmap {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("BUG: data.NewBitmap(%d, %d): want at least 1 x 1", w, h))
	}
	return &Bitmap{W: w, H: h, Pix: make([]uint8, w*h*3)}
}

// Bitmap returns the picture rounded to 8 bits a channel. Values outside 0..1
// are clamped; a NaN becomes 0.
func (p *Picture) Bitmap() *Bitmap {
	m := NewBitmap(p.W, p.H)
	quantize(m.Pix, p.Pix)
	return m
}

// Picture returns the bitmap with values in 0..1.
func (m *Bitmap) Picture() *Picture {
	p := NewPicture(m.W, m.H)
	for i, v := range m.Pix {
		p.Pix[i] = unit[v]
	}
	return p
}

// Image returns the bitmap as an image of the standard library, for encoders.
func (m *Bitmap) Image() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, m.W, m.H))
	for i := range m.W * m.H {
		copy(img.Pix[4*i:], m.Pix[3*i:3*i+3])
		img.Pix[4*i+3] = 255
	}
	return img
}

// row returns row y, (W, 3).
func (m *Bitmap) row(y int) []uint8 {
	return m.Pix[y*m.W*3 : (y+1)*m.W*3]
}

// sized makes m a bitmap of w x h pixels with any content; it keeps its memory
// where that suffices.
func (m *Bitmap) sized(w, h int) {
	if n := w * h * 3; cap(m.Pix) < n {
		m.Pix = make([]uint8, n)
	}
	m.W, m.H, m.Pix = w, h, m.Pix[:w*h*3]
}

// upright turns and mirrors a bitmap stored with orientation o (2..8).
func (m *Bitmap) upright(o int) *Bitmap {
	pix, w, h := upright(m.Pix, m.W, m.H, o)
	return &Bitmap{W: w, H: h, Pix: pix}
}

// quantize rounds values in 0..1 to 8 bits.
func quantize(dst []uint8, src []float32) {
	for i, v := range src {
		dst[i] = uint8(clamp(v)*255 + 0.5)
	}
}

// clamp8 brings v into 0..255.
func clamp8(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	return uint8(^(v >> 31)) // 0 under the range, 255 over it
}

// unit holds v/255 for every byte.
var unit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()

// normalized holds (v/255 - Mean) / Std for every channel and byte.
var normalized = func() (t [3][256]float32) {
	for c := range t {
		for v := range t[c] {
			t[c][v] = (unit[v] - Mean[c]) / Std[c]
		}
	}
	return t
}()

// Normalized fills dst, (H, W, 3), with the bitmap as the network sees it, as
// Picture.Normalized does.
func (m *Bitmap) Normalized(dst []float32) {
	if len(dst) != len(m.Pix) {
		panic(fmt.Sprintf("BUG: data.Normalized: dst has %d values, want %d", len(dst), len(m.Pix)))
	}
	red, green, blue := &normalized[0], &normalized[1], &normalized[2]
	src := m.Pix
	for len(src) >= 3 && len(dst) >= 3 {
		dst[0], dst[1], dst[2] = red[src[0]], green[src[1]], blue[src[2]]
		src, dst = src[3:], dst[3:]
	}
}
