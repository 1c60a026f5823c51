package gpu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"unmask/internal/device"
	"unmask/shaders"
)

// maxGroups is WebGPU's default limit of workgroups in a dimension.
const maxGroups = 65535

// uniformStride separates the parameters of two steps in the shared uniform
// buffer: WebGPU's default offset alignment, in bytes.
const uniformStride = 256

// program is a recorded list of dispatches.
type program struct {
	dev        *Device // nil once released
	uniforms   bufferHandle
	dispatches []dispatch
	later      []improvement
	buffers    map[*buffer]struct{} // what the dispatches touch
}

// dispatch is one kernel launch.
type dispatch struct {
	pipeline pipelineHandle
	group    groupHandle
	grid     [3]int
	kernel   string
	op       string
	label    string
}

// binding is a range of a buffer in bytes.
type binding struct {
	buffer       bufferHandle
	offset, size uint64
}

// Prepare compiles and records steps; see device.Device.
func (d *Device) Prepare(steps []device.Step) (device.Program, error) {
	if err := d.alive(); err != nil {
		return nil, err
	}
	uniforms, err := d.backend.newUniforms(uint64(max(1, len(steps)) * uniformStride))
	if err != nil {
		return nil, d.wrap(fmt.Errorf("gpu: uniforms: %w", err))
	}
	p := &program{dev: d, uniforms: uniforms, buffers: map[*buffer]struct{}{}}
	d.live[p] = struct{}{}
	d.Warm(steps) // all at once, before the first is waited for
	err = d.backend.guard(func() error { return p.record(steps) })
	if err != nil {
		p.Release()
		return nil, d.wrap(fmt.Errorf("gpu: %w", err))
	}
	return p, nil
}

// record turns the steps into dispatches and uploads their parameters.
func (p *program) record(steps []device.Step) error {
	params, trains := make([]uint32, len(steps)*uniformStride/4), trains(steps)
	for i, s := range steps {
		if err := p.step(s, uint64(i*uniformStride), trains); err != nil {
			return fmt.Errorf("step %d %q: op %s: %w", i, s.Label, s.Op.Name, err)
		}
		w := s.Op.Words(s.Args)
		if len(w) > uniformStride/4 {
			panic(fmt.Sprintf("BUG: gpu: op %s has %d parameters: want at most %d", s.Op.Name, len(s.Op.Params), uniformStride/4))
		}
		copy(params[i*uniformStride/4:], w)
	}
	if len(params) == 0 {
		return nil
	}
	return p.dev.backend.write(p.uniforms, 0, device.Bytes(params))
}

// step checks one step and binds its buffers, with its parameters at a byte
// offset of the uniforms. trains is that of all steps.
func (p *program) step(s device.Step, params uint64, trains bool) error {
	d := p.dev
	if err := s.Op.Validate(s.Args); err != nil {
		return err
	}
	if len(s.Views) != len(s.Op.Buffers) {
		panic(fmt.Sprintf("BUG: gpu: %s has %d buffers, the step %q %d views", s.Op.Name, len(s.Op.Buffers), s.Label, len(s.Views)))
	}
	reads := map[*buffer]bool{}
	bindings := make([]binding, 0, len(s.Views)+1)
	for i, b := range s.Op.Buffers {
		v := s.Views[i]
		if want := b.Len(s.Args); v.Len < want {
			return fmt.Errorf("buffer %q: want %d words, the view has %d", b.Name, want, v.Len)
		}
		if v.Offset%device.Align != 0 {
			panic(fmt.Sprintf("BUG: gpu: %s.%s at word %d: want a multiple of %d", s.Op.Name, b.Name, v.Offset, device.Align))
		}
		own := d.own(v.Buffer, v.Offset, v.Len)
		read := b.Mode == shaders.Read
		if before, seen := reads[own]; seen && before != read {
			panic(fmt.Sprintf("BUG: gpu: step %q of %s binds buffer %s for reading and for writing", s.Label, s.Op.Name, own.label))
		}
		reads[own] = read
		p.buffers[own] = struct{}{}
		bindings = append(bindings, binding{own.handle, 4 * uint64(v.Offset), 4 * uint64(max(1, v.Len))})
	}
	k, later := d.kernel(s, trains)
	grid := gridOf(k, s.Args)
	pl, err := d.compile(s.Op, k)
	if err != nil {
		return err
	}
	// An op without parameters still binds the smallest uniform there is.
	size := 4 * uint64(max(4, len(s.Op.Words(s.Args))))
	group, err := d.backend.bind(s.Label+" "+k.Name, pl, append(bindings, binding{p.uniforms, params, size}))
	if err != nil {
		return fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	if later != k {
		p.later = append(p.later, improvement{len(p.dispatches), s.Op, later, gridOf(later, s.Args)})
	}
	p.dispatches = append(p.dispatches, dispatch{pl, group, grid, k.Name, s.Op.Name, s.Label})
	return nil
}

// gridOf is how many workgroups a kernel launches.
func gridOf(k *shaders.Kernel, a shaders.Args) [3]int {
	grid := k.Grid(a)
	for _, n := range grid {
		if n < 0 || n > maxGroups {
			panic(fmt.Sprintf("BUG: gpu: kernel %s: grid %v of %v: want at most %d", k.Name, grid, a, maxGroups))
		}
	}
	return grid
}

// Warm begins to compile the kernels of steps, whose views may be empty, so that a
// later Prepare finds them: in the browser, which compiles in the background.
func (d *Device) Warm(steps []device.Step) {
	trains := trains(steps)
	for _, s := range steps {
		if s.Op.Validate(s.Args) == nil { // or Prepare says what is wrong
			k, _ := d.kernel(s, trains)
			d.start(s.Op, k)
		}
	}
}

// start begins to compile a kernel, once a device.
func (d *Device) start(op *shaders.Op, k *shaders.Kernel) {
	if d.pipelines[k.Name] != nil || d.started[k.Name] != nil {
		return
	}
	modes := make([]shaders.Mode, len(op.Buffers))
	for i, b := range op.Buffers {
		modes[i] = b.Mode
	}
	d.started[k.Name] = d.backend.startPipeline(k.Name, k.Source(), modes)
}

// compile returns the pipeline of a kernel.
func (d *Device) compile(op *shaders.Op, k *shaders.Kernel) (pipelineHandle, error) {
	if p := d.pipelines[k.Name]; p != nil {
		return *p, nil
	}
	d.start(op, k)
	h, err := d.backend.finishPipeline(d.started[k.Name])
	delete(d.started, k.Name)
	if err != nil {
		line := 0
		if c := (*compileError)(nil); errors.As(err, &c) {
			line = c.line
		}
		return pipelineHandle{}, &device.KernelError{Kernel: k.Name, Err: fmt.Errorf("%w%s", err, excerpt(k.Source(), line))}
	}
	d.pipelines[k.Name] = &h
	return h, nil
}

// Dispatches is the number of kernel launches of one Run.
func (p *program) Dispatches() int { return len(p.dispatches) }

// Run submits all dispatches; it does not wait.
func (p *program) Run() error {
	if err := p.ready(); err != nil {
		return err
	}
	p.improve()
	chunk := p.dev.chunk
	if chunk <= 0 {
		chunk = max(1, len(p.dispatches))
	}
	for at := 0; at < len(p.dispatches); at += chunk {
		if err := p.dev.backend.submit(p.dispatches[at:min(at+chunk, len(p.dispatches))]); err != nil {
			return p.dev.wrap(fmt.Errorf("gpu: run: %w", err))
		}
	}
	return nil
}

// ready checks what wgpu-native would end the process for.
func (p *program) ready() error {
	if p.dev == nil {
		panic("BUG: gpu: a program runs after its release")
	}
	if err := p.dev.alive(); err != nil {
		return err
	}
	for b := range p.buffers {
		if b.dev == nil {
			panic(fmt.Sprintf("BUG: gpu: a program runs after the release of its buffer %s", b.label))
		}
	}
	return nil
}

// Release frees the recording. Later calls do nothing.
func (p *program) Release() {
	if p.dev == nil {
		return
	}
	for _, c := range p.dispatches {
		p.dev.backend.destroyGroup(c.group)
	}
	p.dev.backend.destroyBuffer(p.uniforms)
	delete(p.dev.live, p)
	p.dev = nil
}

// Profile implements device.Profiler: by timestamp queries where the device has them,
// as browsers may, else by the clock, a submission of several runs for each step. The
// native binding has no timestamp queries for compute passes. Afterwards what the
// program writes is of no use.
func (d *Device) Profile(ctx context.Context, prog device.Program) (times []device.Timing, exact bool, err error) {
	p, ok := prog.(*program)
	if !ok || p.dev != d {
		panic("BUG: gpu: a program of another device, or one that was released")
	}
	if err := d.Wait(ctx); err != nil {
		return nil, false, err
	}
	if err := p.ready(); err != nil {
		return nil, false, err
	}
	took, err := d.backend.timestamps(ctx, p.dispatches)
	if err != nil {
		return nil, false, d.wrap(fmt.Errorf("gpu: profile: %w", err))
	}
	for i, c := range p.dispatches {
		t := device.Timing{Label: c.label, Op: c.op, Kernel: c.kernel}
		if took != nil {
			t.MS = took[i].Seconds() * 1e3
		} else if t.MS, err = p.clock(ctx, i); err != nil {
			return nil, false, err
		}
		times = append(times, t)
	}
	return times, took != nil, nil
}

// clockRuns is how often a step runs in a submission of its own: submitting and waiting
// take up to a millisecond, as long as many kernels.
const clockRuns = 8

// clock times one step in ms, with an eighth of what a submission takes.
func (p *program) clock(ctx context.Context, step int) (float64, error) {
	if err := p.ready(); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := p.dev.backend.submit(slices.Repeat(p.dispatches[step:step+1], clockRuns)); err != nil {
		return 0, p.dev.wrap(fmt.Errorf("gpu: profile: step %q: %w", p.dispatches[step].label, err))
	}
	if err := p.dev.Wait(ctx); err != nil {
		return 0, err
	}
	return time.Since(start).Seconds() * 1e3 / clockRuns, nil
}
