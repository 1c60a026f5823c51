package gpu

import (
	"slices"

	"unmask/internal/device"
	"unmask/shaders"
)

// improvement is a faster kernel for a dispatch, which takes longer to compile than a
// first run should wait. Kernels of an op bind the same buffers in the same way.
type improvement struct {
	dispatch int
	op       *shaders.Op
	kernel   *shaders.Kernel
	grid     [3]int
}

// trains reports whether steps add to gradients or update parameters.
func trains(steps []device.Step) bool {
	return slices.ContainsFunc(steps, func(s device.Step) bool {
		return slices.ContainsFunc(s.Op.Buffers, func(b shaders.Buffer) bool {
			return b.Mode == shaders.Accum || b.Mode == shaders.Update
		})
	})
}

// kernel picks the kernel of a step, and the one for later runs. A training runs often
// enough to wait for the fastest, and never changes: it shall give the same bits again
// when it is resumed.
func (d *Device) kernel(s device.Step, trains bool) (now, later *shaders.Kernel) {
	now, later = d.choice(s.Op, s.Args)
	switch {
	case !d.behind:
		return now, now
	case trains || d.pipelines[later.Name] != nil:
		return later, later
	}
	return now, later
}

// improve exchanges kernels for faster ones that have been compiled meanwhile. The
// second run of a device begins to compile them: the first is what a person waits for.
func (p *program) improve() {
	if len(p.later) == 0 {
		return
	}
	if p.dev.runs++; p.dev.runs > 1 {
		p.exchange(false)
	}
}

// Improve waits for all faster kernels, as a benchmark must.
func (p *program) Improve() { p.exchange(true) }

// exchange begins to compile what is still to come and takes what is there, or waits for
// all of it.
func (p *program) exchange(wait bool) {
	d := p.dev
	for _, l := range p.later {
		d.start(l.op, l.kernel)
	}
	p.later = slices.DeleteFunc(p.later, func(l improvement) bool {
		if s := d.started[l.kernel.Name]; s != nil && !wait && !s.settled() {
			return false
		}
		// A driver that cannot compile it goes on with what works.
		if h, err := d.compile(l.op, l.kernel); err == nil {
			c := &p.dispatches[l.dispatch]
			c.pipeline, c.kernel, c.grid = h, l.kernel.Name, l.grid
		}
		return true
	})
}
