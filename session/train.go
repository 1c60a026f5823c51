package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/model"
	"unmask/train"
	"unmask/weights"
)

// TrainSpec is what a front end decides about a run beside its configuration.
type TrainSpec struct {
	Kind  train.Kind
	Mode  train.Mode
	Model string // a size's name, for a start from scratch
	// Scratch begins with fresh weights, whatever is loaded.
	Scratch bool
	Data    *data.Dataset
	Store   train.Store
	// Prefer is the device that trains: auto, gpu or cpu. The session's own one only
	// holds the weights to begin with.
	Prefer string
}

// ValShare is the share of the pictures that validates a run where no folder is set
// aside for it, unless a front end says otherwise.
func ValShare(kind train.Kind) float64 {
	if kind == train.Pretrain {
		return 0.05
	}
	return 0.15
}

// Preset proposes the configuration of a run: from the loaded weights, else from
// scratch.
func (s *Session) Preset(t TrainSpec) (train.Config, error) {
	cfg, err := s.architecture(t)
	if err != nil {
		return train.Config{}, err
	}
	file, from := s.begin(t)
	if t.Mode == "" {
		t.Mode = train.Full
	}
	if t.Kind == train.Pretrain {
		c := train.PretrainPreset(cfg, len(t.Data.Train))
		c.Model.NormPix, c.From = cfg.NormPix, from
		return c, nil
	}
	if t.Mode == train.Linear && file == nil {
		return train.Config{}, problem("weights", fmt.Errorf("session: a linear fine-tuning from scratch would train on random features"), "give weights to begin from, or choose the full mode")
	}
	c := train.FinetunePreset(cfg, len(t.Data.Train), t.Mode, file == nil)
	c.From = from
	return c, nil
}

// begin is the weights that a run begins with and their name; nil and "" from scratch.
func (s *Session) begin(t TrainSpec) (*weights.File, string) {
	if t.Scratch {
		return nil, ""
	}
	return s.file, s.info.Name
}

// architecture is that of the weights to begin with, or the named size.
func (s *Session) architecture(t TrainSpec) (model.Config, error) {
	if s.net != nil && !t.Scratch {
		return s.net.Config, nil
	}
	cfg, err := model.Size(t.Model)
	if err != nil {
		return cfg, problem("weights", err, "")
	}
	return cfg, nil
}

// StartTraining prepares a run on a device of its own. note says what became of a
// classifier's head that the weights had.
func (s *Session) StartTraining(ctx context.Context, c train.Config, t TrainSpec, watch train.Observer) (run *train.Run, note string, err error) {
	o := s.trainOptions(t, watch)
	o.Config = c
	if file, _ := s.begin(t); file != nil {
		o.Weights = file.Tensors
		if c.Kind == train.Finetune && !slices.Equal(s.classes, t.Data.Classes) {
			o.Weights = slices.DeleteFunc(slices.Clone(o.Weights), func(w weights.Tensor) bool { return strings.HasPrefix(w.Name, "head.") })
			if k := s.info.Classes; k > 0 {
				note = fmt.Sprintf("The head of %s, for %d classes, was replaced by a fresh one for the %d classes here.", s.info.Name, k, len(t.Data.Classes))
			}
		}
		if l := s.info.Licence; l != "" {
			o.Notes = map[string]string{weights.MetaLicence: l}
		}
	}
	run, err = train.New(ctx, o)
	return run, note, explained(err)
}

// ResumeTraining continues the run of a store.
func (s *Session) ResumeTraining(ctx context.Context, t TrainSpec, watch train.Observer) (*train.Run, error) {
	run, err := train.Resume(ctx, s.trainOptions(t, watch))
	return run, explained(err)
}

func (s *Session) trainOptions(t TrainSpec, watch train.Observer) train.Options {
	var choice *Tuned
	opened := false
	return train.Options{Store: t.Store, Data: t.Data, Observer: watch, Open: func(ctx context.Context) (device.Device, error) {
		dev, note, err := s.open(ctx, t.Prefer)
		if d, ok := dev.(*gpu.Device); ok && opened {
			use(d, choice) // other kernels round otherwise, and the losses of a resumed run are to be the same
		} else if ok {
			choice, opened = s.choices[d.Info().Name], true
		}
		if err == nil && note != "" && watch.Note != nil {
			watch.Note(note)
		}
		if t := s.training.Load(); t != nil {
			t.dev = dev
		}
		return dev, err
	}}
}

// explained gives the errors of package train, which name their remedies, the code
// that front ends sort by.
func explained(err error) error {
	var f *failure
	if err == nil || errors.As(err, &f) || errors.Is(err, device.ErrLost) {
		return err
	}
	return problem("training", err, "")
}
