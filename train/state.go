package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"unmask/graph"
	"unmask/internal/device"
	"unmask/model"
	"unmask/weights"
)

// Progress is where a run stands. With the seed of the configuration it is the
// whole state of its randomness: order, crops and masks of step N depend on
// nothing else.
type Progress struct {
	Step    int     `json:"step"` // optimiser steps that are done
	Best    float64 `json:"best"` // best validation value so far
	HasBest bool    `json:"has_best"`
	LRScale float64 `json:"lr_scale"` // factor after a roll-back
	Rolled  int     `json:"rolled"`   // roll-backs so far
	// Validated is the step of the last validation that is in the log.
	Validated int `json:"validated"`
}

// Reached is what ProgressFile holds.
type Reached struct {
	Progress
	Total int `json:"total"` // steps of the whole run
}

// StoredProgress tells how far the run in a store is, as of its last checkpoint; the
// error wraps fs.ErrNotExist where there is none.
func StoredProgress(store Store) (r Reached, err error) {
	b, err := store.Read(ProgressFile)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("train: %s cannot be read: %w", ProgressFile, err)
	}
	return r, nil
}

func (r *Run) writeProgress(p Progress) error {
	return r.store.Write(ProgressFile, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(Reached{p, r.cfg.Steps(r.per)})
	})
}

// Prefixes of the optimiser's tensors in a checkpoint, and the metadata's key of
// the progress. Readers of weights pass over tensors that begin with "train.".
const (
	firstPrefix  = weights.TrainPrefix + "m."
	secondPrefix = weights.TrainPrefix + "v."
	emaPrefix    = weights.TrainPrefix + "ema."
	metaProgress = weights.MetaTrainPrefix + "progress"
	metaConfig   = weights.MetaTrainPrefix + "config"
	metaVersion  = weights.MetaTrainPrefix + "version"
)

// checkpointVersion changes when an older program's state can no longer be continued.
const checkpointVersion = "1"

// Snapshot is the whole state of a training in host memory: what a checkpoint
// holds, and what is restored after a roll-back or on a fresh device.
type Snapshot struct {
	Progress Progress
	Weights  []weights.Tensor // official names
	M, V     []weights.Tensor
	EMA      []weights.Tensor // empty without a moving average
}

// snapshot downloads the state.
func snapshot(ctx context.Context, net *model.Network, o *Optimizer, p Progress) (*Snapshot, error) {
	s := &Snapshot{Progress: p}
	for _, part := range []struct {
		to   *[]weights.Tensor
		from *graph.Params
	}{{&s.Weights, net.Params()}, {&s.M, o.m}, {&s.V, o.v}, {&s.EMA, o.ema}} {
		if part.from == nil {
			continue
		}
		var err error
		if *part.to, err = download(ctx, net.Config, part.from); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// download reads all parameters, buffer by buffer.
func download(ctx context.Context, cfg model.Config, p *graph.Params) ([]weights.Tensor, error) {
	host := map[device.Buffer][]float32{}
	for _, b := range p.Buffers() {
		v, err := p.Download(ctx, b)
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		host[b] = v
	}
	var ts []weights.Tensor
	for _, q := range cfg.Params() {
		v := p.View(q.Name)
		ts = append(ts, weights.Tensor{Name: q.Name, Shape: q.Shape, DType: "F32", Data: q.Checkpoint(host[v.Buffer][v.Offset : v.Offset+v.Len])})
	}
	return ts, nil
}

// restore uploads the state.
func (s *Snapshot) restore(net *model.Network, o *Optimizer) error {
	for _, part := range []struct {
		what string
		from []weights.Tensor
		to   *graph.Params
	}{{"weights", s.Weights, net.Params()}, {"first moments", s.M, o.m}, {"second moments", s.V, o.v}, {"moving average", s.EMA, o.ema}} {
		if part.to == nil {
			continue
		}
		have := map[string][]float32{}
		for _, t := range part.from {
			have[t.Name] = t.Data
		}
		for _, p := range net.Config.Params() {
			v, ok := have[p.Name]
			if !ok || len(v) != p.Len() {
				return fmt.Errorf("train: checkpoint: %s of %q: want %d values, found %d", part.what, p.Name, p.Len(), len(v))
			}
			if err := part.to.Set(p.Name, p.Device(v)); err != nil {
				return fmt.Errorf("train: %w", err)
			}
		}
	}
	return nil
}

// Averaged are the weights to use: the moving average where there is one.
func (s *Snapshot) Averaged() []weights.Tensor {
	if len(s.EMA) > 0 {
		return s.EMA
	}
	return s.Weights
}

// file is the checkpoint: weights under their official names, so that it loads as
// weights too, and the rest behind its prefixes.
func (s *Snapshot) file(cfg Config, meta map[string]string) (*weights.File, error) {
	progress, err := json.Marshal(s.Progress)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	config, err := json.Marshal(cfg)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	f := &weights.File{Meta: map[string]string{metaProgress: string(progress), metaConfig: string(config), metaVersion: checkpointVersion}}
	for k, v := range meta {
		f.Meta[k] = v
	}
	f.Tensors = append(f.Tensors, s.Weights...)
	for _, part := range []struct {
		prefix string
		from   []weights.Tensor
	}{{firstPrefix, s.M}, {secondPrefix, s.V}, {emaPrefix, s.EMA}} {
		for _, t := range part.from {
			t.Name = part.prefix + t.Name
			f.Tensors = append(f.Tensors, t)
		}
	}
	return f, nil
}

// ReadCheckpoint decodes a checkpoint file.
func ReadCheckpoint(name string, b []byte) (*Snapshot, Config, error) {
	var cfg Config
	f, err := weights.Read(name, b)
	if err != nil {
		return nil, cfg, err
	}
	if f.Meta[metaProgress] == "" || f.Meta[metaConfig] == "" {
		return nil, cfg, fmt.Errorf("train: %s holds weights but no training state, so it cannot be resumed; start a run --from it", name)
	}
	if v := f.Meta[metaVersion]; v != checkpointVersion {
		return nil, cfg, fmt.Errorf("train: %s was written by another version of Unmask (state %q, want %q): resume it with that version, or start a run --from it", name, v, checkpointVersion)
	}
	s := &Snapshot{}
	if err := json.Unmarshal([]byte(f.Meta[metaProgress]), &s.Progress); err != nil {
		return nil, cfg, fmt.Errorf("train: %s: its progress cannot be read: %w", name, err)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(f.Meta[metaConfig])))
	d.DisallowUnknownFields()
	if err := d.Decode(&cfg); err != nil {
		return nil, cfg, fmt.Errorf("train: %s: its configuration cannot be read: %w", name, err)
	}
	for _, t := range f.Tensors {
		to := &s.Weights
		for prefix, part := range map[string]*[]weights.Tensor{firstPrefix: &s.M, secondPrefix: &s.V, emaPrefix: &s.EMA} {
			if strings.HasPrefix(t.Name, prefix) {
				to, t.Name = part, strings.TrimPrefix(t.Name, prefix)
				break
			}
		}
		*to = append(*to, t)
	}
	return s, cfg, nil
}
