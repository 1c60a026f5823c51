package scenes

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// measures are what tells a photograph from a flat or broken picture.
type measures struct {
	low, high float64 // 5th and 95th percentile of luma, in [0, 1]
	hues      int     // of 24 sectors of hue, those that hold 0.2 % of the pixels
	detail    float64 // mean luma step between neighbours
}

func measure(img image.Image) measures {
	b := img.Bounds()
	var luma [256]int
	var hues [24]int
	detail, n := 0.0, b.Dx()*b.Dy()
	last := 0.0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			yy, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			luma[yy]++
			u, v := float64(cb)-128, float64(cr)-128
			if math.Hypot(u, v) > 6 {
				hues[int((math.Atan2(v, u)+math.Pi)/(2*math.Pi)*24)%24]++
			}
			if x > b.Min.X {
				detail += math.Abs(float64(yy) - last)
			}
			last = float64(yy)
		}
	}
	m := measures{detail: detail / float64(n)}
	at := func(share float64) float64 {
		sum := 0
		for i, k := range luma {
			if sum += k; float64(sum) >= share*float64(n) {
				return float64(i) / 255
			}
		}
		return 1
	}
	m.low, m.high = at(0.05), at(0.95)
	for _, k := range hues {
		if k*500 >= n {
			m.hues++
		}
	}
	return m
}

// photographic tells what a photograph has and m lacks, or "".
func (m measures) lacks() string {
	switch {
	case m.high-m.low < 0.35:
		return "contrast"
	case m.low > 0.4:
		return "shadows"
	case m.high < 0.5:
		return "lights"
	case m.hues < 4:
		return "colours"
	case m.detail < 2:
		return "detail"
	}
	return ""
}

func TestScenesLookLikePhotographs(t *testing.T) {
	for _, s := range All() {
		t.Run(s.File, func(t *testing.T) {
			at := s.build()
			const w, h, bits = 72, 48, 2
			f := expose(w, h, bits, 1, at)
			for i, c := range f.px {
				if v := c.x + c.y + c.z; math.IsNaN(v) || math.IsInf(v, 0) || min(c.x, c.y, c.z) < 0 {
					t.Fatalf("pixel %d, %d has radiance %v", i%w, i/w, c)
				}
			}
			again := expose(w, h, bits, 1, at)
			for i := range f.px {
				if f.px[i] != again.px[i] {
					t.Fatalf("pixel %d, %d is %v, then %v", i%w, i/w, f.px[i], again.px[i])
				}
			}
			if m := measure(f.develop(s.look, 1)); m.lacks() != "" {
				t.Errorf("lacks %s: %+v", m.lacks(), m)
			}
		})
	}
}

// TestDullPicturesAreSeen is the control of the measures.
func TestDullPicturesAreSeen(t *testing.T) {
	paint := func(f func(x, y float64) vec) image.Image {
		return expose(72, 48, 2, 1, func(x, y float64, _ *sampler) vec { return f(x, y) }).
			develop(look{exposure: 1, warm: grey(1)}, 1)
	}
	for name, c := range map[string]struct {
		img  image.Image
		want string
	}{
		"flat":      {paint(func(x, y float64) vec { return vec{0.2, 0.1, 0.3} }), "contrast"},
		"black":     {paint(func(x, y float64) vec { return vec{} }), "contrast"},
		"grey ramp": {paint(func(x, y float64) vec { return grey(0.5 + 0.5*y) }), "colours"},
		"one hue":   {paint(func(x, y float64) vec { return vec{1, 0.2, 0.1}.scale(0.5 + 0.5*x) }), "colours"},
	} {
		if got := measure(c.img).lacks(); got != c.want {
			t.Errorf("%s: lacks %q, want %q", name, got, c.want)
		}
	}
}

// TestSizes: the network sees whole patches of every scene, cut nowhere.
func TestSizes(t *testing.T) {
	const side, patch = 224, 32
	for _, s := range All() {
		short := min(s.Width, s.Height)
		for _, l := range []int{s.Width, s.Height} {
			if l*side%short != 0 || l*side/short%patch != 0 {
				t.Errorf("%s: %d of %d x %d becomes no multiple of %d", s.File, l, s.Width, s.Height, patch)
			}
		}
	}
}
