package metrics

import (
	"math"
	"strings"
	"testing"

	"unmask/data"
)

// pattern returns a w x h picture of the formula in testdata/ssim.py.
func pattern(w, h, k int) *data.Picture {
	p := data.NewPicture(w, h)
	for i := range p.Pix {
		x, y, c := i/3%w, i/3/w, i%3
		p.Pix[i] = float32((x*37+y*59+c*83+x*y*k)%256) / 255
	}
	return p
}

// mask reads mask bits of rows divided by spaces: "010 111".
func mask(t *testing.T, bits string) data.Mask {
	t.Helper()
	rows := strings.Fields(bits)
	m, err := data.ParseMask(strings.Join(rows, ""), len(rows), len(rows[0]))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func near(t *testing.T, what string, got, want, allowed float64) {
	t.Helper()
	if !(math.Abs(got-want) <= allowed) { // a NaN fails
		t.Errorf("%s: got %v, want %v within %v", what, got, want, allowed)
	}
}

func TestErrorCountsHiddenPixelsOnly(t *testing.T) {
	m := mask(t, "010 000")
	a := pattern(96, 64, 5)
	b := a.Clone()
	for i := range b.Pix {
		if x, y := i/3%96, i/3/96; !m.At(x, y) {
			b.Pix[i] = 7 // a visible difference must not count
		}
	}
	if got := MaskedMSE(a, b, m); got != 0 {
		t.Errorf("MaskedMSE of equal hidden pixels is %v, want 0", got)
	}
	if got := PSNR(a, b, m); got != MaxPSNR {
		t.Errorf("PSNR of equal hidden pixels is %v, want %v", got, MaxPSNR)
	}
	// One of the 32*32*3 hidden values off by a half.
	b.Pix[(5*96+40)*3+1] = a.Pix[(5*96+40)*3+1] + 0.5
	near(t, "MaskedMSE", MaskedMSE(a, b, m), 0.25/3072, 1e-9)
	near(t, "PSNR", PSNR(a, b, m), 10*math.Log10(3072/0.25), 1e-5)
}

func TestErrorOfNothingHidden(t *testing.T) {
	a, b := pattern(64, 32, 5), pattern(64, 32, 7)
	if got := MaskedMSE(a, b, data.NewMask(1, 2)); got != 0 {
		t.Errorf("MaskedMSE is %v, want 0", got)
	}
}

func TestSizesThatDifferAreBugs(t *testing.T) {
	a, b := pattern(64, 32, 5), pattern(32, 32, 5)
	defer func() {
		const want = "BUG: metrics.MaskedMSE: pictures of 64 x 32 and 32 x 32 pixels"
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	MaskedMSE(a, b, data.NewMask(1, 2))
}
