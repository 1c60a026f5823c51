package data

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"testing"

	"unmask/internal/numtest"
)

// pattern returns a w x h picture of the formula in testdata/make.py.
func pattern(w, h int) *Picture {
	p := NewPicture(w, h)
	for i := range p.Pix {
		x, y, c := i/3%w, i/3/w, i%3
		p.Pix[i] = float32((x*37+y*59+c*83+x*y*5)%256) / 255
	}
	return p
}

// PIL resizes float pictures without rounding; only our clamp is to be added.
func TestResizeAgainstPIL(t *testing.T) {
	b, err := os.ReadFile("testdata/resize.f32")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range [][4]int{{45, 37, 17, 14}, {20, 16, 33, 27}, {40, 9, 7, 31}} {
		got := pattern(s[0], s[1]).resize(s[2], s[3])
		want := make([]float32, len(got.Pix))
		for i := range want {
			want[i] = clamp(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])) / 255)
		}
		b = b[4*len(want):]
		numtest.Check(t, numtest.Reduce, fmt.Sprint("resize ", s), got.Pix, want)
	}
	if len(b) != 0 {
		t.Errorf("testdata/resize.f32 has %d bytes too many", len(b))
	}
}

func TestResizeKeepsConstants(t *testing.T) {
	p := NewPicture(50, 3)
	for i := range p.Pix {
		p.Pix[i] = 0.7
	}
	for _, v := range p.resize(7, 61).Pix {
		if math.Abs(float64(v)-0.7) > 1e-6 {
			t.Fatalf("a constant of 0.7 became %v", v)
		}
	}
}

func TestFitAndSquareSizes(t *testing.T) {
	for _, tc := range []struct{ w, h, short, fitW, fitH int }{
		{300, 200, 224, 320, 224}, // 336 x 224 before the cut
		{200, 300, 224, 224, 320},
		{224, 224, 224, 224, 224},
		{100, 100, 225, 224, 224},
		{40, 1200, 64, 64, 1920},
		{50, 50, 1, 32, 32}, // at least one patch
		{1, 1, 96, 96, 96},
	} {
		p := pattern(tc.w, tc.h)
		if f := p.Fit(tc.short); f.W != tc.fitW || f.H != tc.fitH || len(f.Pix) != f.W*f.H*3 {
			t.Errorf("%d x %d: Fit(%d) is %d x %d, want %d x %d", tc.w, tc.h, tc.short, f.W, f.H, tc.fitW, tc.fitH)
		}
		if s := p.Square(56); s.W != 56 || s.H != 56 || len(s.Pix) != 56*56*3 {
			t.Errorf("%d x %d: Square(56) is %d x %d", tc.w, tc.h, s.W, s.H)
		}
	}
}

// At scale 1 the cut alone remains, and it takes the middle.
func TestFitAndSquareCutTheCentre(t *testing.T) {
	p := pattern(64+23, 64)
	f := p.Fit(64)
	for y := range 64 {
		for x := range 64 {
			if got, want := f.row(y)[3*x], p.row(y)[3*(x+12)]; got != want { // 11.5 goes to even
				t.Fatalf("Fit: pixel (%d, %d) is %v, want %v", x, y, got, want)
			}
		}
	}
	p = pattern(64, 64)
	s := p.Square(56)
	for y := range 56 {
		for x := range 56 {
			if got, want := s.row(y)[3*x], p.row(y + 4)[3*(x+4)]; got != want {
				t.Fatalf("Square: pixel (%d, %d) is %v, want %v", x, y, got, want)
			}
		}
	}
}
