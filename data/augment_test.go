package data

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func testRand(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 1)) }

// wantMean checks a mean of n draws with the given standard deviation of one:
// five standard errors would be missed once in two million seeds.
func wantMean(t *testing.T, what string, sum float64, n int, want, std float64) {
	t.Helper()
	if got, slack := sum/float64(n), 5*std/math.Sqrt(float64(n)); !(math.Abs(got-want) <= slack) {
		t.Errorf("%s: mean of %d is %v, want %v within %.2g", what, n, got, want, slack)
	}
}

func TestRandomBoxDistribution(t *testing.T) {
	const w, h, n = 2000, 1600, 4000
	scale, ratio := [2]float64{0.1, 0.4}, [2]float64{3. / 4, 4. / 3}
	r := testRand(1)
	var area, aspect, x, y float64
	for range n {
		b := randomBox(w, h, scale, ratio, r)
		if !b.In(image.Rect(0, 0, w, h)) || b.Empty() {
			t.Fatalf("box %v leaves the picture", b)
		}
		a, q := float64(b.Dx()*b.Dy())/(w*h), float64(b.Dx())/float64(b.Dy())
		if a < 0.0995 || a > 0.4005 || q < 0.748 || q > 1.336 { // sides are rounded to pixels
			t.Fatalf("box %v: area %v, ratio %v, want 0.1 to 0.4, 3/4 to 4/3", b, a, q)
		}
		area += a
		aspect += math.Log(q)
		x += float64(b.Min.X) / float64(w-b.Dx())
		y += float64(b.Min.Y) / float64(h-b.Dy())
	}
	even := 1 / math.Sqrt(12) // the standard deviation of a number in 0..1
	wantMean(t, "area", area, n, 0.25, 0.3*even)
	wantMean(t, "log of the ratio", aspect, n, 0, 2*math.Log(4./3)*even)
	wantMean(t, "x", x, n, 0.5, even)
	wantMean(t, "y", y, n, 0.5, even)
}

func TestRandomBoxWhereNothingFits(t *testing.T) {
	for _, tc := range []struct {
		w, h int
		want image.Rectangle
	}{
		{1000, 100, image.Rect(433, 0, 566, 100)}, // 4/3 of 100, in the middle
		{100, 1000, image.Rect(0, 433, 100, 566)},
		{1, 1, image.Rect(0, 0, 1, 1)},
		{1, 40, image.Rect(0, 19, 1, 20)},
	} {
		if got := randomBox(tc.w, tc.h, [2]float64{1, 1}, [2]float64{3. / 4, 4. / 3}, testRand(1)); got != tc.want {
			t.Errorf("%d x %d: box %v, want %v", tc.w, tc.h, got, tc.want)
		}
	}
}

func TestAugmentFlipsAndResizes(t *testing.T) {
	m := pattern(40, 30).Bitmap()
	a := Augment{Scale: [2]float64{1, 1}, Ratio: [2]float64{4. / 3, 4. / 3}, Flip: 0.3}
	var straight, mirrored []float32
	for _, flip := range []bool{false, true} {
		small := NewBitmap(16, 16)
		new(resampler).resize(small, m, image.Rect(0, 0, 40, 30), flip)
		pix := make([]float32, 16*16*3)
		small.Normalized(pix)
		straight, mirrored = mirrored, pix
	}
	var g augmenter
	flips, n := 0, 2000
	dst := make([]float32, 16*16*3)
	for k := range n {
		g.augment(dst, m, 16, &a, testRand(uint64(k)))
		if slices.Equal(dst, mirrored) {
			flips++
		} else if !slices.Equal(dst, straight) {
			t.Fatal("neither the picture nor its mirror image")
		}
	}
	wantMean(t, "flips", float64(flips), n, 0.3, math.Sqrt(0.3*0.7))
}

// What a generator makes of a picture depends on nothing that went before.
func TestAugmentIsAFunctionOfItsGenerator(t *testing.T) {
	a := FinetuneAugment()
	a.Jitter = ColourJitter{0.4, 0.4, 0.4}
	pictures := []*Bitmap{pattern(60, 50).Bitmap(), smooth(31, 64), plain(3, 3, [3]uint8{1, 2, 3})}
	var used augmenter
	different := map[string]bool{}
	for k := range 60 {
		m := pictures[k%3]
		before := bytes.Clone(m.Pix)
		got, want := make([]float32, 32*32*3), make([]float32, 32*32*3)
		used.augment(got, m, 32, &a, testRand(uint64(k)))
		new(augmenter).augment(want, m, 32, &a, testRand(uint64(k)))
		if !slices.Equal(got, want) {
			t.Fatalf("picture %d depends on the ones before", k)
		}
		if !bytes.Equal(before, m.Pix) {
			t.Fatalf("picture %d was changed in place", k)
		}
		if k%3 != 2 { // plain pictures may be alike
			different[fmt.Sprint(got)] = true
		}
	}
	if len(different) != 40 {
		t.Errorf("only %d of 40 pictures differ", len(different))
	}
}

func TestColourJitter(t *testing.T) {
	clone := func() *Bitmap { m := smooth(9, 7); return m }
	m := clone()
	ColourJitter{}.apply(m, testRand(1))
	if !bytes.Equal(m.Pix, clone().Pix) {
		t.Error("no jitter changes the picture")
	}
	// Grey 100 times a factor of 0.6 to 1.4, evenly.
	n, sum := 3000, 0.0
	r := testRand(2)
	for range n {
		g := plain(1, 1, [3]uint8{100, 100, 100})
		ColourJitter{Brightness: 0.4}.apply(g, r)
		v := float64(g.Pix[0])
		if v < 60 || v > 140 {
			t.Fatalf("grey 100 became %v, want 60 to 140", v)
		}
		sum += v + 0.5 // for what was cut off
	}
	wantMean(t, "brightness", sum, n, 100, 80/math.Sqrt(12))
	// The three follow one another in any order.
	orders := map[[3]int]int{}
	for k := range 600 {
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			r := testRand(uint64(k))
			if p := r.Perm(3); [3]int(p) != order {
				continue
			}
			want := clone()
			for _, op := range order {
				[]func(float64){want.brighten, want.contrast, want.saturate}[op](uniform(r, 0.5, 1.5))
			}
			got := clone()
			ColourJitter{0.5, 0.5, 0.5}.apply(got, testRand(uint64(k)))
			if !bytes.Equal(got.Pix, want.Pix) {
				t.Fatalf("seed %d: the picture differs from brightness, contrast, saturation in the order %v", k, order)
			}
			orders[order]++
		}
	}
	for order, k := range orders {
		if k < 55 { // of 100; five standard deviations
			t.Errorf("order %v comes %d times of 600", order, k)
		}
	}
	if len(orders) != 6 {
		t.Errorf("%d orders, want 6", len(orders))
	}
}

func TestErasing(t *testing.T) {
	const size, n = 40, 3000
	r := testRand(3)
	erased, area := 0, 0.0
	var noise, squares float64
	var values int
	for range n {
		pix := make([]float32, size*size*3)
		for i := range pix {
			pix[i] = 9
		}
		Erasing{Prob: 0.25, Mode: ErasePixel}.apply(pix, size, r)
		x0, y0, x1, y1, changed := size, size, 0, 0, 0
		for i, v := range pix {
			if v != 9 {
				x, y := i/3%size, i/3/size
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
				changed++
				noise += float64(v)
				squares += float64(v * v)
				values++
			}
		}
		if changed == 0 {
			continue
		}
		if changed != 3*(x1-x0)*(y1-y0) {
			t.Fatalf("%d values changed, want the rectangle (%d, %d) to (%d, %d)", changed, x0, y0, x1, y1)
		}
		share := float64(changed) / float64(len(pix))
		if share < 0.012 || share > 0.36 { // 2 % to a third, but for whole pixels
			t.Errorf("%v of the picture is covered", share)
		}
		erased++
		area += share
	}
	wantMean(t, "erased", float64(erased), n, 0.25, math.Sqrt(0.25*0.75))
	if mean := area / float64(erased); mean < 0.14 || mean > 0.18 { // long rectangles that do not fit are drawn again
		t.Errorf("the mean share covered is %v, want about 0.16", mean)
	}
	wantMean(t, "noise", noise, values, 0, 1)
	wantMean(t, "squared noise", squares, values, 1, math.Sqrt2)

	pix := slices.Repeat([]float32{9}, size*size*3)
	Erasing{Prob: 1, Mode: EraseConst}.apply(pix, size, r)
	if !slices.Contains(pix, 0) || slices.ContainsFunc(pix, func(v float32) bool { return v != 0 && v != 9 }) {
		t.Error("mode const does not set a part to 0 and leave the rest")
	}
}

func TestAugmentErrors(t *testing.T) {
	if err := PretrainAugment().Check(); err != nil {
		t.Error(err)
	}
	if err := FinetuneAugment().Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(a *Augment){
		"data: crop scale is 0 to 1, want 0 < low <= high <= 1":         func(a *Augment) { a.Scale[0] = 0 },
		"data: crop scale is 0.5 to 0.4, want 0 < low <= high <= 1":     func(a *Augment) { a.Scale = [2]float64{0.5, 0.4} },
		"data: crop scale is NaN to 1, want 0 < low <= high <= 1":       func(a *Augment) { a.Scale[0] = math.NaN() },
		"data: crop ratio is 2 to 1, want 0 < low <= high <= 100":       func(a *Augment) { a.Ratio = [2]float64{2, 1} },
		"data: flip probability is 1.5, want 0 to 1":                    func(a *Augment) { a.Flip = 1.5 },
		"data: jitter of contrast is -1, want 0 to 1":                   func(a *Augment) { a.Jitter.Contrast = -1 },
		"data: RandAugment magnitude is 11, want 0 to 10":               func(a *Augment) { a.RandAugment.Magnitude = 11 },
		"data: erasing probability is NaN, want 0 to 1":                 func(a *Augment) { a.Erase.Prob = math.NaN() },
		`data: erasing mode is "rand", want "pixel" or "const"`:         func(a *Augment) { a.Erase.Mode = "rand" },
		"data: RandAugment probability is 2, want 0 to 1":               func(a *Augment) { a.RandAugment.Prob = 2 },
		"data: jitter of saturation is 3, want 0 to 1":                  func(a *Augment) { a.Jitter.Saturation = 3 },
		"data: jitter of brightness is 3, want 0 to 1":                  func(a *Augment) { a.Jitter.Brightness = 3 },
		"data: crop ratio is 0 to 1, want 0 < low <= high <= 100":       func(a *Augment) { a.Ratio = [2]float64{0, 1} },
		"data: crop scale is 0.2 to 1.5, want 0 < low <= high <= 1":     func(a *Augment) { a.Scale = [2]float64{0.2, 1.5} },
		"data: crop ratio is 0.75 to +Inf, want 0 < low <= high <= 100": func(a *Augment) { a.Ratio[1] = math.Inf(1) },
	} {
		a := FinetuneAugment()
		change(&a)
		wantError(t, strings.TrimPrefix(want, "data: "), a.Check(), want)
	}
}
