package data

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// classesOf returns a labelled data set with so many pictures of each class.
func classesOf(t testing.TB, counts ...int) *Dataset {
	t.Helper()
	var files []File
	picture := pngFile(t, fields(8, 6))
	for c, n := range counts {
		for i := range n {
			files = append(files, File{fmt.Sprintf("class%d/%03d.png", c, i), picture})
		}
	}
	d, err := FileDataset("set", files, DatasetOptions{Labelled: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustSample(t *testing.T, d *Dataset, batch int, balance float64, seed uint64) *Sampler {
	t.Helper()
	s, err := NewSampler(d, d.Train, batch, balance, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSamplerIsAFunctionOfTheStep(t *testing.T) {
	d := classesOf(t, 13, 10)
	for _, balance := range []float64{0, 0.5} {
		forward := mustSample(t, d, 4, balance, 7)
		var steps [][]int
		for n := range 20 {
			steps = append(steps, slices.Clone(forward.Step(n)))
		}
		backward := mustSample(t, d, 4, balance, 7)
		for n := 19; n >= 0; n-- {
			if got := backward.Step(n); !slices.Equal(got, steps[n]) {
				t.Fatalf("step %d is %v or %v", n, got, steps[n])
			}
		}
		if slices.Equal(mustSample(t, d, 4, balance, 8).Step(0), steps[0]) {
			t.Error("another seed begins alike")
		}
	}
}

func TestSamplerTakesEachPictureOnceAnEpoch(t *testing.T) {
	d := classesOf(t, 13, 10)
	s := mustSample(t, d, 4, 0, 1)
	if s.StepsPerEpoch() != 5 {
		t.Fatalf("%d steps an epoch, want 5", s.StepsPerEpoch())
	}
	seen := make([]int, d.Len())
	var orders []string
	const epochs = 400
	for e := range epochs {
		var order []int
		for n := range 5 {
			order = append(order, s.Step(5*e+n)...)
		}
		orders = append(orders, fmt.Sprint(order))
		for _, i := range order {
			seen[i]++
		}
		slices.Sort(order)
		if len(order) != 20 || len(slices.Compact(order)) != 20 {
			t.Fatalf("epoch %d is no 20 different pictures", e)
		}
	}
	slices.Sort(orders)
	if len(slices.Compact(orders)) != epochs {
		t.Error("epochs repeat an order")
	}
	for i, k := range seen { // 3 of 23 are left out each time
		wantMean(t, d.Name(i), float64(k), epochs, 20./23, math.Sqrt(20.*3)/23)
	}
}

func TestSamplerBalancesClasses(t *testing.T) {
	d := classesOf(t, 80, 16, 4)
	for _, tc := range []struct {
		balance float64
		want    [3]float64 // places of 100 an epoch
	}{
		{0, [3]float64{80, 16, 4}},
		{0.5, [3]float64{8.944 / 14.944 * 100, 4 / 14.944 * 100, 2 / 14.944 * 100}},
		{1, [3]float64{100. / 3, 100. / 3, 100. / 3}},
	} {
		s := mustSample(t, d, 10, tc.balance, 3)
		const epochs = 300
		var total [3]float64
		seen := make([]int, d.Len())
		for e := range epochs {
			var counts [3]int
			each := map[int]int{}
			for n := range 10 {
				for _, i := range s.Step(10*e + n) {
					counts[d.Label(i)]++
					seen[i]++
					each[i]++
				}
			}
			for c, k := range counts {
				if math.Abs(float64(k)-tc.want[c]) >= 1 {
					t.Fatalf("balance %v: %v places of each class, want %.1f", tc.balance, counts, tc.want)
				}
				total[c] += float64(k)
			}
			least, most := [3]int{1000, 1000, 1000}, [3]int{}
			for i := range d.Len() {
				c := d.Label(i)
				least[c], most[c] = min(least[c], each[i]), max(most[c], each[i])
			}
			for c := range 3 {
				if most[c]-least[c] > 1 {
					t.Fatalf("balance %v: pictures of class %d come %d to %d times in one epoch", tc.balance, c, least[c], most[c])
				}
			}
		}
		for i, k := range seen { // no picture of a large class waits for ever
			c := d.Label(i)
			wantMean(t, d.Name(i), float64(k), epochs, tc.want[c]/float64([]int{80, 16, 4}[c]), 0.5)
		}
		for c, want := range tc.want {
			wantMean(t, fmt.Sprintf("balance %v, class %d", tc.balance, c), total[c], epochs, want, 0.5)
		}
	}
}

// A class of the run may have no picture in this data set.
func TestSamplerOfAMissingClass(t *testing.T) {
	files := []File{{"a/1.png", pngFile(t, fields(8, 6))}, {"a/2.png", pngFile(t, fields(8, 6))}, {"b/1.png", pngFile(t, fields(8, 6))}}
	d, err := FileDataset("set", files, DatasetOptions{Labelled: true, Classes: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	s := mustSample(t, d, 3, 1, 1)
	for n := range 50 {
		for _, i := range s.Step(n) {
			if i < 0 || i > 2 {
				t.Fatalf("step %d has picture %d", n, i)
			}
		}
	}
}

func TestSamplerErrors(t *testing.T) {
	d := classesOf(t, 3, 2)
	flat, err := FileDataset("flat", []File{{"1.png", pngFile(t, fields(8, 6))}}, DatasetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for want, make := range map[string]func() (*Sampler, error){
		"data: batch is 0, want at least 1":                                                  func() (*Sampler, error) { return NewSampler(d, d.Train, 0, 0, 1) },
		"data: set: a batch of 6 is larger than the training set of 5: want a smaller batch": func() (*Sampler, error) { return NewSampler(d, d.Train, 6, 0, 1) },
		"data: class balance is NaN, want 0 to 1":                                            func() (*Sampler, error) { return NewSampler(d, d.Train, 2, math.NaN(), 1) },
		"data: flat: class balance is 0.5, want 0 where pictures have no labels":             func() (*Sampler, error) { return NewSampler(flat, flat.Train, 1, 0.5, 1) },
	} {
		_, err := make()
		wantError(t, "sampler", err, want)
	}
}
