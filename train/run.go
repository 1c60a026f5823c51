package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"unmask/data"
	"unmask/internal/device"
	"unmask/model"
	"unmask/weights"
)

// Options are what a run needs beside its configuration.
type Options struct {
	Config  Config
	Store   Store
	Data    *data.Dataset
	Cache   *data.Cache       // of Data, shared with other work; nil: a new one of CacheBytes
	Weights []weights.Tensor  // to begin with, official names; nil or incomplete: the rest is drawn
	Notes   map[string]string // metadata for the weights that are written: licence
	// Open gives a device, and a fresh one after a loss.
	Open func(ctx context.Context) (device.Device, error)
	// SaveEvery is the longest time without a checkpoint; 0: two minutes.
	SaveEvery time.Duration
	Observer  Observer
}

// CacheBytes is how much memory decoded pictures may take.
const CacheBytes = 1 << 30

// Run is one training.
type Run struct {
	cfg   Config
	o     Options
	store Store
	cache *data.Cache

	dev     device.Device
	net     *model.Network
	trainer *model.Trainer
	opt     *Optimizer

	progress Progress
	safe     *Snapshot // the last good state
	per      int       // steps an epoch
	check    *Check    // of the weights that were validated last
	saved    time.Time
	skipped  int // unreadable pictures that were reported
}

// New prepares a run from its beginning and writes config.json. A store that
// holds a run already is refused.
func New(ctx context.Context, o Options) (*Run, error) {
	if _, err := o.Store.Read(LastFile); err == nil {
		return nil, fmt.Errorf("train: there is a run here already: resume it, or choose another folder")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	r.progress = Progress{LRScale: 1}
	start := r.start()
	if err := r.build(ctx, start); err != nil {
		r.Close()
		return nil, err
	}
	err = o.Store.Write(ConfigFile, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r.cfg)
	})
	if err == nil {
		err = r.checkpoint(ctx)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Resume continues the run that a store holds from its last checkpoint. Only the
// device, the data's place and the observer of o count.
func Resume(ctx context.Context, o Options) (*Run, error) {
	b, err := o.Store.Read(LastFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("train: there is no run to resume here: %s is missing", LastFile)
	} else if err != nil {
		return nil, err
	}
	s, cfg, err := ReadCheckpoint(LastFile, b)
	if err != nil {
		return nil, err
	}
	o.Config = cfg
	r, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	r.progress = s.Progress
	if err := errors.Join(r.build(ctx, s), r.cutLog()); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Stored returns the configuration of the run in a store.
func Stored(store Store) (Config, error) {
	var c Config
	b, err := store.Read(ConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("train: there is no run here: %s is missing", ConfigFile)
	} else if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("train: %s cannot be read: %w", ConfigFile, err)
	}
	return c, nil
}

// prepare checks configuration and data and opens the device.
func prepare(ctx context.Context, o Options) (*Run, error) {
	r := &Run{cfg: o.Config, o: o, store: o.Store, cache: o.Cache}
	if r.cfg.Kind == Finetune {
		if r.cfg.Classes == nil {
			r.cfg.Classes = o.Data.Classes
		}
		if err := o.Data.CheckClasses(r.cfg.Classes); err != nil {
			return nil, err
		}
	}
	r.cfg.Model = r.cfg.headed(r.cfg.Classes)
	if r.cache == nil {
		r.cache = data.NewCache(o.Data, CacheBytes, 0)
	}
	if r.o.SaveEvery == 0 {
		r.o.SaveEvery = 2 * time.Minute
	}
	sampler, err := data.NewSampler(o.Data, o.Data.Train, max(1, r.cfg.Batch), r.cfg.Balance, r.cfg.Seed)
	if err != nil {
		return nil, err
	}
	r.per = sampler.StepsPerEpoch()
	if err := r.cfg.Check(); err != nil {
		return nil, err
	}
	if r.dev, err = o.Open(ctx); err != nil {
		return nil, err
	}
	if r.cfg, err = r.cfg.fit(r.dev.Info()); err != nil {
		r.dev.Close()
		return nil, err
	}
	return r, nil
}

// Need is what the run costs.
func (r *Run) Need() Need { return r.cfg.need(r.per) }

// Config is the run's configuration, complete.
func (r *Run) Config() Config { return r.cfg }

// Progress is where the run stands.
func (r *Run) Progress() Progress { return r.progress }

// Skipped names the pictures that could not be read.
func (r *Run) Skipped() []string {
	names := []string{}
	for _, u := range r.cache.Unreadable() {
		names = append(names, u.Err.Error())
	}
	return names
}

// start is the state before the first step: given weights where their shapes fit,
// drawn ones elsewhere.
func (r *Run) start() *Snapshot {
	given := map[string]weights.Tensor{}
	for _, t := range r.o.Weights {
		given[t.Name] = t
	}
	s := &Snapshot{Progress: r.progress}
	for _, p := range r.cfg.Model.Params() {
		t, ok := given[p.Name]
		if !ok || len(t.Data) != p.Len() {
			t = weights.Tensor{Name: p.Name, Shape: p.Shape, DType: "F32", Data: Init(r.cfg.Seed, p)}
			if p.Part == model.Head && p.Name == "head.weight" && r.cfg.HeadInit > 0 {
				for i := range t.Data {
					t.Data[i] *= float32(r.cfg.HeadInit)
				}
			}
		}
		zero := weights.Tensor{Name: p.Name, Shape: p.Shape, DType: "F32", Data: make([]float32, p.Len())}
		s.Weights, s.M, s.V = append(s.Weights, t), append(s.M, zero), append(s.V, zero)
		if r.cfg.EMA > 0 {
			s.EMA = append(s.EMA, t)
		}
	}
	return s
}

// build puts a state on the device.
func (r *Run) build(ctx context.Context, s *Snapshot) error {
	r.unload()
	have := map[string][]float32{}
	for _, t := range s.Weights {
		have[t.Name] = t.Data
	}
	var err error
	if r.net, err = model.NewNetwork(r.dev, r.cfg.Model, func(name string) []float32 { return have[name] }); err != nil {
		return err
	}
	if r.trainer, err = model.NewTrainer(r.net, r.cfg.training()); err != nil {
		return err
	}
	if r.opt, err = NewOptimizer(r.net, r.cfg.group, r.cfg.EMA > 0); err != nil {
		return err
	}
	if err := s.restore(r.net, r.opt); err != nil {
		return err
	}
	r.safe, r.saved = s, time.Now()
	return nil
}

func (r *Run) unload() {
	if r.opt != nil {
		r.opt.Release()
	}
	if r.trainer != nil {
		r.trainer.Release()
	}
	if r.net != nil {
		r.net.Release()
	}
	r.opt, r.trainer, r.net = nil, nil, nil
}

// checkpoint takes a snapshot and writes it.
func (r *Run) checkpoint(ctx context.Context) error {
	s, err := snapshot(ctx, r.net, r.opt, r.progress)
	if err != nil {
		return err
	}
	return r.write(s)
}

// write makes a snapshot the last good state, in memory and in the store.
func (r *Run) write(s *Snapshot) error {
	r.safe, r.saved = s, time.Now()
	f, err := s.file(r.cfg, r.meta())
	if err != nil {
		return err
	}
	err = r.store.Write(LastFile, func(w io.Writer) error { return weights.WriteSafetensors(w, f, "f32") })
	if err == nil {
		err = r.writeProgress(s.Progress)
	}
	if err != nil {
		return fmt.Errorf("train: the checkpoint of step %d cannot be written; the last complete one stays: %w", r.progress.Step, err)
	}
	if r.o.Observer.Saved != nil {
		r.o.Observer.Saved(r.progress.Step)
	}
	return nil
}

// Save writes a checkpoint now.
func (r *Run) Save(ctx context.Context) error { return r.checkpoint(ctx) }

// Close frees the run's device.
func (r *Run) Close() {
	if r.dev != nil {
		r.unload()
		r.dev.Close()
		r.dev = nil
	}
}
