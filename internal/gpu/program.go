package gpu

import (
	"fmt"

	"unmask/internal/device"
	"unmask/shaders"
)

// maxGroups is WebGPU's default limit of workgroups in a dimension.
const maxGroups = 65535

// uniformStride separates the parameters of two steps in the shared uniform
// buffer: WebGPU's default offset alignment.
const uniformStride = 256

// program is a recorded list of dispatches.
type program struct {
	dev        *Device
	uniforms   bufferHandle
	dispatches []dispatch
}

// dispatch is one kernel launch.
type dispatch struct {
	pipeline pipelineHandle
	group    groupHandle
	grid     [3]int
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
	p := &program{dev: d, uniforms: uniforms}
	words := make([]uint32, len(steps)*uniformStride/4)
	for i, s := range steps {
		call, err := d.record(s, binding{uniforms, uint64(i * uniformStride), uint64(4 * len(s.Op.Words(s.Args)))})
		if err != nil {
			p.Release()
			return nil, d.wrap(fmt.Errorf("gpu: step %d %q: op %s: %w", i, s.Label, s.Op.Name, err))
		}
		copy(words[i*uniformStride/4:], s.Op.Words(s.Args))
		p.dispatches = append(p.dispatches, call)
	}
	if len(words) > 0 {
		if err := d.backend.write(uniforms, 0, device.Bytes(words)); err != nil {
			p.Release()
			return nil, d.wrap(fmt.Errorf("gpu: uniforms: %w", err))
		}
	}
	return p, nil
}

// record checks one step and binds its buffers.
func (d *Device) record(s device.Step, uniform binding) (dispatch, error) {
	if err := s.Op.Validate(s.Args); err != nil {
		return dispatch{}, err
	}
	if len(s.Views) != len(s.Op.Buffers) {
		panic(fmt.Sprintf("BUG: gpu: %s has %d buffers, the step %d views", s.Op.Name, len(s.Op.Buffers), len(s.Views)))
	}
	modes := map[*buffer]shaders.Mode{}
	bindings := make([]binding, 0, len(s.Views)+1)
	for i, b := range s.Op.Buffers {
		v := s.Views[i]
		if want := b.Len(s.Args); v.Len < want {
			return dispatch{}, fmt.Errorf("buffer %q: want %d words, the view has %d", b.Name, want, v.Len)
		}
		if v.Offset%device.Align != 0 {
			panic(fmt.Sprintf("BUG: gpu: %s.%s at word %d: want a multiple of %d", s.Op.Name, b.Name, v.Offset, device.Align))
		}
		own := d.own(v.Buffer, v.Offset, v.Len)
		if mode, seen := modes[own]; seen && (mode == shaders.Read) != (b.Mode == shaders.Read) {
			panic(fmt.Sprintf("BUG: gpu: %s %s binds one buffer for reading and for writing", s.Label, s.Op.Name))
		}
		modes[own] = b.Mode
		bindings = append(bindings, binding{own.handle, uint64(4 * v.Offset), uint64(4 * max(1, v.Len))})
	}
	k := d.kernel(s.Op, s.Args)
	grid := k.Grid(s.Args)
	for _, n := range grid {
		if n < 0 || n > maxGroups {
			panic(fmt.Sprintf("BUG: gpu: kernel %s: grid %v of %v", k.Name, grid, s.Args))
		}
	}
	pl, err := d.compile(s.Op, k)
	if err != nil {
		return dispatch{}, err
	}
	group, err := d.backend.bind(pl.handle, append(bindings, uniform))
	if err != nil {
		return dispatch{}, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	return dispatch{pl.handle, group, grid}, nil
}

// compile returns the pipeline of a kernel, compiled once a device.
func (d *Device) compile(op *shaders.Op, k *shaders.Kernel) (*pipeline, error) {
	if p := d.pipelines[k.Name]; p != nil {
		return p, nil
	}
	modes := make([]shaders.Mode, len(op.Buffers))
	for i, b := range op.Buffers {
		modes[i] = b.Mode
	}
	h, err := d.backend.newPipeline(k.Name, k.Source, modes)
	if err != nil {
		return nil, fmt.Errorf("kernel %s does not compile: %w%s", k.Name, err, excerpt(k.Source, err.Error()))
	}
	p := &pipeline{k, h}
	d.pipelines[k.Name] = p
	return p, nil
}

// Dispatches is the number of kernel launches of one Run.
func (p *program) Dispatches() int { return len(p.dispatches) }

// Run submits all dispatches; it does not wait.
func (p *program) Run() error {
	if err := p.dev.alive(); err != nil {
		return err
	}
	if err := p.dev.backend.submit(p.dispatches); err != nil {
		return p.dev.wrap(fmt.Errorf("gpu: run: %w", err))
	}
	return nil
}

// Release frees the recording.
func (p *program) Release() {
	if p.dev == nil || p.dev.closed {
		return
	}
	for _, c := range p.dispatches {
		p.dev.backend.destroyGroup(c.group)
	}
	p.dev.backend.destroyBuffer(p.uniforms)
	p.dev = nil
}
