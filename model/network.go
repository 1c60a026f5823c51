package model

import (
	"context"
	"fmt"

	"unmask/graph"
	"unmask/internal/device"
)

// Network is a configuration with its parameters on a device.
type Network struct {
	Config Config
	dev    device.Device
	params *graph.Params
	plans  plans[planKey]
}

// planKey is what a plan is compiled for.
type planKey struct {
	task Task
	geo  Geometry
}

// maxPlans bounds the compiled plans that are kept: painting a mask changes the
// number of visible patches with every stroke, and undoing comes back.
const maxPlans = 6

// Source gives a parameter's values in checkpoint order.
type Source func(name string) []float32

// NewNetwork uploads the parameters of cfg.
func NewNetwork(dev device.Device, cfg Config, values Source) (*Network, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	ps := cfg.Params()
	names, words := make([]string, len(ps)), make([]int, len(ps))
	for i, p := range ps {
		names[i], words[i] = p.Name, p.Len()
	}
	params, err := graph.NewParams(dev, names, words)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	for _, p := range ps {
		v := values(p.Name)
		if len(v) != p.Len() {
			params.Release()
			return nil, fmt.Errorf("model: tensor %q: want %v, %d values, got %d", p.Name, p.Shape, p.Len(), len(v))
		}
		if err := params.Set(p.Name, p.Device(v)); err != nil {
			params.Release()
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	return &Network{Config: cfg, dev: dev, params: params, plans: plans[planKey]{max: maxPlans}}, nil
}

// Plan compiles a task for a geometry, or finds it compiled.
func (n *Network) Plan(task Task, geo Geometry) (*graph.Plan, error) {
	if geo.Height <= 0 || geo.Width <= 0 || geo.Height%Patch != 0 || geo.Width%Patch != 0 {
		return nil, fmt.Errorf("model: %d x %d pixels: want sides that are multiples of %d", geo.Width, geo.Height, Patch)
	}
	if task == Classify && n.Config.Classes == 0 {
		return nil, fmt.Errorf("model: these weights have no classifier head")
	}
	if (task == Reconstruct || task == Decode) && n.Config.DecoderWidth == 0 {
		return nil, fmt.Errorf("model: these weights have no decoder")
	}
	plan, err := n.plans.get(planKey{task, geo}, func() (*graph.Plan, error) {
		return Build(n.Config, task, geo).Compile(n.dev, n.params)
	})
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return plan, nil
}

// Prepare returns the plan of a task with the layout's tables and the images
// (N, H, W, 3), normalised, written: what remains is to run it.
func (n *Network) Prepare(task Task, images []float32, l *Layout) (*graph.Plan, error) {
	geo := Geometry{l.Images, l.Rows * Patch, l.Cols * Patch, l.Slots()}
	if want := l.Images * geo.Height * geo.Width * 3; len(images) != want && task != Decode {
		return nil, fmt.Errorf("model: %d pixel values, want %d (%d x %d x %d x 3)", len(images), want, l.Images, geo.Height, geo.Width)
	}
	plan, err := n.Plan(task, geo)
	if err != nil {
		return nil, err
	}
	for name, t := range n.tables(l) {
		if err := plan.SetU32(name, t); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	if task == Decode {
		return plan, nil
	}
	if err := plan.SetF32("image", images); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return plan, nil
}

// tables are the inputs that describe a layout, for the encoder's visible
// patches and for the decoder's dense grid.
func (n *Network) tables(l *Layout) map[string][]uint32 {
	dense := Dense(l.Images, l.Rows, l.Cols)
	t := map[string][]uint32{
		"slot_patch": l.SlotPatch, "patch_slot": l.PatchSlot, "image_offset": l.ImageOffset,
		"slot_group": l.SlotImage, "group_offset": l.ImageOffset, "slot_image": l.SlotImage,
		"dense_slot_patch": dense.SlotPatch, "dense_patch_slot": dense.PatchSlot,
		"dense_slot_group": dense.SlotImage, "dense_group_offset": dense.ImageOffset,
	}
	if n.Config.BatchGRN {
		t["slot_group"] = make([]uint32, l.Slots())
		t["group_offset"] = []uint32{0, uint32(l.Slots())}
	}
	return t
}

// Run prepares, runs and reads the named outputs of a task.
func (n *Network) Run(ctx context.Context, task Task, images []float32, l *Layout, outputs ...string) ([][]float32, error) {
	plan, err := n.Prepare(task, images, l)
	if err != nil {
		return nil, err
	}
	if err := plan.Run(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	out := make([][]float32, len(outputs))
	for i, name := range outputs {
		if out[i], err = plan.Read(ctx, name); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	return out, nil
}

// MaskedLoss is the mean of the per-patch losses over the hidden patches.
func MaskedLoss(loss []float32, l *Layout) float64 {
	sum, hidden := 0.0, 0
	for p, v := range loss {
		if l.PatchSlot[p] == 0 {
			sum += float64(v)
			hidden++
		}
	}
	return sum / float64(max(1, hidden))
}

// DropPlans lets what runs next be compiled anew, as after another choice of kernels.
func (n *Network) DropPlans() { n.plans.release() }

// Release frees all device memory of the network.
func (n *Network) Release() {
	n.plans.release()
	n.params.Release()
}
