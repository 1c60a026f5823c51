package windowtest

import (
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/draw"

	"unmask/internal/desktop/scene"
)

// distance is the mean and the largest difference of the pixels in a place of the
// window from a picture that is stretched over it, in 1/255. The graphics card
// stretches by linear interpolation, and so does this.
func distance(shot *image.RGBA, place scene.Rect, want image.Image) (mean, most float64) {
	r := image.Rect(int(place.X), int(place.Y), int(place.X+place.W), int(place.Y+place.H))
	scaled := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	if r.Size() == want.Bounds().Size() {
		draw.Copy(scaled, image.Point{}, want, want.Bounds(), draw.Src, nil)
	} else {
		draw.ApproxBiLinear.Scale(scaled, scaled.Bounds(), want, want.Bounds(), draw.Src, nil)
	}
	n := 0
	// Not the outermost pixels: what lies beyond the edge is a matter of taste.
	for y := 2; y < r.Dy()-2; y++ {
		for x := 2; x < r.Dx()-2; x++ {
			a, b := shot.RGBAAt(r.Min.X+x, r.Min.Y+y), scaled.RGBAAt(x, y)
			for _, d := range []float64{float64(a.R) - float64(b.R), float64(a.G) - float64(b.G), float64(a.B) - float64(b.B)} {
				mean += math.Abs(d)
				most = max(most, math.Abs(d))
				n++
			}
		}
	}
	return mean / float64(n), most
}

// The tolerance of a picture in the window: both programs compute on the same
// adapter and round to 8 bits; what is left is the stretching, in fixed point here
// and in floating point there.
const (
	meanTolerance = 1.0 // of 255
	mostTolerance = 4
)

// TestTheComparisonSeesADifference is the control.
func TestTheComparisonSeesADifference(t *testing.T) {
	want := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range want.Pix {
		want.Pix[i] = uint8(i / 4 % 7 * 40)
	}
	shot := image.NewRGBA(image.Rect(0, 0, 200, 200))
	draw.Copy(shot, image.Pt(10, 20), want, want.Bounds(), draw.Src, nil)
	place := scene.Rect{X: 10, Y: 20, W: 64, H: 64}
	if mean, most := distance(shot, place, want); mean != 0 || most != 0 {
		t.Errorf("the same picture differs by %.2f, at most %.0f", mean, most)
	}
	place.X++
	if mean, _ := distance(shot, place, want); mean < meanTolerance {
		t.Errorf("a picture that is off by a pixel differs by %.2f only", mean)
	}
}

// writePNG writes a picture into a folder of the test.
func writePNG(t testing.TB, img image.Image) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "picture.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return name
}
