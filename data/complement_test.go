package data

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestComplementaryMasks(t *testing.T) {
	for _, c := range []struct {
		rows, cols int
		ratio      float64
		n          int
	}{{7, 7, 0.6, 8}, {7, 10, 0.75, 8}, {7, 7, 0.3, 8}, {3, 5, 0.5, 2}, {1, 2, 0.5, 2}, {7, 7, 0.95, 5}} {
		masks, err := Complementary(c.rows, c.cols, c.ratio, 42, c.n)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		one, _ := RandomMask(c.rows, c.cols, c.ratio, 42)
		if len(masks) != c.n || masks[0].Bits() != one.Bits() {
			t.Errorf("%+v: %d masks, the first is %s, want %d and %s", c, len(masks), masks[0].Bits(), c.n, one.Bits())
		}
		least, most := c.n, 0
		for p := range one.Hidden {
			times := 0
			for _, m := range masks {
				if m.Hidden[p] {
					times++
				}
			}
			least, most = min(least, times), max(most, times)
		}
		if least < 1 || most-least > 1 {
			t.Errorf("%+v: patches are hidden %d to %d times, want once at least and evenly", c, least, most)
		}
		for i, m := range masks {
			if m.Count() != one.Count() {
				t.Errorf("%+v: mask %d hides %d, want %d", c, i, m.Count(), one.Count())
			}
		}
	}
}

func TestTooFewComplementaryMasks(t *testing.T) {
	_, err := Complementary(7, 7, 0.1, 1, 8)
	if err == nil || !strings.Contains(err.Error(), "8 masks of ratio 0.1 never hide patch") {
		t.Errorf("eight masks that hide a tenth: %v", err)
	}
	if _, err := Complementary(7, 7, 1.5, 1, 8); err == nil {
		t.Error("a ratio of 1.5 is taken")
	}
}

// The visible patches of a larger ratio are among those of a smaller one, which
// makes a sweep of the ratio one picture that is covered step by step.
func TestRandomMasksOfOneSeedAreNested(t *testing.T) {
	var last Mask
	for i := range 9 {
		m, err := RandomMask(7, 10, float64(i+1)/10, 5)
		if err != nil {
			t.Fatal(err)
		}
		for p := range last.Hidden {
			if last.Hidden[p] && !m.Hidden[p] {
				t.Fatalf("ratio 0.%d shows patch %d, which 0.%d hides", i+1, p, i)
			}
		}
		last = m
	}
}

func TestHiddenMean(t *testing.T) {
	const w, h = 3 * Patch, 2 * Patch
	random := rand.New(rand.NewPCG(1, 2))
	mean := NewHiddenMean(w, h)
	sum, times := make([]float64, w*h*3), make([]int, w*h)
	for _, bits := range []string{"011010", "101100", "110100"} { // patch 5 is never hidden
		m, err := ParseMask(bits, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		p := NewPicture(w, h)
		for i := range p.Pix {
			p.Pix[i] = random.Float32()
		}
		mean.Add(p, m)
		for i := range times {
			if m.At(i%w, i/w) {
				times[i]++
				for c := range 3 {
					sum[3*i+c] += float64(p.Pix[3*i+c])
				}
			}
		}
	}
	got := mean.Picture()
	for i, v := range got.Pix {
		want := 0.0
		if n := times[i/3]; n > 0 {
			want = sum[i] / float64(n)
		}
		if d := float64(v) - want; d > 1e-6 || d < -1e-6 {
			t.Fatalf("value %d is %v, want %v", i, v, want)
		}
	}
	if n := mean.Times(); n[0] != 2 || n[1] != 2 || n[2] != 2 || n[3] != 2 || n[4] != 1 || n[5] != 0 {
		t.Errorf("times %v", n)
	}
}
