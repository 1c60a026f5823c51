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
// reference, on the op's own cases.
func (s *Session) SelfTest(ctx context.Context, progress func(done, total int)) ([]OpResult, error) {
	if s.dev == nil {
		return nil, problem("device", fmt.Errorf("session: no device is open"), "")
	}
	ops := shaders.All()
	var results []OpResult
	for i, op := range ops {
		for k := range op.Kernels {
			results = append(results, testKernel(ctx, s.dev, op, &op.Kernels[k]))
		}
		progress(i+1, len(ops))
	}
	return results, nil
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

// runCase computes one case on the device and by the reference.
func runCase(ctx context.Context, dev device.Device, only, op *shaders.Op, c shaders.Case) (got, want []float32, err error) {
	step := device.Step{Op: only, Args: c.Args, Label: "self-test"}
	var host []ref.Data
	out := -1
	for i, b := range op.Buffers {
		n := b.Len(c.Args)
		buf, err := dev.Alloc(op.Name+"."+b.Name, n)
		if err != nil {
			return nil, nil, err
		}
		defer buf.Release()
		step.Views = append(step.Views, device.View{Buffer: buf, Len: n})
		var d ref.Data
		switch {
		case b.Mode == shaders.Write:
			out, d.F = i, make([]float32, n)
		case b.Type == shaders.U32:
			d.U = c.Tables[b.Name]
			err = dev.Write(buf, 0, device.Bytes(d.U))
		default:
			d.F = pattern(op, b, n)
			err = dev.Write(buf, 0, device.Bytes(d.F))
		}
		if err != nil {
			return nil, nil, err
		}
		host = append(host, d)
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
	got = make([]float32, len(host[out].F))
	if err := dev.Read(ctx, step.Views[out].Buffer, 0, device.Bytes(got)); err != nil {
		return nil, nil, err
	}
	return got, host[out].F, nil
}

// pattern fills a buffer near-normally; sums of squares cannot be negative.
func pattern(op *shaders.Op, b shaders.Buffer, n int) []float32 {
	v := numtest.Pattern(op.Name+"."+b.Name, n)
	if op == shaders.GRNScale && b.Name == "sums" {
		for i := range v {
			v[i] *= v[i]
		}
	}
	return v
}
