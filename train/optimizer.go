package train

import (
	"context"
	"fmt"

	"unmask/graph"
	"unmask/internal/device"
	"unmask/model"
	"unmask/shaders"
)

// parts is in how many sums the norm of one buffer of gradients is cut.
const parts = 4096

// Optimizer is AdamW over all parameters of a network at once, with gradient
// clipping by global norm and a moving average: a handful of dispatches a step,
// whatever the model. Its moments live on the device beside the parameters.
type Optimizer struct {
	dev     device.Device
	net     *model.Network
	m, v    *graph.Params
	ema     *graph.Params // nil: none
	hyper   device.Buffer
	scales  []device.Buffer
	clip    device.Buffer
	sums    device.Buffer
	program device.Program
}

// Group is how one parameter is trained.
type Group struct {
	LRScale float64 // factor of the learning rate; 0: frozen
	Decay   bool    // weight decay applies
}

// NewOptimizer allocates the state of an optimiser. group is asked once for every
// parameter of the network.
func NewOptimizer(net *model.Network, group func(p model.Param) Group, ema bool) (_ *Optimizer, err error) {
	o := &Optimizer{dev: net.Device(), net: net}
	defer func() {
		if err != nil {
			o.Release()
			err = fmt.Errorf("train: optimiser: %w", err)
		}
	}()
	params := net.Params()
	grads, err := params.Grads()
	if err != nil {
		return nil, err
	}
	if o.m, err = params.Like("first moments"); err != nil {
		return nil, err
	}
	if o.v, err = params.Like("second moments"); err != nil {
		return nil, err
	}
	if ema {
		if err := o.startEMA(); err != nil {
			return nil, err
		}
	}
	if o.hyper, err = o.dev.Alloc("hyper-parameters", shaders.HyperWords); err != nil {
		return nil, err
	}
	if o.clip, err = o.dev.Alloc("clip", 4); err != nil {
		return nil, err
	}
	if err := o.uploadScales(group); err != nil {
		return nil, err
	}
	n := len(params.Buffers())
	if o.sums, err = o.dev.Alloc("sums of squares", n*parts); err != nil {
		return nil, err
	}
	o.program, err = o.dev.Prepare(o.steps(params, grads))
	return o, err
}

// uploadScales writes the factors of each 64 values: every parameter begins at a
// multiple of them (device.Align).
func (o *Optimizer) uploadScales(group func(p model.Param) Group) error {
	params := o.net.Params()
	tables := map[device.Buffer][]float32{}
	for _, b := range params.Buffers() {
		tables[b] = make([]float32, b.Words()/device.Align*2)
	}
	for _, p := range o.net.Config.Params() {
		g, v := group(p), params.View(p.Name)
		for k := v.Offset / device.Align; k*device.Align < v.Offset+v.Len; k++ {
			tables[v.Buffer][2*k] = float32(g.LRScale)
			if g.Decay {
				tables[v.Buffer][2*k+1] = 1
			}
		}
	}
	for _, b := range params.Buffers() {
		s, err := o.dev.Alloc("learning-rate factors", len(tables[b]))
		if err != nil {
			return err
		}
		o.scales = append(o.scales, s)
		if err := o.dev.Write(s, 0, device.Bytes(tables[b])); err != nil {
			return err
		}
	}
	return nil
}

func (o *Optimizer) steps(params, grads *graph.Params) []device.Step {
	whole := func(b device.Buffer) device.View { return device.View{Buffer: b, Len: b.Words()} }
	hyper, clip := whole(o.hyper), whole(o.clip)
	var norms, updates []device.Step
	for i, w := range params.Buffers() {
		n := w.Words()
		norms = append(norms, device.Step{Op: shaders.SumSquares, Args: shaders.Args{"n": n, "parts": parts}, Label: "norm of gradients",
			Views: []device.View{whole(grads.Buffers()[i]), {Buffer: o.sums, Offset: i * parts, Len: parts}}})
		updates = append(updates, device.Step{Op: shaders.AdamW, Args: shaders.Args{"n": n}, Label: "AdamW",
			Views: []device.View{whole(w), whole(grads.Buffers()[i]), whole(o.m.Buffers()[i]), whole(o.v.Buffers()[i]), whole(o.scales[i]), hyper, clip}})
		if o.ema != nil {
			updates = append(updates, device.Step{Op: shaders.EMA, Args: shaders.Args{"n": n}, Label: "EMA",
				Views: []device.View{whole(w), hyper, whole(o.ema.Buffers()[i])}})
		}
	}
	norms = append(norms, device.Step{Op: shaders.Clip, Args: shaders.Args{"parts": len(norms) * parts}, Label: "clip",
		Views: []device.View{whole(o.sums), hyper, clip}})
	return append(norms, updates...)
}

// Step updates the parameters with the gradients that were added up, and clears
// them. Norm tells afterwards whether it was possible.
func (o *Optimizer) Step(h shaders.Hyper) error {
	if err := o.dev.Write(o.hyper, 0, device.Bytes(h.Words())); err != nil {
		return fmt.Errorf("train: optimiser: %w", err)
	}
	if err := o.program.Run(); err != nil {
		return fmt.Errorf("train: optimiser: %w", err)
	}
	return nil
}

// Program is what a step runs.
func (o *Optimizer) Program() device.Program { return o.program }

// Norm is the global norm of the last step's gradients before clipping. finite is
// false where a gradient was NaN or infinite: then the step changed nothing.
func (o *Optimizer) Norm(ctx context.Context) (norm float64, finite bool, err error) {
	v := make([]float32, 4)
	if err := o.dev.Read(ctx, o.clip, 0, device.Bytes(v)); err != nil {
		return 0, false, fmt.Errorf("train: optimiser: %w", err)
	}
	return float64(v[0]), v[2] != 0, nil
}

// startEMA begins the moving average at the present parameters.
func (o *Optimizer) startEMA() (err error) {
	if o.ema, err = o.net.Params().Like("moving average"); err != nil {
		return err
	}
	buf := []float32{}
	for i, b := range o.net.Params().Buffers() {
		buf = append(buf[:0], make([]float32, b.Words())...)
		if err := o.dev.Read(context.Background(), b, 0, device.Bytes(buf)); err != nil {
			return err
		}
		if err := o.dev.Write(o.ema.Buffers()[i], 0, device.Bytes(buf)); err != nil {
			return err
		}
	}
	return nil
}

// Release frees the state.
func (o *Optimizer) Release() {
	if o.program != nil {
		o.program.Release()
		o.program = nil
	}
	for _, p := range []*graph.Params{o.m, o.v, o.ema} {
		if p != nil {
			p.Release()
		}
	}
	for _, b := range append(o.scales, o.hyper, o.clip, o.sums) {
		if b != nil {
			b.Release()
		}
	}
	o.scales, o.hyper, o.clip, o.sums, o.m, o.v, o.ema = nil, nil, nil, nil, nil, nil, nil
}
