package model

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

// gradientCase is what a golden of gradients says of itself.
type gradientCase struct {
	Batch, Height, Width, Classes int
	NormPix                       bool `json:"norm_pix"`
	Scope                         string
	Smoothing                     float64
	Labels                        []int
	Parameters                    []struct {
		Name  string
		Every int
	}
}

// readGradients reads a golden with the network, the layout and the batch that it
// is about.
func readGradients(t *testing.T, file string) (golden map[string]numtest.Tensor, c gradientCase, cfg Config, spec Training, b Batch) {
	t.Helper()
	golden = numtest.Golden(t, file, &c)
	cfg = size(t, "atto")
	b = Batch{Images: numtest.SeededImages(c.Batch, c.Height, c.Width), Layout: Dense(c.Batch, c.Height/Patch, c.Width/Patch)}
	if m, ok := golden["hidden"]; ok {
		cfg = cfg.WithDecoder(1, 512)
		cfg.NormPix, cfg.BatchGRN = c.NormPix, c.Scope == "batch"
		b.Layout = layout(t, c.Height/Patch, c.Width/Patch, hidden(m))
		b.LossGrad = uniform(b.Layout.Patches() - b.Layout.Slots())
		for len(b.LossGrad) < b.Layout.Patches() { // the same for every patch
			b.LossGrad = append(b.LossGrad, b.LossGrad[0])
		}
		return golden, c, cfg, Training{Task: Reconstruct}, b
	}
	b.LossGrad, b.Targets = uniform(c.Batch), golden["targets"].Data
	if b.Targets == nil {
		b.Targets = smoothed(c.Labels, c.Classes, c.Smoothing)
	}
	return golden, c, cfg.WithHead(c.Classes), Training{Task: Classify}, b
}

// smoothed are the targets of labels: smoothing / classes everywhere, the rest at
// the label.
func smoothed(labels []int, classes int, smoothing float64) []float32 {
	t := oneHot(labels, classes)
	for i := range t {
		t[i] = float32(float64(t[i])*(1-smoothing) + smoothing/float64(classes))
	}
	return t
}

// gradientsOf runs one step and downloads all gradients and the golden's loss.
func gradientsOf(t *testing.T, d device.Device, cfg Config, spec Training, b Batch) (grads map[string][]float32, loss float64, losses []float32) {
	t.Helper()
	ctx := context.Background()
	tr := trainer(t, network(t, d, cfg), spec)
	plan, err := tr.Step(b)
	if err != nil {
		t.Fatal(err)
	}
	if losses, err = plan.Read(ctx, "loss"); err != nil {
		t.Fatal(err)
	}
	for i, l := range losses {
		loss += float64(l) * float64(b.LossGrad[i])
	}
	grads = map[string][]float32{}
	for _, p := range cfg.Params() {
		if grads[p.Name], err = tr.Grad(ctx, p.Name); err != nil {
			t.Fatal(err)
		}
	}
	return grads, loss, losses
}

// checkGradients holds all gradients against a golden.
func checkGradients(r numtest.Reporter, golden map[string]numtest.Tensor, c gradientCase, grads map[string][]float32) {
	r.Helper()
	if len(c.Parameters) != len(grads) {
		r.Errorf("%d gradients, the golden has %d", len(grads), len(c.Parameters))
	}
	for i, p := range c.Parameters {
		checkGradient(r, golden, c, i, grads[p.Name])
	}
}

// checkGradient holds the gradient of the golden's parameter i against it: values,
// norm and dot product, of which the last two see all of it. Gradients differ in
// size by hundreds, so the root mean square of each becomes 1 first.
func checkGradient(r numtest.Reporter, golden map[string]numtest.Tensor, c gradientCase, i int, g []float32) {
	r.Helper()
	p := c.Parameters[i]
	norm, dot := float64(golden["l2"].Data[i]), float64(golden["dot"].Data[i])
	key := p.Name
	if p.Every > 1 {
		key = fmt.Sprintf("%s.every%d", p.Name, p.Every)
	}
	rms := norm / math.Sqrt(float64(len(g)))
	gotNorm, gotDot := digest(g)
	numtest.Check(r, numtest.Backward, p.Name, over(numtest.Every(g, p.Every), rms), over(golden[key].Data, rms))
	numtest.Check(r, numtest.Backward, p.Name+": norm and dot product", over([]float64{gotNorm, gotDot}, norm), over([]float64{norm, dot}, norm))
}

// over divides values.
func over[T float32 | float64](v []T, by float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(float64(x) / by)
	}
	return out
}

func TestGradientsAgreeWithPyTorch(t *testing.T) {
	for _, file := range []string{
		"grad_fcmae_raw_image.safetensors", "grad_fcmae_norm_image.safetensors", "grad_fcmae_raw_batch.safetensors",
		"grad_classifier_smooth.safetensors", "grad_classifier_soft.safetensors",
	} {
		t.Run(file, func(t *testing.T) {
			golden, c, cfg, spec, b := readGradients(t, file)
			testdevice.Each(t, func(t *testing.T, d device.Device) {
				grads, loss, losses := gradientsOf(t, d, cfg, spec, b)
				numtest.Check(t, numtest.Reduce, "loss", []float32{float32(loss)}, golden["loss"].Data)
				if want, ok := golden["patch_loss"]; ok {
					for p, slot := range b.Layout.PatchSlot {
						if slot != 0 {
							want.Data[p] = 0 // the golden has the loss of visible patches too
						}
					}
					numtest.Check(t, numtest.Network, "patch loss", losses, want.Data)
				}
				checkGradients(t, golden, c, grads)
			})
		})
	}
}

// complaints is a numtest.Reporter that keeps what it is told.
type complaints []string

func (c *complaints) Helper()                   {}
func (c *complaints) Errorf(f string, a ...any) { *c = append(*c, fmt.Sprintf(f, a...)) }

// about lists the parameters that were complained of.
func (c complaints) about() []string {
	var names []string
	for _, line := range c {
		name, _, _ := strings.Cut(line, " (")
		name, _, _ = strings.Cut(name, ":")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// TestWrongGradientsAreSeen is the control of the comparison with PyTorch.
func TestWrongGradientsAreSeen(t *testing.T) {
	golden, c, cfg, spec, b := readGradients(t, "grad_classifier_soft.safetensors")
	d := testdevice.CPU(t)
	grads, _, _ := gradientsOf(t, d, cfg, spec, b)
	compared := func() []string {
		var told complaints
		checkGradients(&told, golden, c, grads)
		return told.about()
	}
	if wrong := compared(); len(wrong) > 0 {
		t.Fatalf("right gradients: %q", wrong)
	}
	for i, p := range c.Parameters {
		for what, change := range map[string]func(g []float32){
			"one percent too large":         func(g []float32) { copy(g, over(g, 1/1.01)) },
			"two percent off in one half":   func(g []float32) { copy(g, over(g[:len(g)/2], 1/1.02)) },
			"back to front":                 slices.Reverse[[]float32],
			"a tenth of it of another sign": func(g []float32) { copy(g, over(g[:len(g)/10], -1)) },
		} {
			g := slices.Clone(grads[p.Name])
			change(g)
			var told complaints
			if checkGradient(&told, golden, c, i, g); len(told) == 0 {
				t.Errorf("%s, %s: not seen", p.Name, what)
			}
		}
	}

	// GRN's statistics taken for constants: what comes before a GRN is wrong, what
	// comes after the last one is right.
	rule := shaders.LinearGRN.Backward
	shaders.LinearGRN.Backward = func(t shaders.Tape) { rule(constantStatistics{t}) }
	defer func() { shaders.LinearGRN.Backward = rule }()
	grads, _, _ = gradientsOf(t, d, cfg, spec, b)
	wrong := compared()
	for _, p := range cfg.Params() {
		last := p.Part == Head || strings.HasPrefix(p.Name, "stages.3.1.grn") || strings.HasPrefix(p.Name, "stages.3.1.pwconv2")
		if slices.Contains(wrong, p.Name) == last {
			t.Errorf("without the way through GRN's statistics, %s is reported: %t", p.Name, !last)
		}
	}
}

// constantStatistics spoils LinearGRN's rule.
type constantStatistics struct{ shaders.Tape }

func (s constantStatistics) Apply(op *shaders.Op, a shaders.Args, in ...shaders.Ref) []shaders.Ref {
	if op == shaders.GRNDX {
		in[3] = s.Zeros(a["groups"] * a["c"])
	}
	return s.Tape.Apply(op, a, in...)
}
