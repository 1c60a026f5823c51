package app

import (
	"bytes"
	"math"
	"testing"

	"unmask/data"
)

// lightness is L* of CIE 1976 of an sRGB colour.
func lightness(c [3]byte) float64 {
	linear := func(v byte) float64 {
		u := float64(v) / 255
		if u <= 0.04045 {
			return u / 12.92
		}
		return math.Pow((u+0.055)/1.055, 2.4)
	}
	y := 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
	if y <= 216.0/24389 {
		return y * 24389 / 27
	}
	return 116*math.Cbrt(y) - 16
}

// Equal steps of the error look like equal steps: lightness grows all along, at no
// place much faster than at another.
func TestHeatGrowsEvenly(t *testing.T) {
	first, last := lightness(heatColours[0]), lightness(heatColours[heatMost])
	if first > 2 || last < 95 {
		t.Errorf("lightness from %.1f to %.1f, want from black to near white", first, last)
	}
	even := (last - first) / 8
	for i := 0; i+heatMost/8 <= heatMost; i += heatMost / 8 {
		if step := lightness(heatColours[i+heatMost/8]) - lightness(heatColours[i]); step < even/2 || step > 2*even {
			t.Errorf("levels %d to %d: lightness grows by %.1f, want about %.1f", i, i+heatMost/8, step, even)
		}
	}
}

func TestHeatMap(t *testing.T) {
	m := data.NewMask(1, 2)
	m.Hidden[1] = true
	original := bytes.Repeat([]byte{100, 100, 100, 255}, 32*64)
	composite := bytes.Clone(original)
	for y := range 32 {
		for x := range 64 {
			i := 4 * (y*64 + x)
			switch {
			case x < 32:
				composite[i] = 255 // visible: no error of the network
			case x < 48:
				composite[i], composite[i+1], composite[i+2] = 112, 88, 112
			default:
				composite[i], composite[i+1] = 250, 250
			}
		}
	}
	out, rms := heatMap(original, composite, m)
	at := func(x int) [3]byte { return [3]byte(out[4*(5*64+x):]) }
	if got := at(5); got != quietRGB {
		t.Errorf("a visible pixel is %v, want %v", got, quietRGB)
	}
	if got := at(40); got != heatColours[12] {
		t.Errorf("an error of 12 levels is %v, want %v", got, heatColours[12])
	}
	if got := at(60); got != heatColours[heatMost] { // sqrt(2 * 150^2 / 3) = 122
		t.Errorf("an error over the scale is %v, want %v", got, heatColours[heatMost])
	}
	if want := math.Sqrt((3*12*12 + 2*150*150) / 6.0); math.Abs(rms-want) > 1e-9 {
		t.Errorf("root mean square %v, want %v", rms, want)
	}
	if _, rms := heatMap(original, composite, data.NewMask(1, 2)); rms != 0 {
		t.Errorf("with nothing hidden the error is %v", rms)
	}
}

func BenchmarkHeatMap(b *testing.B) {
	m := data.Checkerboard(7, 10)
	rgba := make([]byte, 4*7*10*32*32)
	for b.Loop() {
		heatMap(rgba, rgba, m)
	}
}
