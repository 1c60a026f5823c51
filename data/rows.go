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

// bitmap reads the whole box at its own size, 8 bits a channel.
func (r *rowReader) bitmap() *Bitmap {
	m := NewBitmap(r.box.Dx(), r.box.Dy())
	if img, ok := r.img.(*image.YCbCr); ok && r.box == img.Rect {
		for y := range m.H {
			readYCbCr8(img, r.box.Min.Y+y, m.row(y))
		}
		return m
	}
	line := make([]float32, m.W*3)
	for y := range m.H {
		r.read(y, line)
		quantize(m.row(y), line)
	}
	return m
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

// chromaShift holds how many pixels beside one another share a chroma value,
// as a power of two.
var chromaShift = map[image.YCbCrSubsampleRatio]int{
	image.YCbCrSubsampleRatio444: 0,
	image.YCbCrSubsampleRatio440: 0,
	image.YCbCrSubsampleRatio422: 1,
	image.YCbCrSubsampleRatio420: 1,
	image.YCbCrSubsampleRatio411: 2,
	image.YCbCrSubsampleRatio410: 2,
}

// readYCbCr8 fills dst, (W, 3), with row y of the image. It is color.YCbCrToRGB
// spelled out, since half the time of decoding would go into its calls.
func readYCbCr8(m *image.YCbCr, y int, dst []uint8) {
	x0 := m.Rect.Min.X
	luma := m.Y[m.YOffset(x0, y):][:m.Rect.Dx()]
	j := m.COffset(x0, y)
	blues, reds := m.Cb[j:], m.Cr[j:]
	shift := chromaShift[m.SubsampleRatio]
	x0 &= 1<<shift - 1 // pixels before the first that share its chroma
	for i, v := range luma {
		k := (x0 + i) >> shift
		light := int32(v) * 0x10101
		blue, red := int32(blues[k])-128, int32(reds[k])-128
		dst[0] = clamp8((light + 91881*red) >> 16)
		dst[1] = clamp8((light - 22554*blue - 46802*red) >> 16)
		dst[2] = clamp8((light + 116130*blue) >> 16)
		dst = dst[3:]
	}
}
