package data

import (
	"bytes"
	"fmt"
	"image"
	"testing"
)

// smooth returns a w x h bitmap of the formula in testdata/make.py.
func smooth(w, h int) *Bitmap {
	m := NewBitmap(w, h)
	for i := range m.Pix {
		x, y, c := i/3%w, i/3/w, i%3
		m.Pix[i] = uint8((x*7+y*3+c*20)/2%120 + 30)
	}
	return m
}

func plain(w, h int, colour [3]uint8) *Bitmap {
	m := NewBitmap(w, h)
	for i := range m.Pix {
		m.Pix[i] = colour[i%3]
	}
	return m
}

// goldenBytes hands out the bytes of a file piece by piece, until rest is empty.
type goldenBytes struct{ rest []byte }

// check compares the next bitmap of the file, bit for bit.
func (g *goldenBytes) check(t *testing.T, what string, got *Bitmap) {
	t.Helper()
	if len(g.rest) < len(got.Pix) {
		t.Fatalf("%s: the golden file has %d bytes left, want %d", what, len(g.rest), len(got.Pix))
	}
	want := g.rest[:len(got.Pix)]
	g.rest = g.rest[len(got.Pix):]
	if bytes.Equal(got.Pix, want) {
		return
	}
	wrong, first := 0, -1
	for i, v := range got.Pix {
		if v != want[i] {
			if wrong++; first < 0 {
				first = i
			}
		}
	}
	t.Errorf("%s: %d of %d values differ; value %d (x %d, y %d) is %d, want %d", what, wrong, len(want), first, first/3%got.W, first/3/got.W, got.Pix[first], want[first])
}

// Every operation is PIL's, bit for bit.
func TestOperationsAgainstPIL(t *testing.T) {
	g := &goldenBytes{testFile(t, "augment.u8")}
	for _, p := range []*Bitmap{pattern(23, 17).Bitmap(), smooth(19, 22), plain(5, 4, [3]uint8{9, 200, 31})} {
		inPlace := func(what string, do func(m *Bitmap)) {
			m := &Bitmap{p.W, p.H, bytes.Clone(p.Pix)}
			do(m)
			g.check(t, fmt.Sprintf("%s of %d x %d", what, p.W, p.H), m)
		}
		elsewhere := func(what string, do func(dst *Bitmap)) {
			var dst Bitmap
			do(&dst)
			g.check(t, fmt.Sprintf("%s of %d x %d", what, p.W, p.H), &dst)
		}
		warp := func(what string, a affine) {
			elsewhere(what, func(dst *Bitmap) { p.transform(dst, a, [3]uint8{124, 116, 104}) })
		}
		w, h := float64(p.W), float64(p.H)
		inPlace("autoContrast", (*Bitmap).autoContrast)
		inPlace("equalize", (*Bitmap).equalize)
		inPlace("invert", (*Bitmap).invert)
		for _, bits := range []int{0, 1, 4} {
			inPlace(fmt.Sprint("posterize ", bits), func(m *Bitmap) { m.posterize(bits) })
		}
		for _, threshold := range []int{0, 100, 256} {
			inPlace(fmt.Sprint("solarize ", threshold), func(m *Bitmap) { m.solarize(threshold) })
		}
		for _, add := range []int{0, 55, 110} {
			inPlace(fmt.Sprint("solarizeAdd ", add), func(m *Bitmap) { m.solarizeAdd(add) })
		}
		factors := []float64{0.1, 0.73, 1.9}
		for _, f := range factors {
			inPlace(fmt.Sprint("saturate ", f), func(m *Bitmap) { m.saturate(f) })
		}
		for _, f := range factors {
			inPlace(fmt.Sprint("contrast ", f), func(m *Bitmap) { m.contrast(f) })
		}
		for _, f := range factors {
			inPlace(fmt.Sprint("brighten ", f), func(m *Bitmap) { m.brighten(f) })
		}
		for _, f := range factors {
			elsewhere(fmt.Sprint("sharpen ", f), func(dst *Bitmap) { p.sharpen(dst, f) })
		}
		for _, degrees := range []float64{-27.5, 3, 30} {
			warp(fmt.Sprint("rotate ", degrees), rotation(degrees, p.W, p.H))
		}
		for _, f := range []float64{-0.3, 0.27} {
			warp(fmt.Sprint("shearX ", f), affine{a: 1, b: f, e: 1})
		}
		for _, f := range []float64{-0.3, 0.27} {
			warp(fmt.Sprint("shearY ", f), affine{a: 1, d: f, e: 1})
		}
		for _, f := range []float64{-0.405, 0.31} {
			warp(fmt.Sprint("translateX ", f), affine{a: 1, c: f * w, e: 1})
		}
		for _, f := range []float64{-0.405, 0.31} {
			warp(fmt.Sprint("translateY ", f), affine{a: 1, e: 1, f: f * h})
		}
	}
	if len(g.rest) != 0 {
		t.Errorf("testdata/augment.u8 has %d bytes too many", len(g.rest))
	}
}

func TestResampleBitmapAgainstPIL(t *testing.T) {
	g := &goldenBytes{testFile(t, "resize.u8")}
	src := pattern(45, 37).Bitmap()
	var r resampler // one for all: nothing may be left of the last use
	for _, tc := range []struct {
		box  image.Rectangle
		w, h int
	}{
		{image.Rect(0, 0, 45, 37), 17, 14},
		{image.Rect(5, 3, 36, 30), 16, 16},
		{image.Rect(20, 11, 27, 20), 24, 31},
		{image.Rect(44, 0, 45, 37), 8, 5},
		{image.Rect(2, 2, 18, 18), 16, 16},
	} {
		dst, flipped := NewBitmap(tc.w, tc.h), NewBitmap(tc.w, tc.h)
		r.resize(dst, src, tc.box, false)
		g.check(t, fmt.Sprint("resize ", tc), dst)
		r.resize(flipped, src, tc.box, true)
		if turned := flipped.upright(2); !bytes.Equal(turned.Pix, dst.Pix) {
			t.Errorf("%v: flipped is not the mirror image", tc)
		}
	}
	if len(g.rest) != 0 {
		t.Errorf("testdata/resize.u8 has %d bytes too many", len(g.rest))
	}
}
