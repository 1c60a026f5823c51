package session

import (
	"context"
	"fmt"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/ref"
	"unmask/shaders"
)

// SelfTest runs every kernel of every op on the device against the float64
// reference, on the op's own cases. It ends early, with what it has, where goesOn
// answers false after an op.
func (s *Session) SelfTest(ctx context.Context, goesOn func(done, total int) bool) ([]OpResult, error) {
	if s.dev == nil {
		return nil, missingDevice()
	}
	ops := shaders.All()
	var results []OpResult
	for i, op := range ops {
		for k := range op.Kernels {
			if kernel := &op.Kernels[k]; kernel.RunsOn(s.dev.Info().Features) {
				results = append(results, testKernel(ctx, s.dev, op, kernel))
			}
		}
		if !goesOn(i+1, len(ops)) {
			break
		}
	}
	return results, nil
}

func missingDevice() error {
	return problem("device", fmt.Errorf("session: no device is open"), "")
}

func (s *Session) doSelfTest(ctx context.Context, send, emit func(Event)) error {
	turn, stopped := s.deviceTurns(ctx, emit), false
	results, err := s.SelfTest(ctx, func(done, total int) bool {
		send(Event{Kind: EvProgress, Progress: &Progress{What: "self-test", Done: float64(done), Total: float64(total), Unit: "ops"}})
		stopped = done < total && !turn.goesOn()
		return !stopped
	})
	if err != nil {
		return err
	}
	send(Event{Kind: EvSelfTest, SelfTest: results, Partial: stopped})
	if stopped {
		turn.giveWay(send)
	}
	return nil
}

// testKernel runs all cases that fit one kernel; a failure to run is a failed test.
func testKernel(ctx context.Context, dev device.Device, op *shaders.Op, k *shaders.Kernel) OpResult {
	r := OpResult{Op: op.Name, Kernel: k.Name, OK: true}
	only := *op // the same op with this kernel alone, so that the device has no choice
	only.Kernels = []shaders.Kernel{*k}
	for _, c := range op.Cases {
		if k.Fits != nil && !k.Fits(c.Args) {
			continue
		}
		r.Cases++
		got, want, err := runCase(ctx, dev, &only, op, c)
		if err != nil {
			return OpResult{Op: op.Name, Kernel: k.Name, Cases: r.Cases, Detail: err.Error()}
		}
		cmp := numtest.Compare(op.Class, got, want)
		r.Share = max(r.Share, cmp.Share)
		if !cmp.OK {
			r.OK = false
			r.Detail = fmt.Sprintf("%v: %s", c.Args, cmp)
		}
	}
	return r
}

// runCase computes one case on the device and by the reference; the results are
// everything that the op writes, one buffer after the other.
func runCase(ctx context.Context, dev device.Device, only, op *shaders.Op, c shaders.Case) (got, want []float32, err error) {
	step := device.Step{Op: only, Args: c.Args, Label: "self-test"}
	var host []ref.Data
	for _, b := range op.Buffers {
		n := b.Len(c.Args)
		buf, err := dev.Alloc(op.Name+"."+b.Name, n)
		if err != nil {
			return nil, nil, err
		}
		defer buf.Release()
		step.Views = append(step.Views, device.View{Buffer: buf, Len: n})
		d := content(op, b, c, n)
		host = append(host, d)
		if b.Mode == shaders.Write {
			continue
		}
		words := device.Bytes(d.F)
		if b.Type == shaders.U32 {
			words = device.Bytes(d.U)
		}
		if err := dev.Write(buf, 0, words); err != nil {
			return nil, nil, err
		}
	}
	if err := ref.Run(op, c.Args, host); err != nil {
		return nil, nil, err
	}
	program, err := dev.Prepare([]device.Step{step})
	if err != nil {
		return nil, nil, err
	}
	defer program.Release()
	if err := program.Run(); err != nil {
		return nil, nil, err
	}
	for i, b := range op.Buffers {
		if b.Mode == shaders.Read {
			continue
		}
		out := make([]float32, len(host[i].F))
		if err := dev.Read(ctx, step.Views[i].Buffer, 0, device.Bytes(out)); err != nil {
			return nil, nil, err
		}
		got, want = append(got, out...), append(want, host[i].F...)
	}
	return got, want, nil
}

// content is what a buffer holds before the op runs: what the case says, else
// near-normal values, squared where none may be negative.
func content(op *shaders.Op, b shaders.Buffer, c shaders.Case, n int) ref.Data {
	switch {
	case b.Mode == shaders.Write:
		return ref.Data{F: make([]float32, n)}
	case b.Type == shaders.U32:
		return ref.Data{U: c.Tables[b.Name]}
	case c.Values[b.Name] != nil:
		return ref.Data{F: append([]float32(nil), c.Values[b.Name]...)}
	}
	v := numtest.Pattern(op.Name+"."+b.Name, n)
	if b.Positive {
		for i := range v {
			v[i] *= v[i]
		}
	}
	return ref.Data{F: v}
}
