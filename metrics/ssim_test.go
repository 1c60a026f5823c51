package metrics

import (
	"fmt"
	"testing"
)

// The wanted values are skimage's; testdata/ssim.py prints them.
func TestSSIMAgainstSkimage(t *testing.T) {
	for _, tc := range []struct {
		w, h                int
		other, mixed, faint float64
	}{
		{11, 11, 0.3323524169450996, 0.8001442636054383, 0.6414070758549134},
		{41, 23, -0.02364722914003443, 0.6467373525745357, 0.6414291761318296},
		{64, 96, 0.0022446058313550297, 0.657755936810226, 0.641566568600622},
	} {
		a, b := pattern(tc.w, tc.h, 5), pattern(tc.w, tc.h, 7)
		mixed, faint := a.Clone(), a.Clone()
		for i := range a.Pix {
			mixed.Pix[i] = (a.Pix[i] + b.Pix[i]) / 2
			faint.Pix[i] /= 2
		}
		size := fmt.Sprintf("%d x %d: ", tc.w, tc.h)
		near(t, size+"another picture", SSIM(a, b), tc.other, 1e-9)
		near(t, size+"half of another picture", SSIM(a, mixed), tc.mixed, 1e-9)
		near(t, size+"half as bright", SSIM(a, faint), tc.faint, 1e-9)
		near(t, size+"itself", SSIM(a, a), 1, 1e-12)
		near(t, size+"the other way round", SSIM(b, a), tc.other, 1e-9)
	}
}

func TestSSIMOfATinyPictureIsABug(t *testing.T) {
	defer func() {
		const want = "BUG: metrics.SSIM: picture of 10 x 40 pixels, want at least 11 x 11"
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	p := pattern(10, 40, 5)
	SSIM(p, p)
}
