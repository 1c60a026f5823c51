package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"unmask/graph"
	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/shaders"
)

// stepsCase is what a golden of 50 training steps says of itself.
type stepsCase struct {
	Batch, Height, Width, Classes, Steps, Warm, Pictures int
	Labels                                               []int
	Peak, Least, Eps, EMA, Smoothing                     float64
	Betas                                                [2]float64
	WeightDecay                                          float64 `json:"weight_decay"`
	LayerDecay                                           float64 `json:"layer_decay"`
	Parameters                                           []struct {
		Name   string
		Decays bool
	}
}

// variant is one of the runs that a golden holds.
type variant struct {
	file, name string
	normPix    bool
	clip       float64
}

var variants = []variant{
	{file: "pretrain_steps.safetensors", name: "raw"},
	{file: "pretrain_steps.safetensors", name: "norm_clip", normPix: true, clip: 1},
	{file: "finetune_steps.safetensors", name: "single"},
	{file: "finetune_steps.safetensors", name: "group"},
}

// history is what a run of training steps leaves.
type history struct {
	loss, norm []float32
	final, ema [][]float32 // each parameter in the golden's order; no ema: nil
}

// replay trains the seeded network on the golden's pictures.
func (v variant) replay(t *testing.T, d device.Device, golden map[string]numtest.Tensor, c stepsCase, steps int) history {
	t.Helper()
	ctx := context.Background()
	cfg, err := model.Size("atto")
	if err != nil {
		t.Fatal(err)
	}
	spec := model.Training{Task: model.Classify}
	if c.Classes > 0 {
		cfg = cfg.WithHead(c.Classes)
	} else {
		spec.Task = model.Reconstruct
		cfg = cfg.WithDecoder(1, 512)
		cfg.NormPix = v.normPix
	}
	params := map[string]model.Param{}
	for _, p := range cfg.Params() {
		params[p.Name] = p
	}
	seeded := func(name string) []float32 { return numtest.Seeded(name, params[name].Shape) }
	net, err := model.NewNetwork(d, cfg, seeded)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Release()
	trainer, err := model.NewTrainer(net, spec)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Release()
	opt, err := NewOptimizer(net, func(p model.Param) Group {
		if c.Classes > 0 {
			return Group{LRScale: LRScale(LayerDecay(v.name), c.LayerDecay, p.Name, cfg.Depths), Decay: Decays(p)}
		}
		return Group{LRScale: 1, Decay: Decays(p)}
	}, c.EMA > 0)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Release()

	schedule := Schedule{LR: c.Peak, MinLR: c.Least, Warmup: c.Warm, Total: c.Steps}
	var h history
	for step := range steps {
		b := c.batch(t, step, golden["hidden"])
		plan, err := trainer.Step(b)
		if err != nil {
			t.Fatal(err)
		}
		losses, err := plan.Read(ctx, "loss")
		if err != nil {
			t.Fatal(err)
		}
		loss := 0.0
		for i, l := range losses {
			loss += float64(l) * float64(b.LossGrad[i])
		}
		err = opt.Step(shaders.Hyper{LR: schedule.At(step), Beta1: c.Betas[0], Beta2: c.Betas[1], Eps: c.Eps,
			WeightDecay: c.WeightDecay, Step: step + 1, EMA: c.EMA, GradScale: 1, Clip: v.clip})
		if err != nil {
			t.Fatal(err)
		}
		norm, finite, err := opt.Norm(ctx)
		if err != nil || !finite {
			t.Fatalf("step %d: norm %g, finite %t, %v", step, norm, finite, err)
		}
		h.loss, h.norm = append(h.loss, float32(loss)), append(h.norm, float32(norm))
	}
	weights := func(of *graph.Params) [][]float32 {
		var all [][]float32
		for _, p := range c.Parameters {
			w, err := of.Get(ctx, p.Name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, params[p.Name].Checkpoint(w))
		}
		return all
	}
	h.final = weights(net.Params())
	if c.EMA > 0 {
		h.ema = weights(opt.ema)
	}
	return h
}

// batch is what a step sees: four of the seeded pictures, in turn.
func (c stepsCase) batch(t *testing.T, step int, hidden numtest.Tensor) model.Batch {
	t.Helper()
	all := numtest.SeededImages(c.Pictures, c.Height, c.Width)
	rows, cols, pixels := c.Height/model.Patch, c.Width/model.Patch, c.Height*c.Width*3
	b := model.Batch{Layout: model.Dense(c.Batch, rows, cols)}
	var masks [][]bool
	for i := range c.Batch {
		n := (c.Batch*step + i) % c.Pictures
		b.Images = append(b.Images, all[n*pixels:][:pixels]...)
		for k := range c.Classes {
			target := float32(c.Smoothing / float64(c.Classes))
			if k == c.Labels[n] {
				target = float32(1 - c.Smoothing + c.Smoothing/float64(c.Classes))
			}
			b.Targets = append(b.Targets, target)
		}
		var mask []bool
		for p := range rows * cols {
			mask = append(mask, c.Classes == 0 && hidden.Words[(step*c.Batch+i)*rows*cols+p] != 0)
		}
		masks = append(masks, mask)
	}
	if c.Classes > 0 {
		b.LossGrad = slices.Repeat([]float32{1 / float32(c.Batch)}, c.Batch)
		return b
	}
	var err error
	if b.Layout, err = model.NewLayout(rows, cols, masks); err != nil {
		t.Fatal(err)
	}
	b.LossGrad = slices.Repeat([]float32{1 / float32(b.Layout.Patches()-b.Layout.Slots())}, b.Layout.Patches())
	return b
}

// checkSteps holds losses and norms against the golden's first steps.
func (v variant) checkSteps(r numtest.Reporter, golden map[string]numtest.Tensor, h history) {
	r.Helper()
	numtest.Check(r, numtest.Training, "loss", h.loss, golden[v.name+".loss"].Data[:len(h.loss)])
	numtest.Check(r, numtest.Training, "norm of the gradients", h.norm, golden[v.name+".grad_norm"].Data[:len(h.norm)])
}

// checkMoved holds how weights differ from the seeded ones against the golden: the
// weights themselves are mostly their start.
func (v variant) checkMoved(r numtest.Reporter, golden map[string]numtest.Tensor, c stepsCase, what string, weights [][]float32) {
	r.Helper()
	cfg, err := model.Size("atto")
	if err != nil {
		panic(err)
	}
	shapes := map[string][]int{}
	for _, p := range cfg.WithDecoder(1, 512).WithHead(10).Params() {
		shapes[p.Name] = p.Shape
	}
	norms, dots := golden[v.name+"."+what+"_moved.l2"].Data, golden[v.name+"."+what+"_moved.dot"].Data
	if len(norms) != len(weights) {
		r.Errorf("%d parameters, the golden has %d", len(weights), len(norms))
	}
	for i, p := range c.Parameters {
		start, signs := numtest.Seeded(p.Name, shapes[p.Name]), numtest.Signs(len(weights[i]))
		squares, dot := 0.0, 0.0
		for k, w := range weights[i] {
			d := float64(w) - float64(start[k])
			squares += d * d
			dot += d * signs[k]
		}
		norm := float64(norms[i])
		numtest.Check(r, numtest.Training, fmt.Sprintf("%s, %s: norm of the change", what, p.Name), []float32{float32(math.Sqrt(squares))}, norms[i:i+1])
		numtest.Check(r, numtest.Network, fmt.Sprintf("%s, %s: dot product of the change", what, p.Name),
			[]float32{float32(dot / norm)}, []float32{float32(float64(dots[i]) / norm)})
	}
}

// TestStepsAgreeWithPyTorch: fifty steps on the GPU; five on the CPU device, which
// is slow in training.
func TestStepsAgreeWithPyTorch(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			var c stepsCase
			golden := numtest.Golden(t, v.file, &c)
			t.Run("gpu", func(t *testing.T) {
				h := v.replay(t, testdevice.GPU(t), golden, c, c.Steps)
				v.checkSteps(t, golden, h)
				v.checkMoved(t, golden, c, "final", h.final)
				if h.ema != nil {
					v.checkMoved(t, golden, c, "ema", h.ema)
				}
			})
			t.Run("cpu", func(t *testing.T) {
				v.checkSteps(t, golden, v.replay(t, testdevice.CPU(t), golden, c, 5))
			})
		})
	}
}
