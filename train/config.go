package train

import (
	"fmt"

	"unmask/data"
	"unmask/model"
	"unmask/shaders"
)

// Kind is what a run does.
type Kind string

const (
	Pretrain Kind = "pretrain" // FCMAE on pictures without labels
	Finetune Kind = "finetune" // a classifier on class folders
)

// Mode is which parameters a fine-tuning changes.
type Mode string

const (
	Full   Mode = "full"   // all of them
	Linear Mode = "linear" // norm and head, on frozen features
)

// Config is a run, whole: what config.json holds, and what a resumed run must share.
type Config struct {
	Kind  Kind         `json:"kind"`
	Model model.Config `json:"model"`
	Mode  Mode         `json:"mode,omitempty"`
	From  string       `json:"from,omitempty"` // where the weights came from; "" is scratch
	Data  string       `json:"data"`
	Seed  uint64       `json:"seed"`

	Size   int     `json:"size"`            // side of the pictures in pixels
	Batch  int     `json:"batch"`           // pictures a step
	Micro  int     `json:"micro"`           // pictures at once on the device; divides Batch; 0: what fits
	Epochs float64 `json:"epochs"`          // of the training pictures
	Warmup float64 `json:"warmup"`          // epochs of them
	Ratio  float64 `json:"ratio,omitempty"` // pretrain: share of hidden patches
	Val    float64 `json:"val"`             // share set aside where the data has no validation split
	Every  float64 `json:"every"`           // epochs between validations and checkpoints

	BLR         float64    `json:"blr"` // learning rate of a batch of 256
	MinLR       float64    `json:"min_lr"`
	WeightDecay float64    `json:"weight_decay"`
	Betas       [2]float64 `json:"betas"`
	Eps         float64    `json:"eps"`
	Clip        float64    `json:"clip"` // limit of the gradients' norm, 0: none
	EMA         float64    `json:"ema"`  // decay of the moving average, 0: none

	LayerDecay     float64    `json:"layer_decay,omitempty"` // 1 or 0: none
	LayerDecayType LayerDecay `json:"layer_decay_type,omitempty"`
	DropPath       float64    `json:"drop_path,omitempty"`
	Smoothing      float64    `json:"smoothing,omitempty"`
	HeadInit       float64    `json:"head_init,omitempty"` // factor of a fresh head's weights

	Augment data.Augment `json:"augment"`
	Mix     data.Mix     `json:"mix"`
	Balance float64      `json:"balance,omitempty"` // of classes, 0 to 1

	Classes []string `json:"classes,omitempty"`
}

// DatasetOptions open the pictures of the run again as it divided them.
func (c Config) DatasetOptions() data.DatasetOptions {
	return data.DatasetOptions{Labelled: c.Kind == Finetune, Classes: c.Classes, ValShare: c.Val, Seed: c.Seed}
}

// LR is the peak learning rate.
func (c Config) LR() float64 { return BaseLR(c.BLR, c.Batch) }

// Schedule is the learning rate of a run with so many steps an epoch.
func (c Config) Schedule(stepsPerEpoch int) Schedule {
	return Schedule{LR: c.LR(), MinLR: c.MinLR, Warmup: int(c.Warmup * float64(stepsPerEpoch)), Total: c.Steps(stepsPerEpoch)}
}

// Steps is the number of steps of the whole run.
func (c Config) Steps(stepsPerEpoch int) int { return max(1, int(c.Epochs*float64(stepsPerEpoch))) }

// hyper are the optimiser's values for step t, from 0, at a learning rate.
func (c Config) hyper(t int, lr float64) shaders.Hyper {
	// The average follows the weights closely while it is young, so that a short
	// run's is not mostly its start: the factor that TensorFlow's has.
	ema := min(c.EMA, (1+float64(t))/(10+float64(t)))
	return shaders.Hyper{LR: lr, Beta1: c.Betas[0], Beta2: c.Betas[1], Eps: c.Eps, WeightDecay: c.WeightDecay,
		Step: t + 1, EMA: ema, GradScale: 1, Clip: c.Clip}
}

// task is what the training graph computes.
func (c Config) task() model.Task {
	if c.Kind == Pretrain {
		return model.Reconstruct
	}
	return model.Classify
}

// frozen names the parameters that a linear fine-tuning leaves alone.
func (c Config) frozen(name string) bool {
	return c.Mode == Linear && name != "norm.weight" && name != "norm.bias" && name != "head.weight" && name != "head.bias"
}

// group is how the optimiser treats a parameter.
func (c Config) group(p model.Param) Group {
	if c.frozen(p.Name) {
		return Group{}
	}
	return Group{LRScale: LRScale(c.layerDecay(), c.LayerDecay, p.Name, c.Model.Depths), Decay: Decays(p)}
}

func (c Config) layerDecay() LayerDecay {
	if c.LayerDecay == 0 || c.LayerDecay == 1 {
		return NoLayerDecay
	}
	return c.LayerDecayType
}

// dropRates grow linearly from 0 at the first block to DropPath at the last
// (arXiv 1603.09382, sec. 3).
func (c Config) dropRates() []float64 {
	if c.DropPath == 0 || c.Mode == Linear {
		return nil
	}
	n := len(c.Model.Blocks())
	r := make([]float64, n)
	for i := range r {
		r[i] = c.DropPath * float64(i) / float64(max(1, n-1))
	}
	return r
}

// Check reports the first value that makes no sense, with what would.
func (c Config) Check() error {
	bad := func(name string, v any, want string) error {
		return fmt.Errorf("train: %s is %v, want %s", name, v, want)
	}
	switch {
	case c.Kind != Pretrain && c.Kind != Finetune:
		return bad("kind", c.Kind, "pretrain or finetune")
	case c.Kind == Finetune && c.Mode != Full && c.Mode != Linear:
		return bad("mode", c.Mode, "full or linear")
	case c.Size < model.Patch || c.Size%model.Patch != 0 || c.Size > 1024:
		return bad("size", c.Size, "a multiple of 32 up to 1024 pixels")
	case c.Batch < 1:
		return bad("batch", c.Batch, "at least 1")
	case c.Micro < 0 || c.Micro > 0 && c.Batch%c.Micro != 0:
		return bad("micro-batch", c.Micro, fmt.Sprintf("a divisor of the batch, %d", c.Batch))
	case !(c.Epochs > 0):
		return bad("epochs", c.Epochs, "more than 0")
	case !(c.Warmup >= 0 && c.Warmup <= c.Epochs):
		return bad("warm-up", c.Warmup, fmt.Sprintf("0 to the run's %v epochs", c.Epochs))
	case !(c.BLR > 0):
		return bad("blr", c.BLR, "more than 0")
	case !(c.MinLR >= 0 && c.MinLR <= c.LR()):
		return bad("smallest learning rate", c.MinLR, fmt.Sprintf("0 to the largest, %g", c.LR()))
	case !(c.WeightDecay >= 0):
		return bad("weight decay", c.WeightDecay, "0 or more")
	case !(c.EMA >= 0 && c.EMA < 1):
		return bad("EMA decay", c.EMA, "0 (none) to under 1")
	case !(c.Clip >= 0):
		return bad("clip", c.Clip, "0 (none) or more")
	case !(c.DropPath >= 0 && c.DropPath < 1):
		return bad("drop path", c.DropPath, "0 to under 1")
	case !(c.LayerDecay >= 0 && c.LayerDecay <= 1):
		return bad("layer decay", c.LayerDecay, "0 (none) to 1")
	case !(c.Smoothing >= 0 && c.Smoothing < 1):
		return bad("label smoothing", c.Smoothing, "0 to under 1")
	case !(c.Val >= 0 && c.Val < 1):
		return bad("validation share", c.Val, "0 to under 1")
	case !(c.Every > 0):
		return bad("epochs between validations", c.Every, "more than 0")
	case c.Kind == Pretrain && !(c.Ratio > 0 && c.Ratio < 1):
		return bad("mask ratio", c.Ratio, "over 0 and under 1")
	}
	if err := c.LayerDecayType.check(); err != nil {
		return err
	}
	if err := c.Augment.Check(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := c.Mix.Check(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return c.Model.Check()
}
