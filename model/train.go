package model

import (
	"context"
	"fmt"

	"unmask/graph"
	"unmask/internal/device"
	"unmask/shaders"
)

// Training says what a training graph computes and for which parameters.
type Training struct {
	Task Task // Reconstruct: FCMAE's loss; Classify: softmax cross-entropy
	// Frozen parameters get no gradient; nil trains all. A layer's weight and bias,
	// and GRN's gamma and beta, are frozen together.
	Frozen func(name string) bool
	// DropPath are the rates of stochastic depth of the encoder's blocks in order;
	// nil: none.
	DropPath []float64
}

// Blocks lists the encoder's blocks in order: "stages.S.B".
func (c Config) Blocks() []string {
	var names []string
	for s, n := range c.Depths {
		for i := range n {
			names = append(names, fmt.Sprintf("stages.%d.%d", s, i))
		}
	}
	return names
}

// BuildTraining returns the graph of a forward and a backward pass. Inputs beside
// those of Build: "loss_grad", the weight of each loss in the sum that is
// minimised, (N*L) or (N); for Classify "targets" (N, classes); for stochastic
// depth those of KeepInput. Outputs: "loss", (N*L) per patch or (N) per image, and
// for Classify "logits".
func BuildTraining(cfg Config, geo Geometry, t Training) *graph.Graph {
	b := &builder{Graph: graph.New(), cfg: cfg, geo: geo, train: true, drop: t.DropPath}
	x, f := b.encoder()
	var loss graph.Tensor
	switch t.Task {
	case Reconstruct:
		loss = b.patchLoss(b.decoder(x))
	case Classify:
		logits := b.classifier(x, f)
		b.Output("logits", logits)
		loss = b.Apply("loss", shaders.CrossEntropy, shaders.Args{"images": geo.Images, "classes": cfg.Classes},
			logits, b.Input("targets", shaders.F32, geo.Images*cfg.Classes))
	default:
		panic(fmt.Sprintf("BUG: model: task %d cannot be trained", t.Task))
	}
	b.Output("loss", loss)
	b.Backward(loss, b.Input("loss_grad", shaders.F32, b.Len(loss)), func(name string) bool {
		return t.Frozen == nil || !t.Frozen(name)
	})
	return b.Graph
}

// Trainer holds the training plans of a network, by geometry.
type Trainer struct {
	net   *Network
	spec  Training
	plans plans[Geometry]
}

// maxTrainPlans bounds the plans that are kept. Their activations are large, but a
// ragged batch changes its number of visible patches only with its masks.
const maxTrainPlans = 2

// NewTrainer allocates the gradients of a network.
func NewTrainer(net *Network, t Training) (*Trainer, error) {
	if t.Task == Classify && net.Config.Classes == 0 {
		return nil, fmt.Errorf("model: there is no classifier head to train")
	}
	if t.Task == Reconstruct && net.Config.DecoderWidth == 0 {
		return nil, fmt.Errorf("model: there is no decoder to train")
	}
	if _, err := net.params.Grads(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return &Trainer{net: net, spec: t, plans: plans[Geometry]{max: maxTrainPlans}}, nil
}

// Batch is one micro-batch.
type Batch struct {
	Images   []float32            // (N, H, W, 3), normalised
	Layout   *Layout              // what is visible
	LossGrad []float32            // weight of each loss: (N*L) or (N)
	Targets  []float32            // (N, classes), for Classify
	Keep     map[string][]float32 // (N) for each input that KeepInput names
}

// Step runs forward and backward; gradients are added to those of earlier steps.
// Plan.Read then gives "loss" and "logits".
func (t *Trainer) Step(b Batch) (*graph.Plan, error) {
	l := b.Layout
	plan, err := t.plan(Geometry{l.Images, l.Rows * Patch, l.Cols * Patch, l.Slots()})
	if err != nil {
		return nil, err
	}
	for name, table := range t.net.tables(l) {
		if err := plan.SetU32(name, table); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	inputs := map[string][]float32{"image": b.Images, "loss_grad": b.LossGrad, "targets": b.Targets}
	for name, keep := range b.Keep {
		inputs[name] = keep
	}
	for name, v := range inputs {
		if err := plan.SetF32(name, v); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	if err := plan.Run(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return plan, nil
}

func (t *Trainer) plan(geo Geometry) (*graph.Plan, error) {
	plan, err := t.plans.get(geo, func() (*graph.Plan, error) {
		return BuildTraining(t.net.Config, geo, t.spec).Compile(t.net.dev, t.net.params)
	})
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return plan, nil
}

// Grad downloads a parameter's gradient in checkpoint order.
func (t *Trainer) Grad(ctx context.Context, name string) ([]float32, error) {
	g, err := t.net.params.Grads()
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return download(ctx, t.net.Config, g, name)
}

// Param downloads a parameter of the network in checkpoint order.
func (n *Network) Param(ctx context.Context, name string) ([]float32, error) {
	return download(ctx, n.Config, n.params, name)
}

func download(ctx context.Context, c Config, p *graph.Params, name string) ([]float32, error) {
	for _, q := range c.Params() {
		if q.Name == name {
			v, err := p.Get(ctx, name)
			if err != nil {
				return nil, fmt.Errorf("model: %w", err)
			}
			return q.Checkpoint(v), nil
		}
	}
	return nil, fmt.Errorf("model: there is no parameter %q", name)
}

// Params is the device memory of the network's parameters.
func (n *Network) Params() *graph.Params { return n.params }

// Device is where the network lives.
func (n *Network) Device() device.Device { return n.dev }

// Release frees the plans.
func (t *Trainer) Release() { t.plans.release() }
