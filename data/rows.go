package data

import (
	"image"
	"image/color"
)

// rowReader reads a decoded image row by row as opaque float32 pixels, so that
// a picture of 100 MP never exists as floats at its full size.
type rowReader struct {
	img image.Image
	box image.Rectangle // what is read; parts outside the image are white

	transparent bool // a pixel read so far was not opaque
}

func newRowReader(img image.Image, box image.Rectangle) *rowReader {
	return &rowReader{img: img, box: box}
}

// picture reads the whole box at its own size.
func (r *rowReader) picture() *Picture {
	p := NewPicture(r.box.Dx(), r.box.Dy())
	for y := range p.H {
		r.read(y, p.row(y))
	}
	return p
}

// read fills dst, (box.Dx(), 3), with row y of the box, counted from its top.
func (r *rowReader) read(y int, dst []float32) {
	y += r.box.Min.Y
	in := r.img.Bounds().Intersect(r.box)
	if y < in.Min.Y || y >= in.Max.Y || in.Dx() < r.box.Dx() {
		for i := range dst {
			dst[i] = 1
		}
		if y < in.Min.Y || y >= in.Max.Y {
			return
		}
	}
	dst = dst[(in.Min.X-r.box.Min.X)*3:]
	if m, ok := r.img.(*image.YCbCr); ok {
		readYCbCr(m, in.Min.X, in.Max.X, y, dst)
		return
	}
	for x := in.Min.X; x < in.Max.X; x++ {
		c := r.at(x, y)
		if c.A != 0xffff {
			r.transparent = true
		}
		// The colour is premultiplied: what alpha leaves is the white below.
		white := 0xffff - uint32(c.A)
		dst[0] = float32(uint32(c.R)+white) / 0xffff
		dst[1] = float32(uint32(c.G)+white) / 0xffff
		dst[2] = float32(uint32(c.B)+white) / 0xffff
		dst = dst[3:]
	}
}

// at returns one pixel. Every image of the standard library takes the first
// way, which allocates nothing.
func (r *rowReader) at(x, y int) color.RGBA64 {
	if m, ok := r.img.(image.RGBA64Image); ok {
		return m.RGBA64At(x, y)
	}
	red, green, blue, alpha := r.img.At(x, y).RGBA()
	return color.RGBA64{R: uint16(red), G: uint16(green), B: uint16(blue), A: uint16(alpha)}
}

// readYCbCr is the way of nearly every photo. It rounds to 8 bits as other JPEG
// readers do.
func readYCbCr(m *image.YCbCr, x0, x1, y int, dst []float32) {
	for x := x0; x < x1; x++ {
		i, j := m.YOffset(x, y), m.COffset(x, y)
		r, g, b := color.YCbCrToRGB(m.Y[i], m.Cb[j], m.Cr[j])
		dst[0], dst[1], dst[2] = float32(r)/255, float32(g)/255, float32(b)/255
		dst = dst[3:]
	}
}
