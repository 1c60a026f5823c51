package session

import (
	"context"
	"math"
	"slices"
	"testing"

	"unmask/internal/numtest"
)

// TestCosineDistance against the double sum, and where the answer is known.
func TestCosineDistance(t *testing.T) {
	const c, n = 5, 7
	m := numtest.Pattern("distance", n*c)
	sum := 0.0
	for i := range c {
		for j := range c {
			var ij, ii, jj float64
			for p := range n {
				a, b := float64(m[p*c+i]), float64(m[p*c+j])
				ij, ii, jj = ij+a*b, ii+a*a, jj+b*b
			}
			sum += (1 - ij/math.Sqrt(ii*jj)) / 2
		}
	}
	if got := CosineDistance(m, c); math.Abs(got-sum/(c*c)) > 1e-12 {
		t.Errorf("%v, by pairs %v", got, sum/(c*c))
	}
	for _, k := range []struct {
		name string
		m    []float32
		want float64
	}{
		{"all alike but for their scale", []float32{1, 2, 3, 2, 4, 6}, 0},
		{"opposite", []float32{1, -1, 2, -2}, 0.5},
		{"one dead of two", []float32{1, 0, 2, 0}, 0.375},
		{"nothing at all", []float32{0, 0}, 0.5},
	} {
		c := 2
		if len(k.m) == 6 {
			c = 3
		}
		if got := CosineDistance(k.m, c); math.Abs(got-k.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", k.name, got, k.want)
		}
	}
}

// TestCollapse: GRN changes what comes after it and nothing before; the weights
// come back.
func TestCollapse(t *testing.T) {
	dir := pictures(t, map[string][]byte{"a.png": scene(64, 96, 1), "b.jpg": []byte("no picture"), "c.png": scene(96, 64, 2)})
	var devices []*CollapseReport
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
			t.Fatal(err)
		}
		var steps []int
		r, err := s.Collapse(context.Background(), dir, CollapseOptions{Size: 64, Compare: true}, func(done, total int) { steps = append(steps, done, total) })
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(steps, []int{1, 6, 2, 6, 3, 6, 4, 6, 5, 6, 6, 6}) || r.Pictures != 2 || len(r.Skipped) != 1 {
			t.Errorf("progress %v, %+v", steps, r)
		}
		if want := []string{"stages.0.0.pwconv1", "stages.1.0.pwconv1", "stages.2.0.pwconv1", "stages.3.0.pwconv1"}; !slices.Equal(r.Layers, want) || len(r.Series) != 2 {
			t.Fatalf("%+v", r)
		}
		on, off := r.Series[0].Distance, r.Series[1].Distance
		if on[0] != off[0] || on[1] == off[1] || on[3] == off[3] {
			t.Errorf("with GRN %v, without %v: want the first alike, the others not", on, off)
		}
		for _, d := range append(on, off...) {
			if d <= 0 || d >= 1 {
				t.Errorf("distance %v", d)
			}
		}
		plain, err := s.Collapse(context.Background(), dir, CollapseOptions{Size: 64}, func(int, int) {})
		if err != nil || len(plain.Series) != 1 || !slices.Equal(plain.Series[0].Distance, on) {
			t.Errorf("afterwards %+v, %v: want %v", plain, err, on)
		}
		devices = append(devices, r)
	})
	if len(devices) == 2 {
		var a, b []float32
		for k := range devices[0].Series {
			for i, v := range devices[0].Series[k].Distance {
				a, b = append(a, float32(v)), append(b, float32(devices[1].Series[k].Distance[i]))
			}
		}
		numtest.Check(t, numtest.Network, "distances on GPU and CPU", a, b)
	}
}

func TestCollapseErrors(t *testing.T) {
	s := evaluator(t, "cpu")
	bad := pictures(t, map[string][]byte{"a.png": nil})
	for _, c := range []struct {
		name, path string
		o          CollapseOptions
		want       Problem
	}{
		{"no such folder", "nowhere", CollapseOptions{}, Problem{"there is no folder or zip file nowhere", "check the name", "picture"}},
		{"size", bad, CollapseOptions{Size: 16}, Problem{"size 16: want 32 to 1024 pixels", "", "picture"}},
		{"no picture", bad, CollapseOptions{}, Problem{"none of 1 pictures could be read; the first: a.png: an empty file", "", "picture"}},
	} {
		_, err := s.Collapse(context.Background(), c.path, c.o, func(int, int) {})
		if err == nil || *Explain(err) != c.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, Explain(err), c.want)
		}
	}
	if _, err := s.LoadWeights("v1", fixture(t, "timm-v1.safetensors")); err != nil {
		t.Fatal(err)
	}
	_, err := s.Collapse(context.Background(), bad, CollapseOptions{Compare: true}, func(int, int) {})
	if want := (Problem{"v1 is a ConvNeXt V1, which has no GRN to switch off", "leave the comparison out", "weights"}); err == nil || *Explain(err) != want {
		t.Errorf("V1: %v", err)
	}
}
