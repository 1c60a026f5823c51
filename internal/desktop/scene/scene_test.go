package scene

import (
	"image/color"
	"math"
	"slices"
	"testing"
)

func TestWordsFitTheirPlace(t *testing.T) {
	f := Font{Size: 14}
	const words = "Hide most of a photo and watch a network fill it in"
	for _, width := range []float64{40, 120, 300, 1000} {
		if w := f.Width(f.Fit(words, width)); w > width {
			t.Errorf("fitted to %.0f, the words take %.1f", width, w)
		}
		if w := f.Width(f.FitMiddle("/home/someone/pictures/holiday/photo-0001.jpg", width)); w > width {
			t.Errorf("fitted in the middle to %.0f, the path takes %.1f", width, w)
		}
		for _, line := range f.Wrap(words, width) {
			if w := f.Width(line); w > width {
				t.Errorf("wrapped at %.0f, %q takes %.1f", width, line, w)
			}
		}
	}
	if got := f.Wrap(words, 1000); !slices.Equal(got, []string{words}) {
		t.Errorf("a line that fits became %q", got)
	}
	if got := f.Fit(words, 1000); got != words {
		t.Errorf("words that fit became %q", got)
	}
	if len(f.Wrap("", 10)) != 0 {
		t.Error("nothing has lines")
	}
}

func TestBoldIsWider(t *testing.T) {
	if a, b := (Font{14, false}).Width("Unmask"), (Font{14, true}).Width("Unmask"); !(b > a && a > 30) {
		t.Errorf("regular %.1f, bold %.1f", a, b)
	}
}

// TestEveryPairOfColoursCanBeRead: 4.5:1 for words (WCAG 2.1, 1.4.3).
func TestEveryPairOfColoursCanBeRead(t *testing.T) {
	for _, dark := range []bool{false, true} {
		h := ThemeOf(dark)
		for name, pair := range map[string][2][3]uint8{
			"ink on surface":    {rgb(h.Ink), rgb(h.Surface)},
			"muted on ground":   {rgb(h.Muted), rgb(h.Ground)},
			"muted on surface":  {rgb(h.Muted), rgb(h.Surface)},
			"muted on sunken":   {rgb(h.Muted), rgb(h.Sunken)},
			"accent on surface": {rgb(h.Accent), rgb(h.Surface)},
			"on accent":         {rgb(h.OnAccent), rgb(h.Accent)},
			"alert":             {rgb(h.AlertInk), rgb(h.Alert)},
			"notice":            {rgb(h.NoticeInk), rgb(h.Notice)},
		} {
			a, b := luminance(pair[0]), luminance(pair[1])
			if c := (max(a, b) + 0.05) / (min(a, b) + 0.05); c < 4.5 {
				t.Errorf("dark %t, %s: %.2f:1", dark, name, c)
			}
		}
	}
}

func rgb(c color.NRGBA) [3]uint8 { return [3]uint8{c.R, c.G, c.B} }

func luminance(c [3]uint8) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
