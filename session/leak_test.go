package session

import (
	"slices"
	"testing"

	"unmask/data"
	"unmask/model"
)

// TestLeak: the dense encoder reaches what the arithmetic of its windows says, three
// positions further with each block.
func TestLeak(t *testing.T) {
	const rows, cols = 4, 6
	m := data.NewMask(rows, cols)
	for i := range m.Hidden {
		m.Hidden[i] = i%cols > 0 // one column of patches is visible
	}
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.SetPicture("a.png", scene(32*cols, 32*rows, 1), 32*rows); err != nil {
			t.Fatal(err)
		}
		e := one(t, s, Command{Do: DoLeak, Hidden: m.Bits()}, EvLeak)
		reach := 0 // columns of positions that are visible or reached
		for i, l := range e.Leak {
			side := l.Cols / cols
			if i == 0 {
				reach = side
			} else if i%2 == 0 { // a down-sampling: a position that holds any of what was reached
				reach = (reach + 1) / 2
			} else {
				reach = min(reach+3, l.Cols)
			}
			dense, sparse := e.Blobs[2*i], e.Blobs[2*i+1]
			for p := range dense {
				x := p % l.Cols
				want, never := byte(ReachNone), byte(ReachNone)
				switch {
				case x < side:
					want, never = ReachVisible, ReachVisible
				case x < reach:
					want = ReachLeaked
				}
				if dense[p] != want || sparse[p] != never {
					t.Fatalf("%s, row %d, column %d: dense %d, sparse %d, want %d and %d", l.Layer, p/l.Cols, x, dense[p], sparse[p], want, never)
				}
			}
			if want := float64(reach-side) / float64(l.Cols-side); l.Dense != want || l.Sparse != 0 {
				t.Errorf("%s: shares %v and %v, want %v and 0", l.Layer, l.Dense, l.Sparse, want)
			}
		}
		if last := e.Leak[len(e.Leak)-1]; last.Dense <= 0.3 {
			t.Errorf("at the end %v is reached: this shows nothing", last.Dense)
		}
	})
}

// TestTheMaskKeepsOut: what the sparse encoder makes of a visible patch depends
// neither on what is hidden nor on what is visible beyond it, to the last bit. The
// dense one depends on both, so that this shows something.
func TestTheMaskKeepsOut(t *testing.T) {
	const rows, cols = 2, 6 // the first and the last column are visible
	m := data.NewMask(rows, cols)
	for i := range m.Hidden {
		m.Hidden[i] = i%cols > 0 && i%cols < cols-1
	}
	sparse, err := model.NewLayout(rows, cols, [][]bool{m.Hidden})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.SetPicture("a.png", scene(32*cols, 32*rows, 1), 32*rows); err != nil {
			t.Fatal(err)
		}
		net, err := s.network(s.net.Config, withoutGRN(s.file))
		if err != nil {
			t.Fatal(err)
		}
		defer net.Release()
		taps := net.Config.Taps()
		features := func(pixels []float32, layout *model.Layout) []FeatureMap {
			t.Helper()
			maps, err := spread(t.Context(), net, pixels, layout, model.Features, taps)
			if err != nil {
				t.Fatal(err)
			}
			return maps
		}
		for what, changes := range map[string]func(column int) bool{
			"hidden":  func(column int) bool { return column > 0 && column < cols-1 },
			"visible": func(column int) bool { return column == cols-1 },
		} {
			other := slices.Clone(s.pixels)
			for i := range other {
				if changes(i / 3 % (cols * model.Patch) / model.Patch) {
					other[i] = 1 - 3*other[i]
				}
			}
			for _, layout := range []*model.Layout{sparse, s.whole()} {
				a, b, differ := features(s.pixels, layout), features(other, layout), 0
				for i, tap := range taps {
					c, w := a[i].Shape[3], a[i].Shape[2]
					for k, v := range a[i].Data {
						if k/c%w < tap.Side && v != b[i].Data[k] {
							differ++
						}
					}
				}
				if kept := layout == sparse; kept != (differ == 0) {
					t.Errorf("%s pixels elsewhere change: sparse %v, %d values of the first column differ", what, kept, differ)
				}
			}
		}
	})
}

func TestLeakNeedsBothParts(t *testing.T) {
	s := withPicture(t, opened(t, "cpu"))
	for _, bits := range []string{"000000", "111111", "01"} {
		if e := one(t, s, Command{Do: DoLeak, Hidden: bits}, EvError); e.Error.Code != "mask" || e.Error.Text == "" {
			t.Errorf("%s: %+v", bits, e.Error)
		}
	}
	if e := one(t, s, Command{Do: DoLeak, Hidden: "010010"}, EvLeak); !slices.ContainsFunc(e.Leak, func(l LeakLayer) bool { return l.Dense > 0 }) {
		t.Errorf("nothing is reached: %+v", e.Leak)
	}
}
