package palette

import (
	"image"
	"image/color"
	"testing"
)

func plain(w, h int, at func(x, y int) color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, at(x, y))
		}
	}
	return img
}

func TestFewColoursStayExact(t *testing.T) {
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 128, 0, 255}, {10, 20, 30, 255}, {250, 250, 250, 255}}
	a := plain(30, 30, func(x, _ int) color.NRGBA { return colours[x/15] })
	b := plain(30, 30, func(x, _ int) color.NRGBA { return colours[2+x/15] })
	p := Of(16, a, b)
	if len(p) != 4 {
		t.Errorf("%d colours, want the 4 that there are", len(p))
	}
	for _, c := range colours {
		if got := p.Convert(c); got != c {
			t.Errorf("%v becomes %v", c, got)
		}
	}
}

func TestManyColoursAreClose(t *testing.T) {
	img := plain(96, 96, func(x, y int) color.NRGBA { return color.NRGBA{uint8(2 * x), uint8(2 * y), uint8(x + y), 255} })
	p := Of(64, img)
	if len(p) != 64 {
		t.Fatalf("%d colours, want 64", len(p))
	}
	sum := 0.0
	for y := range 96 {
		for x := range 96 {
			r, g, b, _ := img.At(x, y).RGBA()
			q, h, c, _ := p.Convert(img.At(x, y)).RGBA()
			for _, d := range []float64{float64(r) - float64(q), float64(g) - float64(h), float64(b) - float64(c)} {
				sum += d * d / (257 * 257) / (96 * 96 * 3)
			}
		}
	}
	if sum > 64 { // 8 levels, for colours that fill a square
		t.Errorf("mean squared error %.1f levels, want at most 64", sum)
	}
}
