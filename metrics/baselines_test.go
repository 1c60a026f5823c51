package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unmask/data"
)

// masks are ragged, with holes at borders and corners and one patch shown.
var masks = []string{"0110 1011 0001", "111 101 111", "01", "1 1 1 0", "10000"}

func TestBaselinesReadVisiblePixelsOnly(t *testing.T) {
	nan := float32(math.NaN())
	for _, b := range Baselines {
		for _, bits := range masks {
			m := mask(t, bits)
			p := pattern(m.Cols*data.Patch, m.Rows*data.Patch, 5)
			want := b.Fill(p, m)
			for _, leak := range []float32{0, 1e30, nan} {
				changed := data.Masked(p, m, leak)
				if got := b.Fill(changed, m); !slices.Equal(got.Pix, want.Pix) {
					t.Errorf("%s, mask %s: hidden pixels of %v change the result", b.Name, bits, leak)
				}
			}
			if slices.ContainsFunc(want.Pix, func(v float32) bool { return !(v >= 0 && v <= 1) }) {
				t.Errorf("%s, mask %s: a value outside 0..1", b.Name, bits)
			}
			kept := data.Composite(p, want, m)
			if !slices.Equal(kept.Pix, want.Pix) {
				t.Errorf("%s, mask %s: a visible pixel changed", b.Name, bits)
			}
		}
	}
}

func TestMeanColour(t *testing.T) {
	m := mask(t, "01 00")
	p := data.NewPicture(64, 64)
	for i := range p.Pix {
		if y := i / 3 / 64; y >= 32 {
			p.Pix[i] = []float32{0.3, 0.6, 0.9}[i%3] // two of the three visible patches
		}
	}
	got := MeanColour(p, m)
	for c, want := range []float64{0.2, 0.4, 0.6} {
		near(t, "mean colour", float64(got.Pix[(10*64+50)*3+c]), want, 1e-6)
	}
}

// The nearest pixel is searched for among all visible ones.
func TestNearestVisibleAgainstSearch(t *testing.T) {
	for _, bits := range []string{"011 110", "1111 1111 0111", "1 0", "1111110"} {
		m := mask(t, bits)
		w, h := m.Cols*data.Patch, m.Rows*data.Patch
		p := pattern(w, h, 5)
		got := NearestVisible(p, m)
		random := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			x, y := random.IntN(w), random.IntN(h)
			best, from := math.MaxInt, 0
			for j := range w * h { // row-major: of equals, the uppermost, leftmost
				dx, dy := j%w-x, j/w-y
				if d := dx*dx + dy*dy; d < best && !m.At(j%w, j/w) {
					best, from = d, j
				}
			}
			i := y*w + x
			if !slices.Equal(got.Pix[3*i:3*i+3], p.Pix[3*from:3*from+3]) {
				t.Errorf("mask %s: pixel (%d, %d) is not that of (%d, %d)", bits, x, y, from%w, from/w)
			}
		}
	}
}

func TestBaselineWithNothingVisibleIsABug(t *testing.T) {
	for _, b := range Baselines {
		func() {
			defer func() {
				const want = "BUG: metrics: a baseline needs a visible patch"
				if got := recover(); got != want {
					t.Errorf("%s: panic %v, want %q", b.Name, got, want)
				}
			}()
			b.Fill(pattern(64, 32, 5), data.NewMask(1, 2).Invert())
		}()
	}
}
