package bench

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"unmask/internal/device"
	"unmask/internal/numtest"
)

// Kernel is what one kernel takes of a forward pass or a training step.
type Kernel struct {
	Name  string  `json:"kernel"`
	Op    string  `json:"op"`
	Calls int     `json:"calls"`
	MS    float64 `json:"ms"` // all calls together
	Share float64 `json:"share"`
}

// Profile is where the time of a case goes, the dearest kernel first. Exact
// tells that the device measured it, see device.Profiler.
type Profile struct {
	Case    string   `json:"case"`
	Exact   bool     `json:"exact"`
	Kernels []Kernel `json:"kernels"`
}

// How says how the times came about.
func (p *Profile) How() string {
	if p.Exact {
		return "timestamps of the device"
	}
	return "by the clock, one kernel at a time, so short ones look too dear"
}

// ErrNoProfile is a device that times no single steps: the CPU.
var ErrNoProfile = errors.New("bench: the CPU times no single kernels: a profile needs a GPU, in hardware or software")

// profiles is how often a pass is profiled; each step counts with its fastest time.
const profiles = 3

// ProfileOf profiles the work of a case.
func ProfileOf(ctx context.Context, dev device.Device, c Case) (*Profile, error) {
	p, ok := dev.(device.Profiler)
	if !ok {
		return nil, ErrNoProfile
	}
	net, layout, err := network(dev, c)
	if err != nil {
		return nil, err
	}
	defer net.Release()
	w, err := prepare(net, c, numtest.SeededImages(c.Batch, c.Size, c.Size), layout)
	if err != nil {
		return nil, err
	}
	improve(w.programs...)
	var best []device.Timing
	out := &Profile{Case: c.Name()}
	for range profiles {
		var times []device.Timing
		for _, program := range w.programs {
			some, exact, err := p.Profile(ctx, program)
			if err != nil {
				return nil, err
			}
			times, out.Exact = append(times, some...), exact
		}
		if best == nil {
			best = times
		}
		for i, t := range times {
			best[i].MS = min(best[i].MS, t.MS)
		}
	}
	out.Kernels = byKernel(best)
	return out, nil
}

// byKernel adds up the steps of each kernel.
func byKernel(times []device.Timing) []Kernel {
	var out []Kernel
	at, total := map[string]int{}, 0.0
	for _, t := range times {
		i, known := at[t.Kernel]
		if !known {
			i = len(out)
			at[t.Kernel] = i
			out = append(out, Kernel{Name: t.Kernel, Op: t.Op})
		}
		out[i].Calls++
		out[i].MS += t.MS
		total += t.MS
	}
	for i := range out {
		if total > 0 {
			out[i].Share = out[i].MS / total
		}
	}
	slices.SortStableFunc(out, func(a, b Kernel) int { return cmp.Compare(b.MS, a.MS) })
	return out
}
