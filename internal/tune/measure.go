package tune

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"unmask/internal/device"
	"unmask/shaders"
)

// sample is an op with a choice of kernels and a shape of Atto at 224 pixels,
// which all fast ones fit.
type sample struct {
	op   *shaders.Op
	args shaders.Args
}

var samples = []sample{
	{shaders.Linear, shaders.Args{"rows": 784, "k": 80, "n": 320, "gelu": 1}},
	{shaders.LinearGRN, shaders.Args{"rows": 784, "k": 320, "n": 80, "slot_rows": 16, "groups": 1}},
	{shaders.LayerNorm, shaders.Args{"rows": 3136, "c": 40, "side": 0}},
	{shaders.LinearDW, shaders.Args{"rows": 784, "k": 80, "n": 320, "splits": 4}},
	{shaders.LinearDWAdd, shaders.Args{"rows": 196, "k": 160, "n": 640}},
}

// What bounds the time of a sample: kernels take turns, so that what else the
// machine does hits all of them, and the fastest run of each counts.
const (
	rounds = 7
	budget = time.Second
)

// bench prepares kernels and tells the time; a fake one tests Measure.
type bench interface {
	// prepare returns what runs a kernel once and waits, and what frees it.
	prepare(op *shaders.Op, k *shaders.Kernel, a shaders.Args) (run func(context.Context) error, free func(), err error)
	now() time.Time
	features() []string
}

// Measure times every kernel of the ops that have a choice. goesOn is called between
// two ops and ends the work by answering false; the choice is nil then.
func Measure(ctx context.Context, d device.Device, goesOn func() bool) (*Choice, error) {
	return measure(ctx, onDevice{d}, d.Info().Name, goesOn)
}

func measure(ctx context.Context, b bench, adapter string, goesOn func() bool) (*Choice, error) {
	c := &Choice{Adapter: adapter, Kernels: Version(), Order: map[string][]string{}}
	for i, s := range samples {
		if i > 0 && !goesOn() {
			return nil, nil
		}
		order, err := fastest(ctx, b, s)
		if err != nil {
			return nil, fmt.Errorf("tune: %s: %w", s.op.Name, err)
		}
		c.Order[s.op.Name] = order
	}
	return c, nil
}

// fastest orders the kernels of a sample by time.
func fastest(ctx context.Context, b bench, s sample) ([]string, error) {
	type entry struct {
		name string
		run  func(context.Context) error
		best time.Duration
	}
	var entries []entry
	for _, k := range s.op.Fit(s.args, b.features()) {
		run, free, err := b.prepare(s.op, k, s.args)
		if err != nil {
			return nil, err
		}
		defer free()
		if err := run(ctx); err != nil { // the first run compiles and is not counted
			return nil, err
		}
		entries = append(entries, entry{k.Name, run, math.MaxInt64})
	}
	begin := b.now()
	for round := 0; round < rounds && (round == 0 || b.now().Sub(begin) < budget); round++ {
		for i := range entries {
			e := &entries[i]
			t := b.now()
			if err := e.run(ctx); err != nil {
				return nil, err
			}
			e.best = min(e.best, b.now().Sub(t))
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.best, b.best) })
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.name
	}
	return names, nil
}

// onDevice is the bench of a real device.
type onDevice struct{ device.Device }

func (d onDevice) features() []string { return d.Info().Features }

func (onDevice) now() time.Time { return time.Now() }

func (d onDevice) prepare(op *shaders.Op, k *shaders.Kernel, a shaders.Args) (run func(context.Context) error, free func(), err error) {
	only := *op // the op with one kernel leaves the device no choice
	only.Kernels = []shaders.Kernel{*k}
	step := device.Step{Op: &only, Args: a, Label: "tune " + k.Name}
	var held []interface{ Release() }
	free = func() {
		for _, h := range slices.Backward(held) {
			h.Release()
		}
	}
	for _, b := range op.Buffers {
		n := b.Len(a)
		buffer, err := d.Alloc("tune "+b.Name, n)
		if err != nil {
			free()
			return nil, nil, err
		}
		held = append(held, buffer)
		step.Views = append(step.Views, device.View{Buffer: buffer, Len: n})
	}
	p, err := d.Prepare([]device.Step{step})
	if err != nil {
		free()
		return nil, nil, err
	}
	held = append(held, p)
	return func(ctx context.Context) error {
		if err := p.Run(); err != nil {
			return err
		}
		return d.Wait(ctx)
	}, free, nil
}
