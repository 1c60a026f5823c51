package model

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
)

// uniform is the weight of each loss in a mean over n.
func uniform(n int) []float32 {
	w := make([]float32, n)
	for i := range w {
		w[i] = 1 / float32(n)
	}
	return w
}

// oneHot are targets of one class an image.
func oneHot(labels []int, classes int) []float32 {
	t := make([]float32, len(labels)*classes)
	for i, l := range labels {
		t[i*classes+l] = 1
	}
	return t
}

func trainer(t *testing.T, n *Network, spec Training) *Trainer {
	t.Helper()
	tr, err := NewTrainer(n, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Release)
	return tr
}

// TestGradientsAgreeWithThePeers: TensorFlow.js and jax-js agree on these
// gradients of the seeded Atto classifier.
func TestGradientsAgreeWithThePeers(t *testing.T) {
	var golden struct {
		ReferenceLoss float64
		Gradients     map[string]struct {
			L2, Dot float64
			First   []float32
		}
	}
	b, err := os.ReadFile("../bench/peers/golden/atto_seeded_train.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Gradients) < 100 {
		t.Fatalf("the golden has %d gradients", len(golden.Gradients))
	}
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		ctx := context.Background()
		tr := trainer(t, network(t, d, size(t, "atto").WithHead(10)), Training{Task: Classify})
		plan, err := tr.Step(Batch{Images: numtest.SeededImages(2, 96, 96), Layout: Dense(2, 3, 3), LossGrad: uniform(2), Targets: oneHot([]int{3, 0}, 10)})
		if err != nil {
			t.Fatal(err)
		}
		loss, err := plan.Read(ctx, "loss")
		if err != nil {
			t.Fatal(err)
		}
		numtest.Check(t, numtest.Reduce, "loss", []float32{(loss[0] + loss[1]) / 2}, []float32{float32(golden.ReferenceLoss)})
		for name, want := range golden.Gradients {
			g, err := tr.Grad(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			l2, dot := digest(g)
			numtest.Check(t, numtest.Backward, name, g[:len(want.First)], want.First)
			numtest.Check(t, numtest.Backward, name+" norm", []float32{float32(l2)}, []float32{float32(want.L2)})
			// The dot product is off by about the norm of what is wrong anywhere.
			if math.Abs(dot-want.Dot) > 1e-3*want.L2 {
				t.Errorf("%s: dot product %g, want %g, norm %g", name, dot, want.Dot, want.L2)
			}
		}
	})
}

// digest is a gradient's norm and its dot product with a fixed pattern of signs.
func digest(g []float32) (l2, dot float64) {
	signs := numtest.Signs(len(g))
	for i, v := range g {
		l2 += float64(v) * float64(v)
		dot += float64(v) * signs[i]
	}
	return math.Sqrt(l2), dot
}
