package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

// gallery returns a labelled data set of two classes with n pictures each, all
// different. Those whose number is in bad hold a text.
func gallery(t testing.TB, n int, bad ...int) *Dataset {
	t.Helper()
	var files []File
	for i := range 2 * n {
		img := image.NewNRGBA(image.Rect(0, 0, 40+i%7, 36+i%5))
		for k := range img.Pix {
			img.Pix[k] = uint8(k*(i+3) + i*40)
		}
		for k := 3; k < len(img.Pix); k += 4 {
			img.Pix[k] = 255
		}
		f := File{fmt.Sprintf("%s/%02d.png", []string{"cat", "dog"}[i/n], i), pngFile(t, img)}
		if slices.Contains(bad, i) {
			f.Content = []byte("hello")
		}
		files = append(files, f)
	}
	d, err := FileDataset("gallery", files, DatasetOptions{Labelled: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func trainOptions() LoaderOptions {
	o := LoaderOptions{
		Size: 64, Batch: 6, Seed: 11, Augment: FinetuneAugment(), MaskRatio: 0.6, Workers: 3,
	}
	return o
}

// fingerprint returns a number for all that a batch holds in one place.
func fingerprint(b *Batch, place int) uint64 {
	h := fnv.New64a()
	per := len(b.Images) / len(b.Pictures)
	fmt.Fprint(h, b.Step, b.Pictures[place], b.Labels[place])
	binary.Write(h, binary.LittleEndian, b.Images[place*per:(place+1)*per])
	if b.Targets != nil {
		k := len(b.Targets) / len(b.Pictures)
		fmt.Fprint(h, b.Targets[place*k:(place+1)*k])
	}
	if b.Masks != nil {
		fmt.Fprint(h, b.Masks[place].Bits())
	}
	return h.Sum64()
}

// prints returns the fingerprints of all places of the steps from..to-1.
func prints(t *testing.T, c *Cache, o LoaderOptions, from, to int) []uint64 {
	t.Helper()
	l, err := NewTrainLoader(t.Context(), c, c.d.Train, from, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out []uint64
	for len(out) < (to-from)*o.Batch {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := from + len(out)/o.Batch; b.Step != want || b.Part*len(b.Pictures) != len(out)%o.Batch {
			t.Fatalf("step %d part %d comes after %d pictures of steps from %d", b.Step, b.Part, len(out), from)
		}
		for k := range b.Pictures {
			out = append(out, fingerprint(b, k))
		}
	}
	return out
}

// What a step sees depends on the seed and its number: not on the goroutines,
// the cache, the micro-batch, nor on where the run began.
func TestTrainingBatchesAreAFunctionOfSeedAndStep(t *testing.T) {
	d := gallery(t, 8, 3, 9)
	const steps = 7 // more than three epochs
	want := prints(t, NewCache(d, 0, 0), trainOptions(), 0, steps)
	if len(slices.Compact(slices.Sorted(slices.Values(want)))) != len(want) {
		t.Error("two places are alike")
	}
	for name, change := range map[string]func(o *LoaderOptions){
		"one worker":     func(o *LoaderOptions) { o.Workers = 1 },
		"eight workers":  func(o *LoaderOptions) { o.Workers = 8 },
		"micro-batch 2":  func(o *LoaderOptions) { o.Micro = 2 },
		"micro-batch 1":  func(o *LoaderOptions) { o.Micro = 1 },
		"one ahead":      func(o *LoaderOptions) { o.Ahead = 1 },
		"few bytes":      func(o *LoaderOptions) { o.AheadBytes = 1 },
		"default number": func(o *LoaderOptions) { o.Workers = 0 },
	} {
		o := trainOptions()
		change(&o)
		if got := prints(t, NewCache(d, 1<<20, 0), o, 0, steps); !slices.Equal(got, want) {
			t.Errorf("%s: other batches", name)
		}
	}
	warm := NewCache(d, 1<<14, 0) // for a few pictures only
	for _, from := range []int{3, 6, 1} {
		if got := prints(t, warm, trainOptions(), from, steps); !slices.Equal(got, want[from*6:]) {
			t.Errorf("from step %d: other batches", from)
		}
	}
	o := trainOptions()
	o.Seed++
	for i, v := range prints(t, warm, o, 0, steps) {
		if v == want[i] {
			t.Errorf("place %d does not depend on the seed", i)
		}
	}
}

// The same picture in the same place looks different in every step.
func TestStepsDiffer(t *testing.T) {
	d := gallery(t, 1)
	l, err := NewTrainLoader(t.Context(), NewCache(d, 1<<20, 0), d.Train, 0, LoaderOptions{
		Size: 16, Batch: 2, Augment: PretrainAugment(), Mix: Mix{Mixup: 1, Prob: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	images, shares := map[string]bool{}, map[string]bool{}
	const steps = 30
	for range steps {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		images[fmt.Sprint(b.Images)] = true
		shares[fmt.Sprint(max(b.Targets[0], b.Targets[1]))] = true
	}
	if len(images) != steps || len(shares) != steps {
		t.Errorf("%d different batches and %d different shares of mixup, want %d", len(images), len(shares), steps)
	}
	alone, err := NewTrainLoader(t.Context(), NewCache(d, 1<<20, 0), d.Train[:1], 0, LoaderOptions{Size: 16, Batch: 1, Augment: PretrainAugment()})
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	clear(images)
	for range steps {
		b, err := alone.Next()
		if err != nil {
			t.Fatal(err)
		}
		images[fmt.Sprint(b.Images)] = true
	}
	if len(images) != steps {
		t.Errorf("%d different crops of one picture, want %d", len(images), steps)
	}
}

func TestMixedBatchesAreAFunctionOfSeedAndStep(t *testing.T) {
	d := gallery(t, 8)
	o := trainOptions()
	o.Mix = Mix{Mixup: 0.8, Cutmix: 1, Prob: 1, Switch: 0.5}
	o.Smoothing = 0.1
	c := NewCache(d, 1<<20, 0)
	want := prints(t, c, o, 0, 6)
	o.Workers = 1
	if got := prints(t, c, o, 3, 6); !slices.Equal(got, want[3*6:]) {
		t.Error("from step 3: other batches")
	}
}

func TestTrainingTargetsAndMasks(t *testing.T) {
	d := gallery(t, 8)
	o := trainOptions()
	o.Size, o.Smoothing = 224, 0.2
	l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Images) != 6*224*224*3 || len(b.Targets) != 12 || len(b.Masks) != 6 || b.Count() != 6 {
		t.Fatalf("%d values, %d targets, %d masks, %d pictures", len(b.Images), len(b.Targets), len(b.Masks), b.Count())
	}
	masks := map[string]bool{}
	for k, i := range b.Pictures {
		label := d.Label(i)
		if b.Labels[k] != label || b.Targets[2*k+label] != 0.9 || b.Targets[2*k+1-label] != 0.1 {
			t.Errorf("place %d: picture of class %d, label %d, targets %v", k, label, b.Labels[k], b.Targets[2*k:2*k+2])
		}
		if m := b.Masks[k]; m.Rows != 7 || m.Cols != 7 || m.Count() != 30 {
			t.Errorf("place %d: mask %+v, want 30 of 7 x 7", k, m)
		}
		masks[b.Masks[k].Bits()] = true
	}
	if len(masks) != 6 {
		t.Errorf("%d different masks, want 6", len(masks))
	}
}

func TestTrainingWithoutLabels(t *testing.T) {
	d, err := FileDataset("flat", []File{{"1.png", pngFile(t, fields(60, 40))}, {"2.png", pngFile(t, fields(40, 60))}}, DatasetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := LoaderOptions{Size: 64, Batch: 2, Augment: PretrainAugment(), MaskRatio: 0.5}
	l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := l.Next()
	if err != nil || b.Targets != nil || !slices.Equal(b.Labels, []int{-1, -1}) || b.Masks[0].Count() != 2 {
		t.Errorf("batch %+v, error %v", b, err)
	}
}

// A picture that cannot be read is replaced by one of its class, and named once.
func TestTrainingPassesOverUnreadablePictures(t *testing.T) {
	d := gallery(t, 4, 1, 2, 3, 6) // of the cats 0 is left
	c := NewCache(d, 0, 0)
	o := trainOptions()
	o.Batch = 8
	o.MaskRatio = 0
	l, err := NewTrainLoader(t.Context(), c, d.Train, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 6 {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		pictures := slices.Clone(b.Pictures)
		slices.Sort(pictures)
		if !slices.Equal(pictures[:4], []int{0, 0, 0, 0}) || slices.Contains(pictures[4:], 6) || pictures[4] < 4 {
			t.Errorf("pictures %v, want 0 four times and four dogs without 6", pictures)
		}
	}
	bad := c.Unreadable()
	var names []string
	for _, u := range bad {
		names = append(names, u.Name)
	}
	if want := []string{"cat/01.png", "cat/02.png", "cat/03.png", "dog/06.png"}; !slices.Equal(names, want) {
		t.Errorf("unreadable are %q, want %q", names, want)
	}
	wantError(t, "first", bad[0].Err, `data: cat/01.png: found text ("hello"): want a picture: JPEG, PNG, GIF, WebP, BMP or TIFF`)
}

// Where no picture of a class can be read, one of another takes its place, with
// its own label.
func TestTrainingPassesOverAnUnreadableClass(t *testing.T) {
	d := gallery(t, 3, 0, 1, 2)
	l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, LoaderOptions{Size: 16, Batch: 6, Augment: PretrainAugment()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range b.Pictures {
		if i < 3 || b.Labels[k] != 1 || b.Targets[2*k+1] != 1 {
			t.Errorf("place %d has picture %d, label %d, targets %v, want a dog", k, i, b.Labels[k], b.Targets[2*k:2*k+2])
		}
	}
}

func TestTrainingOnUnreadablePicturesOnly(t *testing.T) {
	d := gallery(t, 4, 0, 1, 2, 3)
	o := trainOptions()
	o.Batch = 4
	l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), []int{0, 1, 2, 3}, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 2 { // and again
		_, err = l.Next()
		if err == nil || !strings.HasPrefix(err.Error(), "data: gallery: none of the training pictures (4) can be read; one of them: data: cat/0") {
			t.Fatalf("error is %v", err)
		}
	}
}

func TestEvaluationCoversAllInOrder(t *testing.T) {
	d := gallery(t, 4, 5)
	c := NewCache(d, 1<<20, 0)
	pictures := []int{7, 0, 5, 2, 1, 3, 4}
	const size = 128
	o := LoaderOptions{Size: size, Batch: 3, MaskRatio: 0.6, Seed: 2, Workers: 4, Ahead: 1} // memory is used again soon
	masks := map[int]string{}
	for round, batch := range []int{3, 2} {
		o.Batch = batch
		l, err := NewEvalLoader(t.Context(), c, pictures, o)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for n := 0; ; n++ {
			b, err := l.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if b.Part != n {
				t.Errorf("batch %d has number %d", n, b.Part)
			}
			for k, i := range b.Pictures {
				got = append(got, i)
				pix := b.Images[k*size*size*3 : (k+1)*size*size*3]
				if i < 0 {
					if b.Labels[k] != -1 || b.Targets[2*k] != 0 || b.Targets[2*k+1] != 0 || slices.ContainsFunc(pix, func(v float32) bool { return v != 0 }) {
						t.Errorf("an empty place has label %d or pixels", b.Labels[k])
					}
					continue
				}
				file, _ := d.Read(i)
				p, _, err := Decode(d.Name(i), file)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(pix, p.Square(size).Normalized(nil)) {
					t.Errorf("picture %d is not what a classification sees", i)
				}
				if b.Labels[k] != d.Label(i) || b.Targets[2*k+d.Label(i)] != 1 {
					t.Errorf("picture %d: label %d, targets %v", i, b.Labels[k], b.Targets[2*k:2*k+2])
				}
				if round == 1 && masks[i] != b.Masks[k].Bits() {
					t.Errorf("picture %d: the mask changes", i)
				}
				masks[i] = b.Masks[k].Bits()
			}
		}
		if want := [][]int{{7, 0, -1, 2, 1, 3, 4, -1, -1}, {7, 0, -1, 2, 1, 3, 4, -1}}[round]; !slices.Equal(got, want) {
			t.Errorf("pictures %v, want %v", got, want)
		}
		if _, err := l.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v", err)
		}
		l.Close()
	}
}

func TestCacheKeepsWhatFits(t *testing.T) {
	d := gallery(t, 8)
	c := NewCache(d, 20_000, 0) // each has 40 * 36 * 3 = 4,320 bytes or a little more
	for range 2 {
		for i := range d.Len() {
			if _, err := c.Load(i); err != nil {
				t.Fatal(err)
			}
		}
	}
	if pictures, bytes := c.Kept(); pictures != 4 || bytes > 20_000 || bytes < 15_000 {
		t.Errorf("%d pictures, %d bytes are kept, want 4 and at most 20,000", pictures, bytes)
	}
	a, _ := c.Load(0)
	b, _ := c.Load(0)
	x, _ := c.Load(15)
	y, _ := c.Load(15)
	if a != b || x == y || !bytes.Equal(x.Pix, y.Pix) {
		t.Error("what came first is not what is kept")
	}
}

func TestCacheShrinks(t *testing.T) {
	d, err := FileDataset("set", []File{{"1.png", pngFile(t, fields(90, 60))}, {"2.png", pngFile(t, fields(20, 30))}}, DatasetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := NewCache(d, 1<<20, 24)
	for i, want := range [][2]int{{36, 24}, {20, 30}} {
		m, err := c.Load(i)
		if err != nil || m.W != want[0] || m.H != want[1] {
			t.Errorf("picture %d is %+v, %v, want %v", i, m, err, want)
		}
	}
	m, _ := c.Load(0)
	if got := [3]uint8(m.row(3)[30:]); got != [3]uint8{upper.R, upper.G, upper.B} {
		t.Errorf("the upper half is %v, want %v", got, upper)
	}
	defer func() {
		if got, want := recover(), "BUG: data.NewEvalLoader: a cache that shrinks pictures; want shrink 0"; got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	NewEvalLoader(t.Context(), c, d.Train, LoaderOptions{Size: 32, Batch: 1})
}

func TestLoaderErrors(t *testing.T) {
	d := gallery(t, 4)
	flat, err := FileDataset("flat", []File{{"1.png", pngFile(t, fields(8, 6))}}, DatasetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(o *LoaderOptions){
		"data: size is 0, want at least 1":                                               func(o *LoaderOptions) { o.Size = 0 },
		"data: size is 40, want a multiple of 32 for masks":                              func(o *LoaderOptions) { o.Size = 40 },
		"data: mask ratio is NaN, want at least 0 and under 1":                           func(o *LoaderOptions) { o.MaskRatio = math.NaN() },
		"data: mask ratio is -1, want at least 0 and under 1":                            func(o *LoaderOptions) { o.MaskRatio = -1 },
		"data: a mask ratio of 0.6 hides none of 1 patches: want a larger ratio or size": func(o *LoaderOptions) { o.Size = 32 },
		"data: micro-batch is 4, want a divisor of the batch 6":                          func(o *LoaderOptions) { o.Micro = 4 },
		"data: micro-batch is -1, want a divisor of the batch 6":                         func(o *LoaderOptions) { o.Micro = -1 },
		"data: batch is 0, want at least 1":                                              func(o *LoaderOptions) { o.Batch, o.Micro = 0, 1 },
		"data: flip probability is 2, want 0 to 1":                                       func(o *LoaderOptions) { o.Augment.Flip = 2 },
		"data: mixup alpha is -1, want 0 to 100":                                         func(o *LoaderOptions) { o.Mix.Mixup = -1 },
		"data: label smoothing is 1, want at least 0 and under 1":                        func(o *LoaderOptions) { o.Smoothing = 1 },
	} {
		o := trainOptions()
		change(&o)
		_, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, o)
		wantError(t, "train", err, want)
	}
	_, err = NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, -1, trainOptions())
	wantError(t, "step", err, "data: first step is -1, want at least 0")
	_, err = NewTrainLoader(t.Context(), NewCache(flat, 0, 0), flat.Train, 0, LoaderOptions{Size: 32, Batch: 1, Augment: PretrainAugment(), Mix: Mix{Mixup: 1, Prob: 1}})
	wantError(t, "mix", err, "data: flat: mixup and cutmix want labels")
	_, err = NewEvalLoader(t.Context(), NewCache(d, 0, 0), d.Train, LoaderOptions{Size: 32})
	wantError(t, "eval", err, "data: batch is 0, want at least 1")
}
