package train

import (
	"fmt"

	"unmask/data"
	"unmask/graph"
	"unmask/internal/device"
	"unmask/model"
)

// Need is what a run costs a device, known before anything runs there.
type Need struct {
	Parameters  int `json:"parameters"`       // values
	State       int `json:"state_bytes"`      // parameters, gradients, moments, moving average
	Activations int `json:"activation_bytes"` // of one micro-batch, with its inputs
	Validation  int `json:"validation_bytes"` // the averaged weights, and their forward pass on a micro-batch
	Peak        int `json:"peak_bytes"`       // all of them
	Largest     int `json:"largest_bytes"`    // the largest buffer
	Steps       int `json:"steps"`            // of the whole run
	StepsEpoch  int `json:"steps_per_epoch"`
	Micro       int `json:"micro_batch"`
}

// need plans the memory of a run.
func (c Config) need(stepsPerEpoch int) Need {
	g := BuildGraph(c)
	m := g.Memory()
	n := Need{Parameters: c.Model.Count(), Steps: c.Steps(stepsPerEpoch), StepsEpoch: stepsPerEpoch, Micro: c.Micro, Largest: m.Largest}
	copies := 4 // parameters, gradients, two moments
	if c.EMA > 0 {
		copies++
	}
	parameters := 0
	for _, p := range c.Model.Params() {
		parameters += 4 * ((p.Len() + device.Align - 1) / device.Align * device.Align)
	}
	n.State = copies * parameters
	n.Activations = m.Total()
	n.Validation = parameters + model.Build(c.Model, c.task(), c.geometry()).Memory().Total()
	n.Peak = n.State + n.Activations + n.Validation
	return n
}

// Plan tells what a run would cost, without a device: within WebGPU's default
// limits, as the native device has them.
func Plan(c Config, d *data.Dataset) (Need, error) {
	sampler, err := data.NewSampler(d, d.Train, max(1, c.Batch), c.Balance, c.Seed)
	if err != nil {
		return Need{}, err
	}
	c.Model = c.headed(d.Classes)
	if err = c.Check(); err == nil {
		c, err = c.fit(device.Info{MaxBinding: 128 << 20})
	}
	if err != nil {
		return Need{}, err
	}
	return c.need(sampler.StepsPerEpoch()), nil
}

// headed is the model with what the kind of run needs: a head for the classes and
// no decoder, or the model as it is.
func (c Config) headed(classes []string) model.Config {
	if c.Kind == Finetune {
		return c.Model.WithHead(len(classes)).WithDecoder(0, 0)
	}
	return c.Model.WithHead(0)
}

// BuildGraph is the training graph of one micro-batch of a run.
func BuildGraph(c Config) *graph.Graph {
	return model.BuildTraining(c.Model, c.geometry(), c.training())
}

func (c Config) training() model.Training {
	return model.Training{Task: c.task(), Frozen: c.frozen, DropPath: c.dropRates()}
}

// geometry is that of a micro-batch: random masks of one ratio all show as many
// patches.
func (c Config) geometry() model.Geometry {
	side := c.Size / model.Patch
	visible := side * side
	if c.Kind == Pretrain {
		visible -= c.hidden()
	}
	return model.Geometry{Images: c.Micro, Height: c.Size, Width: c.Size, Slots: c.Micro * visible}
}

// hidden is the number of hidden patches of a picture: len_keep = int(L (1 - ratio)).
func (c Config) hidden() int {
	side := c.Size / model.Patch
	return side*side - int(float64(side*side)*(1-c.Ratio))
}

// fit checks a run against a device. A micro-batch of 0 becomes the largest divisor
// of the batch whose buffers the device can bind; one that was asked for and is
// too large is an error that names one that is not.
func (c Config) fit(info device.Info) (Config, error) {
	limit := info.MaxBinding
	if limit == 0 {
		limit = 1 << 40 // the CPU device
	}
	asked := c.Micro
	for m := c.Batch; m >= 1; m-- {
		if c.Batch%m != 0 || asked > 0 && m > asked {
			continue
		}
		c.Micro = m
		if c.need(1).Largest > limit {
			continue
		}
		if asked > 0 && m < asked {
			return c, fmt.Errorf("train: a micro-batch of %d pictures of %d pixels needs larger buffers than this device binds (%d MB): choose a micro-batch of %d, which gives the same batch in %d parts",
				asked, c.Size, limit>>20, m, c.Batch/m)
		}
		return c, nil
	}
	return c, fmt.Errorf("train: one picture of %d pixels needs larger buffers than this device binds (%d MB): choose a smaller size", c.Size, limit>>20)
}
