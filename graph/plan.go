package graph

import (
	"context"
	"fmt"

	"unmask/internal/device"
	"unmask/shaders"
)

// Plan is a graph compiled for a device: memory, pipelines and recorded steps.
type Plan struct {
	graph   *Graph
	dev     device.Device
	program device.Program
	buffers []device.Buffer
	views   map[Tensor]device.View
	bytes   int
}

// Compile allocates memory for inputs and activations and records the steps.
func (g *Graph) Compile(dev device.Device, params *Params) (_ *Plan, err error) {
	p := &Plan{graph: g, dev: dev, views: map[Tensor]device.View{}}
	defer func() {
		if err != nil {
			p.Release()
		}
	}()
	blocks, where := g.planMemory()
	var memory []device.Buffer
	for i, b := range blocks {
		m, err := p.alloc(fmt.Sprintf("activations %d", i), b.words)
		if err != nil {
			return nil, err
		}
		memory = append(memory, m)
	}
	for i, v := range g.values {
		t := Tensor{i + 1}
		switch v.kind {
		case activation:
			p.views[t] = device.View{Buffer: memory[where[t]], Len: v.n}
		case input:
			b, err := p.alloc(v.name, v.n)
			if err != nil {
				return nil, err
			}
			p.views[t] = device.View{Buffer: b, Len: v.n}
		case zeros:
			b, err := p.alloc("zeros", v.n)
			if err != nil {
				return nil, err
			}
			p.views[t] = device.View{Buffer: b, Len: v.n}
		case param, gradient:
			from := params
			if v.kind == gradient {
				from = params.grads
			}
			if from == nil {
				return nil, fmt.Errorf("graph: parameter %q: its gradients have no memory", v.name)
			}
			view, ok := from.views[v.name]
			if !ok || view.Len != v.n {
				return nil, fmt.Errorf("graph: parameter %q: want %d values, have %d", v.name, v.n, view.Len)
			}
			p.views[t] = view
		}
	}
	if p.program, err = p.prepare(g.nodes); err != nil {
		return nil, err
	}
	return p, nil
}

// prepare records nodes whose tensors have their memory.
func (p *Plan) prepare(nodes []node) (device.Program, error) {
	steps := make([]device.Step, len(nodes))
	for i, n := range nodes {
		steps[i] = device.Step{Op: n.op, Args: n.args, Label: n.label, Views: p.stepViews(n)}
	}
	program, err := p.dev.Prepare(steps)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	return program, nil
}

func (p *Plan) alloc(label string, words int) (device.Buffer, error) {
	b, err := p.dev.Alloc(label, words)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	p.buffers = append(p.buffers, b)
	p.bytes += 4 * words
	return b, nil
}

func (p *Plan) stepViews(n node) []device.View {
	views := make([]device.View, len(n.op.Buffers))
	in, outs := n.in, n.outs
	for i, b := range n.op.Buffers {
		if b.Mode == shaders.Write {
			views[i], outs = p.views[outs[0]], outs[1:]
			continue
		}
		views[i], in = p.views[in[0]], in[1:]
	}
	return views
}

// SetF32 writes an input. An input that the graph never declared is
// ignored: a plan without a decoder needs no decoder tables.
func (p *Plan) SetF32(name string, data []float32) error {
	return p.set(name, shaders.F32, len(data), device.Bytes(data))
}

// SetU32 writes a table; see SetF32.
func (p *Plan) SetU32(name string, data []uint32) error {
	return p.set(name, shaders.U32, len(data), device.Bytes(data))
}

func (p *Plan) set(name string, typ shaders.Type, n int, data []byte) error {
	t, ok := p.graph.names[name]
	if !ok {
		return nil
	}
	if v := p.graph.values[t.id-1]; v.n != n || v.typ != typ || v.kind != input {
		panic(fmt.Sprintf("BUG: graph: input %q has %d words, given %d", name, v.n, n))
	}
	if n == 0 {
		return nil
	}
	v := p.views[t]
	return p.dev.Write(v.Buffer, v.Offset, data)
}

// Run submits the steps; Read or Wait waits for them.
func (p *Plan) Run() error { return p.program.Run() }

// Program is the recorded list, for profiling.
func (p *Plan) Program() device.Program { return p.program }

// Forward records what a plan of training computes before its backward pass, for
// measuring: the caller releases it before the plan.
func (p *Plan) Forward() (device.Program, error) { return p.prepare(p.graph.nodes[:p.graph.forward]) }

// Wait returns when the submitted work is done.
func (p *Plan) Wait(ctx context.Context) error { return p.dev.Wait(ctx) }

// Read waits for the run and returns an output.
func (p *Plan) Read(ctx context.Context, name string) ([]float32, error) {
	t, ok := p.graph.outputs[name]
	if !ok {
		panic("BUG: graph: no output " + name)
	}
	v := p.views[t]
	out := make([]float32, v.Len)
	if err := p.dev.Read(ctx, v.Buffer, v.Offset, device.Bytes(out)); err != nil {
		return nil, fmt.Errorf("graph: read %s: %w", name, err)
	}
	return out, nil
}

// Bytes is the device memory of inputs and activations.
func (p *Plan) Bytes() int { return p.bytes }

// FLOPs is the arithmetic of one run.
func (p *Plan) FLOPs() int64 { return p.graph.FLOPs() }

// Dispatches is the number of kernel launches of one run.
func (p *Plan) Dispatches() int { return p.program.Dispatches() }

// Release frees the plan's memory.
func (p *Plan) Release() {
	if p.program != nil {
		p.program.Release()
		p.program = nil
	}
	for _, b := range p.buffers {
		b.Release()
	}
	p.buffers = nil
}
