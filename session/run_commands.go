package session

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"unmask/data"
	"unmask/internal/device"
	"unmask/train"
)

// What a front end needs of other packages, so that it has to know this one only.
type (
	Kind    = train.Kind
	Step    = train.Step
	Config  = train.Config
	Line    = train.Line
	Mistake = train.Mistake
	Refusal = data.Refusal
)

// The runKinds of run.
const (
	Pretrain = train.Pretrain
	Finetune = train.Finetune
)

// TrainPlan is the argument of DoPlan and DoTrain.
type TrainPlan struct {
	Mode    train.Mode `json:"mode,omitempty"`    // finetune: full or linear
	Model   string     `json:"model,omitempty"`   // size of a start from scratch
	Scratch bool       `json:"scratch,omitempty"` // whatever weights are loaded
	// Quick asks for a first answer soon: small pictures, a tenth of the steps.
	Quick bool `json:"quick,omitempty"`
	// Config overrides the preset where it has keys: those of config.json.
	Config json.RawMessage `json:"config,omitempty"`
}

// RunInfo is where a run stands.
type RunInfo struct {
	Kind    train.Kind    `json:"kind"`
	Config  *train.Config `json:"config,omitempty"`
	Need    *train.Need   `json:"need,omitempty"`
	Train   int           `json:"train,omitempty"` // pictures
	Val     int           `json:"val,omitempty"`
	Step    int           `json:"step"`
	Total   int           `json:"total,omitempty"`
	Stopped bool          `json:"stopped,omitempty"` // before its last step, on demand; it can be resumed
	Best    bool          `json:"best,omitempty"`    // there are best weights: a validation was done
	Skipped []string      `json:"skipped,omitempty"` // pictures that could not be read
}

// SampleInfo describes one validation picture of EvSamples, whose blobs are the
// original and the reconstruction with the visible pixels pasted in, RGBA, for
// each.
type SampleInfo struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Hidden string  `json:"hidden"` // mask bits, row-major
	Loss   float64 `json:"loss"`
}

// runKinds are the runs that a project may have, one of each.
var runKinds = []train.Kind{train.Pretrain, train.Finetune}

func checkKind(kind train.Kind) error {
	if !slices.Contains(runKinds, kind) {
		return problem("internal", fmt.Errorf("session: no kind of run %q", kind), "")
	}
	return nil
}

// training is the run under way.
type training struct {
	ctx  context.Context // of the front end, which no stop ends
	stop context.CancelFunc
	send func(Event) // events of the command that trains
	emit func(Event) // events of the commands that are answered meanwhile
	dev  device.Device
}

// Stop ends the run under way after its present step, if there is one. Unlike
// DoStop, which waits for its turn among the commands, it may be called from
// another goroutine while Do trains.
func (s *Session) Stop() {
	if t := s.training.Load(); t != nil {
		t.stop()
	}
}

// idle is the error that a run is under way.
func (s *Session) idle() error {
	if s.training.Load() == nil {
		return nil
	}
	return problem("training", fmt.Errorf("session: a run is under way"), "stop it first")
}

// run is the state of the project's run of a kind, from what it wrote; false where
// there is none.
func (p *project) run(kind train.Kind) (RunInfo, bool, error) {
	store := runStore{p.files, kind}
	info := RunInfo{Kind: kind}
	progress, err := train.StoredProgress(store)
	if errors.Is(err, fs.ErrNotExist) {
		return info, false, nil
	} else if err != nil {
		return info, false, err
	}
	cfg, err := train.Stored(store)
	if err != nil {
		return info, false, err
	}
	info.Config, info.Step, info.Total = &cfg, progress.Step, progress.Total
	info.Stopped, info.Best = progress.Step < progress.Total, progress.HasBest
	return info, true, nil
}

// doTrain begins or resumes a run and trains to its end, or until it is stopped.
// Other commands are answered between its steps.
func (s *Session) doTrain(ctx context.Context, c Command, send, emit func(Event)) error {
	if err := s.idle(); err != nil {
		return err
	}
	p, err := s.opened()
	if err != nil {
		return err
	}
	t := &training{ctx: ctx, send: send, emit: emit}
	ctx, t.stop = context.WithCancel(ctx)
	defer t.stop()
	s.training.Store(t)
	defer s.training.Store(nil)

	spec, run, err := s.prepareRun(ctx, p, c)
	if err != nil {
		return err
	}
	defer spec.Data.Close()
	defer run.Close()
	s.dropAside()
	cfg, need := run.Config(), run.Need()
	send(Event{Kind: EvRun, Run: &RunInfo{Kind: cfg.Kind, Config: &cfg, Need: &need, Train: len(spec.Data.Train), Val: len(spec.Data.Val),
		Step: run.Progress().Step, Total: need.Steps}})
	err = run.Train(ctx)
	stopped := errors.Is(err, context.Canceled)
	if err != nil && !stopped {
		return explained(err)
	}
	send(Event{Kind: EvTrained, Run: &RunInfo{Kind: cfg.Kind, Step: run.Progress().Step, Total: need.Steps, Skipped: run.Skipped(), Stopped: stopped, Best: run.Progress().HasBest}})
	return nil
}

// prepareRun opens the pictures and begins or resumes a run. The caller closes both.
func (s *Session) prepareRun(ctx context.Context, p *project, c Command) (spec TrainSpec, run *train.Run, err error) {
	var note string
	if c.Do == DoResume {
		if spec, note, err = s.resumeSpec(p, c.Kind); err == nil {
			run, err = s.ResumeTraining(ctx, spec, s.observer())
		}
	} else {
		var cfg train.Config
		if spec, cfg, err = s.planned(p, c); err == nil {
			run, note, err = s.StartTraining(ctx, cfg, spec, s.observer())
		}
	}
	if err != nil {
		if spec.Data != nil {
			spec.Data.Close()
		}
		return spec, nil, err
	}
	if note != "" {
		s.training.Load().send(Event{Kind: EvNote, Note: note})
	}
	return spec, run, nil
}

// planned is a new run as a command wants it.
func (s *Session) planned(p *project, c Command) (spec TrainSpec, cfg train.Config, err error) {
	plan := TrainPlan{}
	if c.Plan != nil {
		plan = *c.Plan
	}
	spec = TrainSpec{Kind: c.Kind, Mode: plan.Mode, Model: cmp.Or(plan.Model, "atto"), Scratch: plan.Scratch, Store: runStore{p.files, c.Kind}, Prefer: s.prefer}
	if err := checkKind(c.Kind); err != nil {
		return spec, cfg, err
	}
	o := data.DatasetOptions{Labelled: c.Kind == train.Finetune, ValShare: ValShare(c.Kind)}
	given := struct {
		Seed uint64   `json:"seed"`
		Val  *float64 `json:"val"`
	}{}
	if len(plan.Config) > 0 {
		if err := json.Unmarshal(plan.Config, &given); err != nil {
			return spec, cfg, badConfig(err)
		}
	}
	o.Seed = given.Seed
	if given.Val != nil {
		o.ValShare = *given.Val
	}
	if spec.Data, err = p.pictures.Dataset(o); err != nil {
		return spec, cfg, problem("picture", err, "")
	}
	if cfg, err = s.Preset(spec); err != nil {
		return spec, cfg, err
	}
	if plan.Quick {
		cfg = cfg.Quick(len(spec.Data.Train))
	}
	cfg.Data, cfg.Val, cfg.Seed = p.fingerprint(), o.ValShare, o.Seed
	cfg, err = override(cfg, plan.Config)
	return spec, cfg, err
}

// fingerprint names the project's pictures as they are now.
func (p *project) fingerprint() string {
	return fmt.Sprintf("%d pictures, %s", len(p.pictures.Entries()), p.pictures.Fingerprint())
}

// resumeSpec is the project's run of a kind; the note says where its pictures are
// no longer those that it began with.
func (s *Session) resumeSpec(p *project, kind train.Kind) (spec TrainSpec, note string, err error) {
	spec = TrainSpec{Kind: kind, Store: runStore{p.files, kind}, Prefer: s.prefer}
	cfg, err := train.Stored(spec.Store)
	if err != nil {
		return spec, "", explained(err)
	}
	if spec.Data, err = p.pictures.Dataset(cfg.DatasetOptions()); err != nil {
		return spec, "", problem("picture", err, "bring the pictures back that the run began with, or begin a new run")
	}
	if cfg.Data != p.fingerprint() {
		note = "The pictures have changed since this run began. It goes on with those that are there now."
	}
	return spec, note, nil
}

// override is a preset with the keys of a partial config.json in their place.
func override(preset train.Config, partial json.RawMessage) (train.Config, error) {
	c := preset
	c.Micro = 0 // what fits the device
	if len(partial) == 0 {
		return c, nil
	}
	d := json.NewDecoder(bytes.NewReader(partial))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, badConfig(err)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(partial, &keys); err != nil {
		return c, badConfig(err)
	}
	if keys["warmup"] == nil {
		c.Warmup = min(c.Warmup, c.Epochs/4)
	}
	// These are decided by the command and by what is loaded.
	c.Kind, c.Mode, c.From, c.Data, c.Classes = preset.Kind, preset.Mode, preset.From, preset.Data, preset.Classes
	norm := c.Model.NormPix
	c.Model = preset.Model
	c.Model.NormPix = norm
	return c, nil
}

func badConfig(err error) error {
	return problem("training", fmt.Errorf("session: the run's configuration cannot be read: %w", err), "use keys of a run's config.json")
}

// doPlan tells what a run would be and cost.
func (s *Session) doPlan(c Command, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	spec, cfg, err := s.planned(p, c)
	if spec.Data != nil {
		defer spec.Data.Close()
	}
	if err != nil {
		return err
	}
	need, err := train.Plan(cfg, spec.Data)
	if err != nil {
		return explained(err)
	}
	cfg.Classes = spec.Data.Classes
	send(Event{Kind: EvRun, Run: &RunInfo{Kind: cfg.Kind, Config: &cfg, Need: &need, Train: len(spec.Data.Train), Val: len(spec.Data.Val), Total: need.Steps}})
	return nil
}

// observer sends a run's progress as events, and answers other commands.
func (s *Session) observer() train.Observer {
	send := s.training.Load().send
	return train.Observer{
		Step: func(p train.Step) { send(Event{Kind: EvTrain, Step: &p}) },
		Epoch: func(l train.Line) {
			s.dropAside() // the best weights may be others now
			send(Event{Kind: EvEpoch, Line: &l})
		},
		Samples: func(step int, samples []train.Sample) {
			e := Event{Kind: EvSamples, Run: &RunInfo{Step: step}}
			for _, p := range samples {
				e.Samples = append(e.Samples, SampleInfo{Width: p.Original.W, Height: p.Original.H, Hidden: p.Mask.Bits(), Loss: p.Loss})
				e.Blobs = append(e.Blobs, p.Original.RGBA(), data.Composite(p.Original, p.Reconstruction, p.Mask).RGBA())
			}
			send(e)
		},
		Saved:   func(step int) { send(Event{Kind: EvSaved, Run: &RunInfo{Step: step}}) },
		Note:    func(text string) { send(Event{Kind: EvNote, Note: text}) },
		Between: s.answer,
	}
}

// answer carries out the commands that have come meanwhile.
func (s *Session) answer() {
	t := s.training.Load()
	for s.options.Next != nil && t.ctx.Err() == nil {
		c, ok := s.options.Next()
		if !ok {
			return
		}
		s.Do(t.ctx, c, t.emit)
	}
}

// doRunFile reads a file of a run, such as its best weights.
func (s *Session) doRunFile(c Command, send func(Event)) error {
	b, err := s.runFile(c.Kind, c.Name)
	if err != nil {
		return err
	}
	send(Event{Kind: EvFile, Note: c.Name, Blobs: [][]byte{b}})
	return nil
}

func (s *Session) runFile(kind train.Kind, name string) ([]byte, error) {
	p, err := s.opened()
	if err != nil {
		return nil, err
	}
	b, err := runStore{p.files, kind}.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem("training", fmt.Errorf("session: the project %s has no %s of a %s run", p.name, name, kind), "train first")
	}
	return b, explained(err)
}

// doForget deletes a run; the pictures stay.
func (s *Session) doForget(c Command, send func(Event)) error {
	p, err := s.opened()
	if err == nil {
		err = s.idle()
	}
	if err != nil {
		return err
	}
	if err := checkKind(c.Kind); err != nil {
		return err
	}
	s.dropAside()
	if err := p.files.RemoveAll(string(c.Kind)); err != nil {
		return problem("project", err, "")
	}
	return s.sendProject(send, nil)
}

// doScores measures the loaded classifier on the validation pictures of the run
// that wrote it.
func (s *Session) doScores(ctx context.Context, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	if err := s.canClassify(); err != nil {
		return err
	}
	spec, _, err := s.resumeSpec(p, train.Finetune)
	if err != nil {
		return err
	}
	defer spec.Data.Close()
	r, err := s.EvalClasses(ctx, spec.Data, LabelOptions{Split: "val"}, func(done, total int) {
		send(Event{Kind: EvProgress, Progress: &Progress{What: "scores", Done: float64(done), Total: float64(total), Unit: "pictures"}})
	})
	if err != nil {
		return err
	}
	send(Event{Kind: EvScores, Scores: r})
	return nil
}
