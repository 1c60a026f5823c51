package gpu

import (
	"context"
	"fmt"

	"unmask/internal/device"
	"unmask/shaders"
)

// Options choose an adapter and how work is handed to it.
type Options struct {
	Adapter       string // a part of the adapter's name; "" takes the best
	ForceSoftware bool   // only an adapter that runs on the CPU
	// MaxDispatchesPerSubmit splits a long program, so that a watchdog that
	// counts the time of one submission does not take the device; 0 never splits.
	MaxDispatchesPerSubmit int
}

// Device is a WebGPU device; see device.Device for the contract. It is not safe
// for concurrent use, except for Destroy.
type Device struct {
	backend   *backend
	loss      *loss
	info      device.Info
	chunk     int                        // Options.MaxDispatchesPerSubmit
	pipelines map[string]*pipelineHandle // by kernel name
	started   map[string]*started        // those that nobody has waited for yet
	live      map[releaser]struct{}      // buffers and programs that Close frees
	bytes     uint64                     // in buffers
	most      uint64                     // that there were at once
	behind    bool                       // kernels compile while the program goes on
	runs      int                        // of programs that may improve
	closed    bool

	choose func(op *shaders.Op, fit []*shaders.Kernel) *shaders.Kernel // see SetChoice
}

// releaser is what lives on a device.
type releaser interface{ Release() }

// Open asks for an adapter and a device. In the browser its buffers may be as
// large as the adapter allows; natively they have WebGPU's default limits.
func Open(ctx context.Context, o Options) (*Device, error) {
	l := newLoss()
	b, info, err := openBackend(ctx, o, l)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	info.Limits = b.limits
	return &Device{
		backend: b, loss: l, info: info, chunk: o.MaxDispatchesPerSubmit, behind: compilesBehind,
		pipelines: map[string]*pipelineHandle{}, started: map[string]*started{}, live: map[releaser]struct{}{},
	}, nil
}

// Adapters lists what Open can choose from.
func Adapters() ([]device.Info, error) {
	infos, err := listAdapters()
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	return infos, nil
}

// Info describes the adapter.
func (d *Device) Info() device.Info { return d.info }

// PeakBytes is the most that its buffers took at once; what moves data to and from
// them comes on top.
func (d *Device) PeakBytes() uint64 { return d.most }

// SetChoice lets a tuner pick the kernel of an op among those that fit; nil, or a
// nil answer, takes the default: on adapters that run on the CPU the first kernel
// without workgroup memory whose MinFLOPs there are, on real GPUs the first with it.
func (d *Device) SetChoice(f func(op *shaders.Op, fit []*shaders.Kernel) *shaders.Kernel) {
	d.choose = f
}

// choice is the kernel of an op for a single run, and the fastest, however long that
// takes to compile.
func (d *Device) choice(op *shaders.Op, a shaders.Args) (once, fastest *shaders.Kernel) {
	fit := op.Fit(a, d.info.Features)
	if d.choose != nil {
		if k := d.choose(op, fit); k != nil {
			return k, k
		}
	}
	for _, k := range fit {
		if k.Shared == d.info.Software {
			continue
		}
		if fastest == nil {
			fastest = k
		}
		if k.MinFLOPs == 0 || op.FLOPs(a) >= k.MinFLOPs {
			return k, fastest
		}
	}
	return fit[0], fit[0]
}

// Wait returns when all submitted work is done.
func (d *Device) Wait(ctx context.Context) error {
	if err := d.alive(); err != nil {
		return err
	}
	if err := d.backend.wait(ctx); err != nil {
		return d.wrap(fmt.Errorf("gpu: wait: %w", err))
	}
	return nil
}

// alive reports a lost or closed device before anything is asked of it.
func (d *Device) alive() error {
	if reason, lost := d.loss.happened(); lost {
		return fmt.Errorf("gpu: %w: %s", device.ErrLost, reason)
	}
	return nil
}

// wrap turns an error that a loss caused into ErrLost.
func (d *Device) wrap(err error) error {
	if reason, lost := d.loss.happened(); lost {
		return fmt.Errorf("%w: %w (%s)", err, device.ErrLost, reason)
	}
	return err
}

// Destroy loses the device on purpose: for tests of recovery.
func (d *Device) Destroy() { d.backend.destroy() }

// Close releases the device and all that lives on it. It may be called twice.
func (d *Device) Close() {
	if d.closed {
		return
	}
	for r := range d.live {
		r.Release()
	}
	for _, s := range d.started {
		d.backend.dropPipeline(s)
	}
	for _, p := range d.pipelines {
		d.backend.destroyPipeline(*p)
	}
	d.closed = true
	d.loss.report("it was closed")
	d.backend.close()
}
