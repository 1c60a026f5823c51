package data

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"unmask/internal/numtest"
)

func TestNormalizedAndBack(t *testing.T) {
	p := pattern(5, 3)
	n := p.Normalized(nil)
	for i, v := range n {
		want := (float64(p.Pix[i]) - float64(Mean[i%3])) / float64(Std[i%3])
		if math.Abs(float64(v)-want) > 1e-6 {
			t.Fatalf("value %d is %v, want %v", i, v, want)
		}
	}
	dst := make([]float32, len(n))
	if got := p.Normalized(dst); &got[0] != &dst[0] || !slices.Equal(got, n) {
		t.Error("Normalized did not fill the buffer it was given")
	}
	Denormalize(n)
	numtest.Check(t, numtest.Elementwise, "back", n, p.Pix)
}

func TestRGBAClamps(t *testing.T) {
	p := &Picture{W: 2, H: 1, Pix: []float32{-3, 0.5, 9, float32(math.NaN()), 1, float32(math.Inf(1))}}
	if got, want := p.RGBA(), []byte{0, 128, 255, 255, 0, 255, 255, 255}; !slices.Equal(got, want) {
		t.Errorf("RGBA is %v, want %v", got, want)
	}
}

func TestImageAndBack(t *testing.T) {
	p := pattern(7, 4)
	numtest.Check(t, numtest.Elementwise, "back", FromImage(p.Image()).Pix, p.Pix)
}

// strange is an image that is none of the standard library's.
type strange struct{ image.Image }

func TestFromImageTakesAnyImageAndOrigin(t *testing.T) {
	img := image.NewNRGBA(image.Rect(-3, 5, 1, 8))
	img.SetNRGBA(-3, 5, color.NRGBA{R: 255, A: 255})
	img.SetNRGBA(0, 7, color.NRGBA{B: 255, A: 51}) // a fifth of blue on white
	p := FromImage(strange{img})
	if p.W != 4 || p.H != 3 {
		t.Fatalf("picture is %d x %d, want 4 x 3", p.W, p.H)
	}
	numtest.Check(t, numtest.Elementwise, "opaque", p.Pix[:3], []float32{1, 0, 0})
	numtest.Check(t, numtest.Elementwise, "transparent", p.Pix[3:6], []float32{1, 1, 1})
	last := p.Pix[len(p.Pix)-3:]
	numtest.Check(t, numtest.Elementwise, "in between", last, []float32{0.8, 0.8, 1})
	numtest.Check(t, numtest.Elementwise, "the same image known", FromImage(img).Pix, p.Pix)
}
