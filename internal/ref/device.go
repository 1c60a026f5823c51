package ref

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"unmask/internal/device"
	"unmask/shaders"
)

// Options configure the CPU device.
type Options struct {
	// MatMul computes dst = x w, row-major (rows, k) by (k, n); nil takes our own.
	MatMul func(dst, x, w []float32, rows, k, n int)
	// Threads bounds the goroutines of one op; 0 takes one a core.
	Threads int
}

// Device is the CPU device. Work is done by the time Run returns.
type Device struct {
	matmul  func(dst, x, w []float32, rows, k, n int)
	threads int
	closed  bool
}

// Open returns the CPU device.
func Open(o Options) *Device {
	d := &Device{matmul: o.MatMul, threads: o.Threads}
	if d.matmul == nil {
		d.matmul = matmul
	}
	if d.threads == 0 {
		d.threads = runtime.GOMAXPROCS(0)
	}
	return d
}

// Info describes the device.
func (d *Device) Info() device.Info {
	return device.Info{Kind: "cpu", Name: fmt.Sprintf("CPU, %d threads", d.threads), Backend: "Go", Software: true}
}

// memory is a buffer in Go memory.
type memory struct{ words []uint32 }

func (m *memory) Words() int { return len(m.words) }
func (m *memory) Release()   { m.words = nil }

// Alloc returns zeroed memory.
func (d *Device) Alloc(label string, words int) (device.Buffer, error) {
	if err := d.alive(); err != nil {
		return nil, err
	}
	return &memory{make([]uint32, words)}, nil
}

func (d *Device) alive() error {
	if d.closed {
		return fmt.Errorf("ref: %w: it was closed", device.ErrLost)
	}
	return nil
}

// Write copies data to a buffer.
func (d *Device) Write(b device.Buffer, offset int, data []byte) error {
	copy(device.Bytes(b.(*memory).words[offset:offset+len(data)/4]), data)
	return d.alive()
}

// Read copies words from a buffer.
func (d *Device) Read(ctx context.Context, b device.Buffer, offset int, dst []byte) error {
	copy(dst, device.Bytes(b.(*memory).words[offset:offset+len(dst)/4]))
	return d.Wait(ctx)
}

// Wait has nothing to wait for.
func (d *Device) Wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("ref: %w", err)
	}
	return d.alive()
}

// Close marks the device as gone; memory is the garbage collector's.
func (d *Device) Close() { d.closed = true }

// program is a list of closures over buffers.
type program struct {
	dev   *Device
	calls []func()
}

// Prepare checks the steps as a GPU would.
func (d *Device) Prepare(steps []device.Step) (device.Program, error) {
	p := &program{dev: d}
	for i, s := range steps {
		bufs := make([]Data, len(s.Views))
		for k, v := range s.Views {
			words := v.Buffer.(*memory).words[v.Offset : v.Offset+v.Len]
			bufs[k] = Data{U: words}
			if k < len(s.Op.Buffers) && s.Op.Buffers[k].Type == shaders.F32 {
				bufs[k] = Data{F: floats(words)}
			}
		}
		c, err := check(s.Op, s.Args, bufs)
		if err != nil {
			return nil, fmt.Errorf("ref: step %d %q: %w", i, s.Label, err)
		}
		f := reference[s.Op.Name]
		if fast := fastOps[s.Op.Name]; fast != nil {
			f = func(c call) { fast(d, c) }
		}
		if f == nil {
			return nil, fmt.Errorf("ref: step %d %q: no code for op %s", i, s.Label, s.Op.Name)
		}
		p.calls = append(p.calls, func() { f(c) })
	}
	return p, nil
}

// Run computes all steps.
func (p *program) Run() error {
	if err := p.dev.alive(); err != nil {
		return err
	}
	for _, f := range p.calls {
		f()
	}
	return nil
}

func (p *program) Dispatches() int { return len(p.calls) }
func (p *program) Release()        { p.calls = nil }

// floats views words as float32 values.
func floats(w []uint32) []float32 {
	if len(w) == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&w[0])), len(w))
}

// parallel splits 0..n into ranges of at least grain for the device's threads.
func (d *Device) parallel(n, grain int, f func(first, end int)) {
	parts := min(d.threads, max(1, n/max(1, grain)))
	if parts == 1 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() { f(n*i/parts, n*(i+1)/parts) })
	}
	wg.Wait()
}
