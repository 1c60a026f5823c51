package graph

import (
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

// deep is a network of every layer, in blocks as a ConvNeXt has them.
func deep() *sample {
	s := newSample(8)
	x := s.weight("x", rows*s.c, 1)
	for _, name := range []string{"first", "second", "third"} {
		y := s.step(1, name, s.step(0, name, x, x), x)
		x = s.step(6, name, s.step(7, name, y, s.Zeros(rows*s.c)), x)
		x = s.step(5, name, s.step(3, name, s.step(2, name, x, x), x), x)
	}
	s.end(2, 1, x)
	return s
}

// accumulated are the gradients that ops add to: of all parameters but x.
func (s trained) accumulated(t *testing.T) map[string][]float32 {
	t.Helper()
	grads := map[string][]float32{}
	for name := range s.params {
		if name != "x" {
			grads[name] = s.grad(t, name)
		}
	}
	return grads
}

// TestASecondStepDoublesTheGradients, which nobody has cleared, while x's, an
// activation, stays what it is.
func TestASecondStepDoublesTheGradients(t *testing.T) {
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		s := deep().compile(t, d, everything)
		s.run(t)
		once, dx := s.accumulated(t), s.grad(t, "x")
		s.run(t)
		for name, twice := range s.accumulated(t) {
			want := slices.Clone(once[name])
			for i := range want {
				want[i] *= 2
			}
			if slices.Max(want) == 0 && slices.Min(want) == 0 {
				t.Errorf("%s has no gradient", name)
			}
			numtest.Check(t, numtest.Copy, name, twice, want)
		}
		numtest.Check(t, numtest.Copy, "x", s.grad(t, "x"), dx)
	})
}

// work counts the ops of the backward pass by the layer they belong to.
func (s *sample) work() map[string]int {
	n := map[string]int{}
	s.Steps(func(label string, _ *shaders.Op, _ shaders.Args) {
		if layer, backward := strings.CutSuffix(label, " backward"); backward {
			n[layer]++
		}
	})
	return n
}

// TestFrozenParametersGetNoGradient and cost no work, while the others' gradients
// keep their bits.
func TestFrozenParametersGetNoGradient(t *testing.T) {
	dev := testdevice.CPU(t)
	all := deep().compile(t, dev, everything)
	all.run(t)
	whole, want := all.work(), all.accumulated(t)
	for _, c := range []struct {
		what   string
		frozen func(name string) bool
		layers []string // those that are still differentiated, by number; nil: not said
	}{
		{"the second block", func(name string) bool { return strings.HasPrefix(name, "second") }, nil},
		{"all but GRN", func(name string) bool { return !strings.HasSuffix(name, " gamma") && !strings.HasSuffix(name, " beta") }, nil},
		{"x and the first block", func(name string) bool { return name == "x" || strings.HasPrefix(name, "first") }, nil},
		{"all but the end", func(name string) bool { return !strings.HasPrefix(name, "pred") }, []string{"linear", "patch_loss"}},
		{"all", everything, []string{}},
	} {
		s := deep().compile(t, dev, func(name string) bool { return !c.frozen(name) })
		s.run(t)
		for name, g := range s.accumulated(t) {
			w := want[name]
			if c.frozen(name) {
				w = make([]float32, len(g))
			}
			if !slices.Equal(g, w) {
				t.Errorf("%s frozen: the gradient of %s is not what it should be", c.what, name)
			}
		}
		work := s.work()
		if sum(work) >= sum(whole) {
			t.Errorf("%s frozen: %d ops backward, with nothing frozen %d", c.what, sum(work), sum(whole))
		}
		var layers []string
		for layer := range work {
			_, op, _ := strings.Cut(layer, " ")
			layers = append(layers, op)
		}
		if slices.Sort(layers); c.layers != nil && !slices.Equal(layers, c.layers) {
			t.Errorf("%s frozen: the backward pass goes through %q, want %q", c.what, layers, c.layers)
		}
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// TestCompanionsAreFrozenTogether: one kernel adds to both, so a graph that trains
// one alone is refused rather than wrong.
func TestCompanionsAreFrozenTogether(t *testing.T) {
	for frozen, want := range map[string]string{
		"first taps bias":      `BUG: graph: 0 depthwise: "first taps bias" is frozen and what is trained with it is not`,
		"first taps":           `BUG: graph: 0 depthwise: "first taps" is frozen and what is trained with it is not`,
		"first norm weight":    `BUG: graph: 1 layernorm: "first norm weight" is frozen and what is trained with it is not`,
		"first image in 8 16":  `BUG: graph: 2 linear: "first image in 8 16" is frozen and what is trained with it is not`,
		"first image gamma":    `BUG: graph: 4 grn_scale: "first image gamma" is frozen and what is trained with it is not`,
		"first image beta":     `BUG: graph: 5 linear_grn: "first image beta" is frozen and what is trained with it is not`,
		"first image out bias": `BUG: graph: 5 linear_grn: "first image out bias" is frozen and what is trained with it is not`,
	} {
		s := deep()
		if _, ok := s.params[frozen]; !ok {
			t.Fatalf("there is no %q", frozen)
		}
		panics(t, want, func() { s.differentiate(func(name string) bool { return name != frozen }) })
	}
}

// TestWhatCannotBeDifferentiatedPanics instead of losing a gradient.
func TestWhatCannotBeDifferentiatedPanics(t *testing.T) {
	s := newSample(8)
	sums := s.op(shaders.GRNSumSq, shaders.Args{"groups": images, "rows": rows, "c": 8, "splits": 1, "slot_rows": side * side},
		s.weight("x", rows*8, 1), s.table("image_offset"))
	panics(t, "BUG: graph: 0 grn_sumsq: grn_sumsq has no gradient: linear_grn's backward goes through the statistics", func() {
		s.Backward(sums, s.Input("seed", shaders.F32, s.Len(sums)), everything)
	})
	panics(t, "BUG: graph: a result of 16 words with a gradient of 15", func() {
		s.Backward(sums, s.Input("short", shaders.F32, 15), everything)
	})
	s = newSample(8)
	y := s.op(shaders.Linear, shaders.Args{"rows": rows, "k": 8, "n": 8, "gelu": 1}, s.weight("x", rows*8, 1), s.weight("w", 64, 1), s.weight("b", 8, 1))
	panics(t, "BUG: shaders: training applies gelu as an op of its own, to keep what it needs", func() {
		s.Backward(y, s.Input("seed", shaders.F32, s.Len(y)), everything)
	})
}

// cheap is a network most of whose activations are cheap to compute again.
func cheap() *sample {
	s := newSample(8)
	x := s.weight("x", rows*s.c, 1)
	for _, name := range []string{"first", "second", "third"} {
		x = s.step(4, name, s.step(0, name, s.step(1, name, x, x), x), x)
	}
	s.end(2, 1, x)
	return s
}

// TestRecomputedActivationsGiveTheSameGradients in less memory.
func TestRecomputedActivationsGiveTheSameGradients(t *testing.T) {
	dev := testdevice.CPU(t)
	again := cheap().compile(t, dev, everything)
	again.run(t)
	recomputed := 0
	again.Steps(func(label string, _ *shaders.Op, _ shaders.Args) {
		if strings.HasSuffix(label, " again") {
			recomputed++
		}
	})
	if want := 5; recomputed != want { // three norms and the GELUs between them
		t.Errorf("%d activations are computed again, want %d", recomputed, want)
	}
	for _, op := range []*shaders.Op{shaders.GELU, shaders.LayerNorm} {
		op.Recompute = false
		defer func() { op.Recompute = true }()
	}
	kept := cheap().compile(t, dev, everything)
	kept.run(t)
	want := kept.accumulated(t)
	for name, g := range again.accumulated(t) {
		numtest.Check(t, numtest.Copy, name, g, want[name])
	}
	numtest.Check(t, numtest.Copy, "x", again.grad(t, "x"), kept.grad(t, "x"))
	if less, more := again.Memory().Activations, kept.Memory().Activations; less >= more {
		t.Errorf("with recomputation %d bytes of activations, without %d", less, more)
	}
	if kept.Dispatches() != again.Dispatches()-recomputed {
		t.Errorf("%d dispatches without recomputation, %d with %d recomputed", kept.Dispatches(), again.Dispatches(), recomputed)
	}
}
