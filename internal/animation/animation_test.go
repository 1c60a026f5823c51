package animation

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"math"
	"slices"
	"strings"
	"testing"
)

// soft is a picture of many colours with a plain square that moves by k.
func soft(k int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 128, 96))
	for y := range 96 {
		for x := range 128 {
			wave := func(f float64) uint8 { return uint8(127 + 100*math.Sin(f*float64(x)/30+float64(y)/40)) }
			img.SetNRGBA(x, y, color.NRGBA{wave(1), wave(1.5), wave(0.7), 255})
		}
	}
	draw.Draw(img, image.Rect(10*k, 10, 10*k+20, 30), image.NewUniform(color.NRGBA{200, 40, 40, 255}), image.Point{}, draw.Src)
	return img
}

// shown decodes a GIF and puts its frames on top of each other, as a viewer does.
func shown(t *testing.T, b []byte) (frames []*image.NRGBA, g *gif.GIF) {
	t.Helper()
	g, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	canvas := image.NewNRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))
	for _, f := range g.Image {
		draw.Draw(canvas, f.Bounds(), f, f.Bounds().Min, draw.Over)
		frames = append(frames, &image.NRGBA{Pix: slices.Clone(canvas.Pix), Stride: canvas.Stride, Rect: canvas.Rect})
	}
	return frames, g
}

func TestFramesComeBack(t *testing.T) {
	frames := []*image.NRGBA{soft(0), soft(1), soft(1), soft(5)}
	b, err := GIF(frames, []int{100, 250, 1000, 0})
	if err != nil {
		t.Fatal(err)
	}
	got, g := shown(t, b)
	if len(got) != 4 || !slices.Equal(g.Delay, []int{10, 25, 100, 2}) || g.LoopCount != 0 {
		t.Fatalf("%d frames, delays %v, loop %d", len(got), g.Delay, g.LoopCount)
	}
	for i, f := range frames {
		sum := 0.0
		for k := range f.Pix {
			d := float64(f.Pix[k]) - float64(got[i].Pix[k])
			sum += d * d / float64(len(f.Pix))
		}
		// The dither's pattern alone gives spread^2 / 12.
		if rms := math.Sqrt(sum); rms > 8 {
			t.Errorf("frame %d is off by %.1f levels, want 8 at most", i, rms)
		}
	}
	if r := g.Image[1].Bounds(); !r.In(image.Rect(0, 10, 30, 30)) {
		t.Errorf("the second frame stores %v, want what has moved", r)
	}
	if n := g.Image[2].Bounds(); n.Dx()*n.Dy() != 1 {
		t.Errorf("a frame without change stores %v", n)
	}
}

func TestRefusedAnimations(t *testing.T) {
	small := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for _, c := range []struct {
		frames []*image.NRGBA
		delays []int
		want   string
	}{
		{nil, nil, "0 frames"},
		{[]*image.NRGBA{small}, nil, "0 delays for 1 frames"},
		{[]*image.NRGBA{small, soft(0)}, []int{1, 1}, "frame 1 is"},
		{[]*image.NRGBA{image.NewNRGBA(image.Rect(0, 0, 0, 5))}, []int{1}, "more than a file may hold"},
	} {
		if _, err := GIF(c.frames, c.delays); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d frames: %v, want %q", len(c.frames), err, c.want)
		}
	}
}

func TestBayerPattern(t *testing.T) {
	var seen []int
	for y := range 8 {
		for x := range 8 {
			seen = append(seen, bayer(x, y))
		}
	}
	if want := []int{0, 32, 8, 40, 2, 34, 10, 42}; !slices.Equal(seen[:8], want) {
		t.Errorf("the first row is %v, want %v", seen[:8], want)
	}
	slices.Sort(seen)
	for i, v := range seen {
		if v != i {
			t.Fatalf("threshold %d is missing", i)
		}
	}
}
