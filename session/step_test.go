package session

import (
	"context"
	"math"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
)

// stepCommand is a batch of two pictures for timm's fixture of five classes.
func stepCommand(do string) Command {
	return Command{Do: do, Blob: device.Bytes(numtest.SeededImages(2, 64, 64)), Size: 64, Labels: []int{3, 1}, LR: 1e-3}
}

// TestRawSteps: gradients change nothing, and Adam's first step moves every weight
// by lr g / (|g| + eps).
func TestRawSteps(t *testing.T) {
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.SetWeights("five", classifier(t, `["a","b","c","d","e"]`)); err != nil {
			t.Fatal(err)
		}
		first := one(t, s, stepCommand(DoGradients), EvGradients)
		again := one(t, s, stepCommand(DoGradients), EvGradients)
		params := s.Network().Config.Params()
		if len(first.Blobs) != len(params) || len(first.Tensors) != len(params) {
			t.Fatalf("%d gradients and %d names, want %d", len(first.Blobs), len(first.Tensors), len(params))
		}
		before := map[string][]float32{}
		for i, p := range params {
			if first.Tensors[i].Name != p.Name {
				t.Fatalf("gradient %d is of %s, want %s", i, first.Tensors[i].Name, p.Name)
			}
			numtest.Check(t, numtest.Copy, "the second gradient of "+p.Name, Floats(again.Blobs[i]), Floats(first.Blobs[i]))
			before[p.Name] = param(t, s, p.Name)
		}
		step := one(t, s, stepCommand(DoStep), EvLoss)
		if *step.Loss != *first.Loss {
			t.Errorf("the loss before the step is %v, with the gradients it was %v", *step.Loss, *first.Loss)
		}
		for i, p := range params {
			g, want := Floats(first.Blobs[i]), before[p.Name]
			for k := range want {
				want[k] -= float32(1e-3 * float64(g[k]) / (math.Abs(float64(g[k])) + 1e-8))
			}
			numtest.Check(t, numtest.Backward, p.Name+" after a step", param(t, s, p.Name), want)
		}
		if next := one(t, s, stepCommand(DoStep), EvLoss); *next.Loss >= *step.Loss {
			t.Errorf("the loss is %v after a step along the gradient, %v before", *next.Loss, *step.Loss)
		}
	})
}

func param(t *testing.T, s *Session, name string) []float32 {
	t.Helper()
	v, err := s.Network().Param(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRawStepsAfterALoss: the device comes back with the file's weights.
func TestRawStepsAfterALoss(t *testing.T) {
	testdevice.GPU(t)
	s := opened(t, "gpu")
	if _, err := s.SetWeights("five", classifier(t, `["a","b","c","d","e"]`)); err != nil {
		t.Fatal(err)
	}
	before := one(t, s, stepCommand(DoStep), EvLoss)
	one(t, s, Command{Do: DoLose}, EvDevice)
	if e := one(t, s, stepCommand(DoStep), EvError); e.Error.Code != "device" {
		t.Errorf("a step on a lost device ends with %+v", e.Error)
	}
	one(t, s, Command{Do: DoOpen, Prefer: "gpu"}, EvDevice)
	if after := one(t, s, stepCommand(DoStep), EvLoss); *after.Loss != *before.Loss {
		t.Errorf("the first loss of the file's weights is %v, before the loss of the device %v", *after.Loss, *before.Loss)
	}
}

func TestBadRawSteps(t *testing.T) {
	s := opened(t, "cpu")
	if e := one(t, s, stepCommand(DoStep), EvError); !strings.Contains(e.Error.Text, "no weights yet") {
		t.Errorf("without weights: %q", e.Error.Text)
	}
	if _, err := s.SetWeights("five", classifier(t, `["a","b","c","d","e"]`)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*Command)
		want   string
	}{
		{func(c *Command) { c.Labels = []int{5, 0} }, "label 5 of picture 0: want 0 to 4"},
		{func(c *Command) { c.Labels = []int{0, -1} }, "label -1 of picture 1: want 0 to 4"},
		{func(c *Command) { c.Labels = nil }, "0 pictures of 64 x 64 pixels: want 0 values, got 24576"},
		{func(c *Command) { c.Labels = []int{0} }, "1 pictures of 64 x 64 pixels: want 12288 values, got 24576"},
		{func(c *Command) { c.Size = 50 }, "size 50"},
		{func(c *Command) { c.LR = 0 }, "learning rate 0: want over 0"},
	} {
		command := stepCommand(DoStep)
		c.change(&command)
		if e := one(t, s, command, EvError); !strings.Contains(e.Error.Text, c.want) {
			t.Errorf("%q, want %q", e.Error.Text, c.want)
		}
	}
}
