package graph

import (
	"context"
	"fmt"

	"unmask/internal/device"
)

// maxParamWords keeps a parameter buffer within WebGPU's default binding limit of 128 MiB.
const maxParamWords = 128 << 20 / 4

// Params holds parameters on a device, packed into as few buffers as the
// binding limit allows, so that an optimiser can update them in few dispatches.
type Params struct {
	dev     device.Device
	buffers []device.Buffer
	views   map[string]device.View
	grads   *Params // same layout; nil without training
}

// NewParams allocates parameters by name and length in words, in order.
func NewParams(dev device.Device, names []string, words []int) (*Params, error) {
	p := &Params{dev: dev, views: map[string]device.View{}}
	type place struct{ buffer, offset int }
	places, sizes := make([]place, len(names)), []int{0}
	for i, n := range words {
		if n > maxParamWords {
			return nil, fmt.Errorf("graph: parameter %q has %d values: a buffer binding holds at most %d", names[i], n, maxParamWords)
		}
		b := len(sizes) - 1
		if sizes[b]+n > maxParamWords {
			sizes = append(sizes, 0)
			b++
		}
		places[i] = place{b, sizes[b]}
		sizes[b] += (n + device.Align - 1) / device.Align * device.Align
	}
	for i, n := range sizes {
		b, err := dev.Alloc(fmt.Sprintf("params %d", i), max(n, device.Align))
		if err != nil {
			p.Release()
			return nil, fmt.Errorf("graph: parameters: %w", err)
		}
		p.buffers = append(p.buffers, b)
	}
	for i, name := range names {
		p.views[name] = device.View{Buffer: p.buffers[places[i].buffer], Offset: places[i].offset, Len: words[i]}
	}
	return p, nil
}

// Set uploads one parameter.
func (p *Params) Set(name string, data []float32) error {
	v, ok := p.views[name]
	if !ok || v.Len != len(data) {
		return fmt.Errorf("graph: parameter %q: want %d values, got %d", name, v.Len, len(data))
	}
	return p.dev.Write(v.Buffer, v.Offset, device.Bytes(data))
}

// Get downloads one parameter; it waits for all submitted work.
func (p *Params) Get(ctx context.Context, name string) ([]float32, error) {
	v, ok := p.views[name]
	if !ok {
		return nil, fmt.Errorf("graph: there is no parameter %q", name)
	}
	out := make([]float32, v.Len)
	if err := p.dev.Read(ctx, v.Buffer, v.Offset, device.Bytes(out)); err != nil {
		return nil, fmt.Errorf("graph: parameter %q: %w", name, err)
	}
	return out, nil
}

// Like allocates zeroed memory of the same layout: for gradients and the
// optimiser's state.
func (p *Params) Like(label string) (*Params, error) {
	q := &Params{dev: p.dev, views: map[string]device.View{}}
	of := map[device.Buffer]device.Buffer{}
	for i, b := range p.buffers {
		c, err := p.dev.Alloc(fmt.Sprintf("%s %d", label, i), b.Words())
		if err != nil {
			q.Release()
			return nil, fmt.Errorf("graph: %s: %w", label, err)
		}
		q.buffers = append(q.buffers, c)
		of[b] = c
	}
	for name, v := range p.views {
		q.views[name] = device.View{Buffer: of[v.Buffer], Offset: v.Offset, Len: v.Len}
	}
	return q, nil
}

// Grads returns the memory of the gradients, which the first call allocates.
func (p *Params) Grads() (*Params, error) {
	if p.grads == nil {
		g, err := p.Like("gradients")
		if err != nil {
			return nil, err
		}
		p.grads = g
	}
	return p.grads, nil
}

// Buffers are the whole buffers that the parameters lie in, padding included.
func (p *Params) Buffers() []device.Buffer { return p.buffers }

// View is where a parameter lies.
func (p *Params) View(name string) device.View { return p.views[name] }

// Release frees the device memory, that of the gradients too.
func (p *Params) Release() {
	if p.grads != nil {
		p.grads.Release()
		p.grads = nil
	}
	for _, b := range p.buffers {
		b.Release()
	}
	p.buffers = nil
}

// Download reads one of the whole buffers; it waits for all submitted work.
func (p *Params) Download(ctx context.Context, b device.Buffer) ([]float32, error) {
	out := make([]float32, b.Words())
	if err := p.dev.Read(ctx, b, 0, device.Bytes(out)); err != nil {
		return nil, fmt.Errorf("graph: parameters: %w", err)
	}
	return out, nil
}
