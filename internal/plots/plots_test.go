package plots

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"testing"

	"unmask/train"
)

// log is a made-up run: train lines, and a validation every third.
func log(n int, kind train.Kind) []train.Line {
	var lines []train.Line
	for i := range n {
		e := float64(i+1) / 3
		l := train.Line{Epoch: e, Loss: 2.3/(1+e/4) + 0.05*math.Sin(float64(i)), LR: 2e-4 * (1 - e/float64(n))}
		if i%3 == 2 || n == 1 {
			loss, top1, top5, constant := 2.4/(1+e/5), 90-70/(1+e), 99-40/(1+e), 1.1
			l.TestLoss = &loss
			if kind == train.Pretrain {
				l.Constant = &constant
			} else {
				l.TestAcc1, l.TestAcc5 = &top1, &top5
			}
		}
		lines = append(lines, l)
	}
	return lines
}

func confusion(classes int) *train.Scores {
	s := &train.Scores{Pictures: 100, Acc1: 61.5}
	for i := range classes {
		row := make([]int, classes)
		row[i], row[(i+1)%classes] = 20, 4
		if i == 1 {
			clear(row)
		}
		s.Classes, s.Confusion, s.PerClass = append(s.Classes, fmt.Sprintf("class number %d of many", i)), append(s.Confusion, row), append(s.PerClass, 83)
	}
	return s
}

// pictures are all kinds, with what is odd about each.
func pictures() map[string]func(dark bool) image.Image {
	m := map[string]func(bool) image.Image{}
	for _, kind := range []train.Kind{train.Pretrain, train.Finetune} {
		for _, n := range []int{0, 1, 60, 400} {
			m[fmt.Sprintf("curves of %d lines, %s", n, kind)] = func(dark bool) image.Image { return Curves(log(n, kind), "a run", dark) }
		}
	}
	bad := log(9, train.Finetune)
	nan := math.NaN()
	bad[4].Loss, bad[5].TestLoss, bad[5].LR = math.Inf(1), &nan, 0
	m["curves with values that are no numbers"] = func(dark bool) image.Image { return Curves(bad, "a run", dark) }
	for _, n := range []int{2, 10, 30, 60} {
		m[fmt.Sprintf("confusion of %d", n)] = func(dark bool) image.Image { return Confusion(confusion(n), "a data set", dark) }
	}
	m["comparison"] = func(dark bool) image.Image {
		return Comparison("two engines", []Log{{"ours", log(60, train.Pretrain)}, {"theirs", log(30, train.Finetune)}}, dark)
	}
	m["comparison of nothing"] = func(dark bool) image.Image { return Comparison("no engine", nil, dark) }
	layers := []string{"downsample_layers.0", "stages.0.0", "downsample_layers.1", "stages.1.0"}
	m["collapse"] = func(dark bool) image.Image {
		return Collapse(layers, []Distances{{"on", []float64{.3, .4, .5, .4}}, {"off", []float64{.3, .2, .1, 0}}}, "a network", dark)
	}
	m["collapse of nothing"] = func(dark bool) image.Image { return Collapse(nil, nil, "a network", dark) }
	return m
}

func file(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPicturesAreDrawn: each is of good size, more than its ground, the same
// pixels each time, and another in the dark.
func TestPicturesAreDrawn(t *testing.T) {
	for name, draw := range pictures() {
		light, dark := draw(false), draw(true)
		b := light.Bounds()
		if b.Dx() < 1000 || b.Dy() < 400 || b.Dx() > 4000 {
			t.Errorf("%s: %v pixels", name, b.Max)
		}
		if !bytes.Equal(light.(*image.RGBA).Pix, draw(false).(*image.RGBA).Pix) {
			t.Errorf("%s: drawn again, it differs", name)
		}
		for _, m := range []struct {
			image.Image
			ground color.NRGBA
		}{{light, themeOf(false).ground}, {dark, themeOf(true).ground}} {
			inked, edge := 0, 0
			pix, stride := m.Image.(*image.RGBA).Pix, m.Image.(*image.RGBA).Stride
			for y := range b.Dy() {
				for x := range b.Dx() {
					if c := pix[y*stride+4*x:]; c[0] != m.ground.R || c[1] != m.ground.G || c[2] != m.ground.B {
						inked++
						if x < 8 || y < 8 || x >= b.Dx()-8 || y >= b.Dy()-8 {
							edge++
						}
					}
				}
			}
			if inked < 2000 || edge > 0 {
				t.Errorf("%s: %d pixels differ from the ground, %d of them at the very edge", name, inked, edge)
			}
		}
	}
}

// TestPicturesShowTheirValues is the control: another value, another picture.
func TestPicturesShowTheirValues(t *testing.T) {
	lines := log(60, train.Pretrain)
	before := file(t, Curves(lines, "a run", false))
	changed := 0.7
	lines[29].TestLoss = &changed
	if bytes.Equal(before, file(t, Curves(lines, "a run", false))) {
		t.Error("a validation loss has no influence on the curves")
	}
	s := confusion(10)
	before = file(t, Confusion(s, "", false))
	s.Confusion[3][7]++
	if bytes.Equal(before, file(t, Confusion(s, "", false))) {
		t.Error("one mistake more has no influence on the confusion matrix")
	}
}

func TestNiceTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   []float64
		words  string
	}{
		{0, 10, 5, []float64{0, 2, 4, 6, 8, 10}, "10"},
		{0.41, 1.03, 5, []float64{0.6, 0.8, 1}, "1.0"},
		{0, 6.9e-4, 2, []float64{0, 5e-4}, "0.0005"},
		{-0.5, 0.5, 4, []float64{-0.5, 0, 0.5}, "0.5"},
	} {
		got, step := niceTicks(c.lo, c.hi, c.n)
		same := slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
		if words := decimal(got[len(got)-1], step); !same || words != c.words {
			t.Errorf("%v..%v: %v, the last %q; want %v, %q", c.lo, c.hi, got, words, c.want, c.words)
		}
	}
	if got := scientific(4.5e-5); got != "4.5e-5" {
		t.Errorf("scientific: %q", got)
	}
}

// TestNamesKeepApart: curves that end together have names that do not touch.
func TestNamesKeepApart(t *testing.T) {
	ends := []ending{{y: 50}, {y: 51}, {y: 50.5}}
	p := &panel{sheet: newSheet(300, 100, false), w: 100}
	p.names(ends)
	for i := 1; i < len(ends); i++ {
		if gap := ends[i].y - ends[i-1].y; gap < bodySize {
			t.Errorf("names %d and %d are %v apart", i-1, i, gap)
		}
	}
}
