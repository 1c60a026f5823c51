package graph

import (
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

// Release frees the device memory.
func (p *Params) Release() {
	for _, b := range p.buffers {
		b.Release()
	}
	p.buffers = nil
}
