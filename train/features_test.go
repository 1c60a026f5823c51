package train

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
)

// clouds are rows around one centre a class, with a third of the values telling
// nothing and one that never changes.
func clouds(n, classes int, spread float64, seed uint64) *Rows {
	const dim = 12
	r := rand.New(rand.NewPCG(seed, 1))
	rows := &Rows{Dim: dim}
	for i := range n {
		label := i % classes
		for k := range dim {
			v := 3 + spread*r.NormFloat64()
			if k%classes == label && k < 8 {
				v += 2
			}
			if k == dim-1 {
				v = 5
			}
			rows.X = append(rows.X, float32(v))
		}
		rows.Labels = append(rows.Labels, label)
	}
	return rows
}

// shuffled has the labels in an order that tells nothing.
func shuffled(r *Rows, seed uint64) *Rows {
	labels := slices.Clone(r.Labels)
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
	return &Rows{Dim: r.Dim, X: r.X, Labels: labels}
}

func names(n int) []string {
	var c []string
	for i := range n {
		c = append(c, fmt.Sprint("class ", i))
	}
	return c
}

// TestFrozenClassifiers: both find classes that differ, and neither finds any
// where the labels were shuffled.
func TestFrozenClassifiers(t *testing.T) {
	fit, val, test, classes := clouds(240, 4, 0.5, 1), clouds(80, 4, 0.5, 2), clouds(400, 4, 0.5, 3), names(4)
	linear := func(fit, val *Rows) *Scores {
		p, err := FitProbe(context.Background(), fit, val, classes)
		if err != nil {
			t.Fatal(err)
		}
		return p.Scores(test, classes)
	}
	if s := KNN(fit, test, classes); s.Acc1 < 97 || s.Pictures != 400 {
		t.Errorf("k-NN: %+v", s.Acc1)
	}
	if s := linear(fit, val); s.Acc1 < 97 || s.Loss > 0.2 {
		t.Errorf("linear probe: %v %%, loss %v", s.Acc1, s.Loss)
	}
	// Chance is 25 %, with a deviation of 2.2 over 400 pictures.
	if s := KNN(shuffled(fit, 1), test, classes); s.Acc1 > 40 || s.Acc1 < 10 {
		t.Errorf("k-NN with shuffled labels: %v %%", s.Acc1)
	}
	if s := linear(shuffled(fit, 1), shuffled(val, 3)); s.Acc1 > 40 || s.Acc1 < 10 || s.Loss < 1.2 {
		t.Errorf("linear probe with shuffled labels: %v %%, loss %v", s.Acc1, s.Loss)
	}
}

// TestKNNVotes by hand: two of class 1 at a distance lose against one of class 0
// that is as good as equal, since votes are weighted.
func TestKNNVotes(t *testing.T) {
	fit := &Rows{Dim: 2, X: []float32{1, 0, 0.6, 0.8, 0.6, -0.8}, Labels: []int{0, 1, 1}}
	test := &Rows{Dim: 2, X: []float32{10, 0}, Labels: []int{0}} // length does not matter
	s := KNN(fit, test, names(2))
	far := 2 * math.Exp((0.6-1)/0.07)
	if want := -math.Log(1 / (1 + far)); s.Acc1 != 100 || math.Abs(s.Loss-want) > 1e-5 {
		t.Errorf("top-1 %v, loss %v, want %v", s.Acc1, s.Loss, want)
	}
}

// TestProbeIsTheMinimum: the gradient vanishes at the solution, agrees with finite
// differences elsewhere, and does not depend on how often one asks.
func TestProbeIsTheMinimum(t *testing.T) {
	fit, val, classes := clouds(90, 3, 1.5, 1), clouds(60, 3, 1.5, 2), names(3)
	p, err := FitProbe(context.Background(), fit, val, classes)
	if err != nil {
		t.Fatal(err)
	}
	again, err := FitProbe(context.Background(), fit, val, classes)
	if err != nil || !slices.Equal(p.w, again.w) || p.Decay != again.Decay {
		t.Errorf("a second probe differs: decay %v and %v, %v", p.Decay, again.Decay, err)
	}
	if p.Decay <= probeDecays[len(probeDecays)-1] || p.Decay >= probeDecays[0] {
		t.Errorf("decay %v: noisy clouds want one between the extremes", p.Decay)
	}
	x, g := p.prepared(fit), make([]float64, len(p.w))
	value := p.objective(p.w, g, x, fit.Labels, p.Decay)
	if largest(g) > lbfgsGrad {
		t.Errorf("gradient %v at the solution", largest(g))
	}
	w := slices.Clone(p.w)
	for i := range w {
		w[i] += 0.1 * math.Sin(float64(i))
	}
	if p.objective(w, g, x, fit.Labels, p.Decay) <= value {
		t.Error("there is something smaller than the solution")
	}
	analytic := slices.Clone(g)
	for _, i := range []int{0, 5, 12, 13, len(w) - 1} {
		const h = 1e-5
		at := w[i]
		w[i] = at + h
		up := p.objective(w, g, x, fit.Labels, p.Decay)
		w[i] = at - h
		down := p.objective(w, g, x, fit.Labels, p.Decay)
		w[i] = at
		if diff := (up - down) / (2 * h); math.Abs(diff-analytic[i]) > 1e-6 {
			t.Errorf("gradient %d is %v, by differences %v", i, analytic[i], diff)
		}
	}
	more, err := p.Refit(context.Background(), clouds(300, 3, 1.5, 9))
	if err != nil || more.Decay != p.Decay || slices.Equal(more.w, p.w) {
		t.Errorf("refitted: decay %v, want %v, %v", more.Decay, p.Decay, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := FitProbe(ctx, fit, val, classes); err == nil {
		t.Error("a stopped probe goes on")
	}
	if _, err := FitProbe(context.Background(), fit, &Rows{Dim: 12}, classes); err == nil || err.Error() != "train: a linear probe needs pictures to train on and to validate with: found 90 and 0" {
		t.Errorf("without validation: %v", err)
	}
}

func TestStratifiedAndHoldout(t *testing.T) {
	var labels []int
	for range 60 {
		labels = append(labels, 0)
	}
	for range 30 {
		labels = append(labels, 1)
	}
	labels = append(labels, 2)
	counts := func(places []int) (n [3]int) {
		for _, i := range places {
			n[labels[i]]++
		}
		return n
	}
	chosen := Stratified(labels, 30, 4)
	if n := counts(chosen); len(chosen) != 30 || n[0] < 19 || n[0] > 21 || !slices.IsSorted(chosen) {
		t.Errorf("30 of 91: %v", n)
	}
	if !slices.Equal(chosen, Stratified(labels, 30, 4)) || slices.Equal(chosen, Stratified(labels, 30, 5)) {
		t.Error("the seed decides, and nothing else")
	}
	if n := counts(Stratified(labels, 1000, 4)); n != [3]int{60, 30, 1} {
		t.Errorf("more than there are: %v", n)
	}
	r := &Rows{Dim: 1, X: make([]float32, len(labels)), Labels: labels}
	for i := range r.X {
		r.X[i] = float32(i)
	}
	most, some := Holdout(r, 0.2, 4)
	if most.Len() != 73 || some.Len() != 18 || slices.Contains(some.Labels, 2) {
		t.Errorf("held out %d and %d: want 18 of 91 and the only picture of class 2 kept", some.Len(), most.Len())
	}
	for _, x := range some.X {
		if slices.Contains(most.X, x) {
			t.Fatalf("row %v is on both sides", x)
		}
	}
}

// TestScoresOddCases: fewer than five classes, a class without pictures, ties.
func TestScoresOddCases(t *testing.T) {
	s := score([][]float32{{2, 1, 0}, {0, 5, 0}, {1, 1, 0}}, []int{0, 0, 1}, names(3))
	if s.Acc5 != 100 || math.Abs(s.Acc1-100./3) > 1e-9 {
		t.Errorf("three classes: top-1 %v, top-5 %v", s.Acc1, s.Acc5)
	}
	if !slices.Equal(s.PerClass, []float64{50, 0, 0}) {
		t.Errorf("by class %v: a class without pictures counts 0, and a tie is no answer", s.PerClass)
	}
	if !slices.Equal(s.Confusion[0], []int{1, 1, 0}) || !slices.Equal(s.Confusion[1], []int{1, 0, 0}) || !slices.Equal(s.Confusion[2], []int{0, 0, 0}) {
		t.Errorf("confusion %v", s.Confusion)
	}
	six := score([][]float32{{6, 5, 4, 3, 2, 1}, {6, 5, 4, 3, 2, 1}}, []int{5, 4}, names(6))
	if six.Acc5 != 50 || six.Acc1 != 0 {
		t.Errorf("six classes: top-1 %v, top-5 %v", six.Acc1, six.Acc5)
	}
	if none := score(nil, nil, names(2)); none.Acc1 != 0 || none.Loss != 0 || none.Pictures != 0 {
		t.Errorf("no pictures: %+v", none)
	}
	if far := score([][]float32{{0, 3000}}, []int{0}, names(2)); math.IsInf(far.Loss, 0) || math.IsNaN(far.Loss) {
		t.Errorf("a hopeless answer has loss %v", far.Loss)
	}
}

// coloured is a data set of two classes, red and blue, one file broken.
func coloured(t *testing.T) *data.Dataset {
	t.Helper()
	files := []data.File{{Path: "red/broken.png", Content: []byte("nothing")}}
	for i := range 6 {
		img := image.NewNRGBA(image.Rect(0, 0, 80, 70))
		for p := range 80 * 70 {
			c := color.NRGBA{uint8(200 + i + p%7), 20, 30, 255}
			if i%2 == 1 {
				c.R, c.B = c.B, c.R
			}
			img.SetNRGBA(p%80, p/80, c)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		files = append(files, data.File{Path: fmt.Sprintf("%s/%d.png", []string{"red", "blue"}[i%2], i), Content: b.Bytes()})
	}
	d, err := data.FileDataset("coloured", files, data.DatasetOptions{Labelled: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEncodeIsTheMeanOfTheLastLayer on both devices, whatever the batch.
func TestEncodeIsTheMeanOfTheLastLayer(t *testing.T) {
	cfg := model.Config{Name: "small", Depths: [4]int{1, 1, 1, 1}, Dims: [4]int{8, 8, 16, 16}}
	d := coloured(t)
	testdevice.Each(t, func(t *testing.T, dev device.Device) {
		net, err := RandomNetwork(dev, cfg, 3)
		if err != nil {
			t.Fatal(err)
		}
		defer net.Release()
		cache := data.NewCache(d, 0, 0)
		var seen []int
		encode := func(batch int) *Rows {
			r, err := Encode(context.Background(), net, cache, d.All(), 64, batch, func(n int) { seen = append(seen, n) })
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		rows := encode(4)
		if rows.Dim != 16 || rows.Len() != 6 || !slices.Equal(seen, []int{4, 6}) || len(cache.Unreadable()) != 1 {
			t.Fatalf("%d rows of %d, progress %v", rows.Len(), rows.Dim, seen)
		}
		numtest.Check(t, numtest.Network, "features in batches of 4 and of 1", rows.X, encode(1).X)
		m, err := cache.Load(0)
		if err != nil {
			t.Fatal(err)
		}
		out, err := net.Run(context.Background(), model.Features, m.Square(64).Normalized(nil), model.Dense(1, 2, 2), "stages.3.0")
		if err != nil {
			t.Fatal(err)
		}
		mean := make([]float32, 16)
		for i, v := range out[0] {
			mean[i%16] += v / 4
		}
		numtest.Check(t, numtest.Network, "mean of stages.3.0", rows.Row(0), mean)

		other, err := RandomNetwork(dev, cfg, 4)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Release()
		r, err := Encode(context.Background(), other, cache, d.All(), 64, 4, func(int) {})
		if err != nil || slices.Equal(r.X, rows.X) {
			t.Errorf("another seed gives the same features, %v", err)
		}
		if n, err := EvalBatch(cfg, model.Encode, 64, 32, dev.Info()); n != 32 || err != nil {
			t.Errorf("batch %d, %v", n, err)
		}
	})
	if _, err := EvalBatch(cfg, model.Encode, 64, 32, device.Info{MaxBinding: 1000}); err == nil {
		t.Error("buffers of 1000 bytes hold a picture")
	}
	large, small := device.Info{MaxBinding: 128 << 20}, device.Info{MaxBinding: 1 << 20}
	a, errA := EvalBatch(cfg, model.Encode, 224, 32, large)
	b, errB := EvalBatch(cfg, model.Encode, 224, 32, small)
	if errA != nil || errB != nil || b >= a {
		t.Errorf("batches of %d and %d for large and small buffers, %v %v", a, b, errA, errB)
	}
}

func TestHistograms(t *testing.T) {
	d := coloured(t)
	r, err := Histograms(context.Background(), data.NewCache(d, 0, 0), d.All(), 32, func(int) {})
	if err != nil || r.Dim != 512 || r.Len() != 6 {
		t.Fatalf("%d rows of %d, %v", r.Len(), r.Dim, err)
	}
	for i := range r.Len() {
		row := r.Row(i)
		if n := dot(row, row); math.Abs(n-1) > 1e-5 {
			t.Errorf("row %d: the shares add up to %v", i, n)
		}
		red, blue := row[6*64], row[6] // (200.., 20, 30) and (30, 20, 200..)
		if isRed := d.Classes[r.Labels[i]] == "red"; isRed != (red > 0.9) || isRed == (blue > 0.9) {
			t.Errorf("row %d of %s: red bin %v, blue bin %v", i, d.Classes[r.Labels[i]], red, blue)
		}
	}
	if s := KNN(r, r, d.Classes); s.Acc1 != 100 {
		t.Errorf("colours alone tell red from blue: %v %%", s.Acc1)
	}
	// Both ends of the range have their bin.
	if h := histogram([]float32{0, 0, 0, 1, 1, 1}); math.Abs(float64(h[0])-math.Sqrt(.5)) > 1e-6 || math.Abs(float64(h[511])-math.Sqrt(.5)) > 1e-6 {
		t.Errorf("black and white: %v %v", h[0], h[511])
	}
}
