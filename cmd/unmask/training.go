package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"unmask/data"
	"unmask/internal/report"
	"unmask/session"
	"unmask/train"
)

// trainFlags are what pretrain and finetune share. A value that was not given
// stays the preset's.
type trainFlags struct {
	kind                                    train.Kind
	out, from, model                        string
	resume, dry, dark                       bool
	size, batch, micro                      int
	epochs, warmup, every, val              float64
	blr, minLR, decay, clip, ema            float64
	seed                                    uint64
	ratio                                   float64
	norm                                    bool
	mode, augment, layerType                string
	layer, drop, smooth, mixup, cut, levels float64
}

func (f *trainFlags) register(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "folder of the run: configuration, log, checkpoints, curves")
	fl.StringVar(&f.model, "model", "atto", "size for a start from scratch: atto, femto, ...")
	fl.BoolVar(&f.resume, "resume", false, "continue the run in --out")
	fl.BoolVar(&f.dry, "dry-run", false, "print what the run would cost and stop; needs no GPU")
	fl.BoolVar(&f.dark, "dark", false, "dark pictures and curves")
	fl.IntVar(&f.size, "size", 0, "side of the pictures in pixels")
	fl.IntVar(&f.batch, "batch", 0, "pictures of a step")
	fl.IntVar(&f.micro, "micro", 0, "pictures at once on the device; divides the batch (default: what fits)")
	fl.Float64Var(&f.epochs, "epochs", 0, "passes over the training pictures")
	fl.Float64Var(&f.warmup, "warmup", 0, "epochs of rising learning rate")
	fl.Float64Var(&f.every, "every", 0, "epochs between validations")
	fl.Float64Var(&f.val, "val", 0, "share set aside for validation where no folder is")
	fl.Float64Var(&f.blr, "blr", 0, "learning rate for a batch of 256; the run's is blr * batch / 256")
	fl.Float64Var(&f.minLR, "min-lr", 0, "smallest learning rate")
	fl.Float64Var(&f.decay, "weight-decay", 0, "weight decay of AdamW")
	fl.Float64Var(&f.clip, "clip", 0, "limit of the gradients' norm; 0: none")
	fl.Float64Var(&f.ema, "ema", 0, "decay of the moving average of the weights; 0: none")
	fl.Uint64Var(&f.seed, "seed", 0, "seed of order, crops, masks and fresh weights")
}

// apply overwrites the preset with the flags that were given.
func (f *trainFlags) apply(c *cobra.Command, cfg *train.Config) error {
	set := func(name string, do func()) {
		if c.Flags().Changed(name) {
			do()
		}
	}
	cfg.Seed = f.seed
	// A smaller batch keeps its micro-batch within it; the device decides if none is given.
	set("batch", func() { cfg.Batch = f.batch })
	cfg.Micro = f.micro
	set("size", func() { cfg.Size = f.size })
	set("epochs", func() { cfg.Epochs = f.epochs; cfg.Warmup = min(cfg.Warmup, f.epochs/4) })
	set("warmup", func() { cfg.Warmup = f.warmup })
	set("every", func() { cfg.Every = f.every })
	set("blr", func() { cfg.BLR = f.blr })
	set("min-lr", func() { cfg.MinLR = f.minLR })
	set("weight-decay", func() { cfg.WeightDecay = f.decay })
	set("clip", func() { cfg.Clip = f.clip })
	set("ema", func() { cfg.EMA = f.ema })
	set("ratio", func() { cfg.Ratio = f.ratio })
	set("norm-pix", func() { cfg.Model.NormPix = f.norm })
	set("layer-decay", func() {
		cfg.LayerDecay = f.layer
		if cfg.LayerDecayType == train.NoLayerDecay {
			cfg.LayerDecayType = train.SingleDecay
		}
	})
	set("layer-decay-type", func() { cfg.LayerDecayType = train.LayerDecay(f.layerType) })
	set("drop-path", func() { cfg.DropPath = f.drop })
	set("smoothing", func() { cfg.Smoothing = f.smooth })
	set("mixup", func() { cfg.Mix.Mixup, cfg.Mix.Prob, cfg.Mix.Switch = f.mixup, 1, 0.5 })
	set("cutmix", func() { cfg.Mix.Cutmix, cfg.Mix.Prob, cfg.Mix.Switch = f.cut, 1, 0.5 })
	set("balance", func() { cfg.Balance = f.levels })
	if c.Flags().Changed("augment") {
		a, err := augmentation(f.augment)
		if err != nil {
			return usageError{err}
		}
		cfg.Augment = a
	}
	return nil
}

// augmentation is named by what it does, or by timm's name of a RandAugment policy.
func augmentation(name string) (data.Augment, error) {
	whole := data.Augment{Scale: [2]float64{1, 1}, Ratio: [2]float64{1, 1}}
	switch name {
	case "none":
		return whole, nil
	case "flip":
		whole.Flip = 0.5
		return whole, nil
	case "crop":
		a := data.PretrainAugment()
		a.Scale[0] = 0.35
		return a, nil
	case "official":
		return data.FinetuneAugment(), nil
	}
	policy, err := data.ParseRandAugment(name)
	if err != nil {
		return whole, fmt.Errorf("--augment %q: want none, flip, crop, official or a policy such as rand-m9-mstd0.5-inc1: %w", name, err)
	}
	a := data.FinetuneAugment()
	a.RandAugment = policy
	return a, nil
}

// runTraining is the whole of `unmask pretrain` and `unmask finetune`.
func (a *app) runTraining(c *cobra.Command, path string, f trainFlags) error {
	if f.out == "" && !f.dry {
		return usageError{fmt.Errorf("--out RUN is needed: the folder of the run")}
	}
	ctx, store := c.Context(), train.Folder(f.out)
	if f.resume {
		for _, name := range []string{"from", "model", "size", "batch", "micro", "epochs", "blr", "seed"} {
			if c.Flags().Changed(name) {
				return usageError{fmt.Errorf("--resume continues the run as it was begun: leave out --%s", name)}
			}
		}
	}
	// This session only reads the weights to begin with: the run has a device of its own.
	s := a.session()
	defer s.Close()
	if _, _, err := s.Open(ctx, "cpu"); err != nil {
		return err
	}
	spec, cfg, err := a.trainingSpec(c, s, path, &f, store)
	if err != nil {
		return err
	}
	defer spec.Data.Close()
	if f.dry {
		return a.printNeed(cfg, spec)
	}
	w := newWatcher(a, store, cfg, f.dark)
	var run *train.Run
	if f.resume {
		run, err = s.ResumeTraining(ctx, spec, w.observer())
	} else {
		var note string
		run, note, err = s.StartTraining(ctx, cfg, spec, w.observer())
		a.note(note)
	}
	if err != nil {
		return err
	}
	defer run.Close()
	need := run.Need()
	a.note(fmt.Sprintf("%d pictures to train on, %d to validate; %d steps of %d pictures, %d at once; %d MB on the device",
		len(spec.Data.Train), len(spec.Data.Val), need.Steps, run.Config().Batch, need.Micro, need.Peak>>20))
	w.start(run.Progress().Step, need.Steps)
	err = run.Train(ctx)
	w.stop()
	if errors.Is(err, context.Canceled) {
		a.note(fmt.Sprintf("stopped after step %d; everything is saved. Continue with: unmask %s %s --out %s --resume", run.Progress().Step, f.kind, path, f.out))
		return fmt.Errorf("training was interrupted")
	}
	if err != nil {
		return err
	}
	return a.printResult(store, run, f)
}

// trainingSpec opens data and weights and completes the configuration.
func (a *app) trainingSpec(c *cobra.Command, s *session.Session, path string, f *trainFlags, store train.Store) (session.TrainSpec, train.Config, error) {
	spec := session.TrainSpec{Kind: f.kind, Mode: train.Mode(f.mode), Model: f.model, Store: store, Prefer: a.device}
	o := data.DatasetOptions{Labelled: f.kind == train.Finetune, ValShare: valShare(f), Seed: f.seed}
	var stored train.Config
	if f.resume {
		var err error
		if stored, err = train.Stored(store); err != nil {
			return spec, stored, err
		}
		if stored.Kind != f.kind {
			return spec, stored, fmt.Errorf("%s holds a run of %s: resume it with unmask %s", f.out, stored.Kind, stored.Kind)
		}
		o = stored.DatasetOptions()
	}
	d, err := data.OpenDataset(o, path)
	if err != nil {
		return spec, stored, err
	}
	spec.Data = d
	if f.resume {
		return spec, stored, nil
	}
	if f.from != "" && f.from != "none" {
		if err := loadFrom(s, f.from); err != nil {
			d.Close()
			return spec, stored, err
		}
	}
	cfg, err := s.Preset(spec)
	if err == nil {
		cfg.Data, cfg.Val = path, o.ValShare
		err = f.apply(c, &cfg)
	}
	if err != nil {
		d.Close()
	}
	return spec, cfg, err
}

func valShare(f *trainFlags) float64 {
	if f.val > 0 {
		return f.val
	}
	return session.ValShare(f.kind)
}

// loadFrom loads the weights that a run begins with; "default" names those that
// ship with unmask.
func loadFrom(s *session.Session, from string) error {
	if from == "default" {
		from = ""
	}
	name, b, err := weightsFile(from)
	if err != nil {
		return err
	}
	_, err = s.LoadWeights(name, b)
	return err
}

// printNeed is --dry-run.
func (a *app) printNeed(cfg train.Config, spec session.TrainSpec) error {
	need, err := train.Plan(cfg, spec.Data)
	if err != nil {
		return err
	}
	return a.print(need, func(w io.Writer) {
		fmt.Fprintf(w, "model         %s, %d parameters\n", cfg.Model.Name, need.Parameters)
		fmt.Fprintf(w, "data          %d pictures to train on, %d to validate\n", len(spec.Data.Train), len(spec.Data.Val))
		fmt.Fprintf(w, "steps         %d, %d an epoch; batch %d, %d at once\n", need.Steps, need.StepsEpoch, cfg.Batch, need.Micro)
		fmt.Fprintf(w, "state         %.1f MB: parameters, gradients, moments%s\n", mb(need.State), map[bool]string{true: ", moving average"}[cfg.EMA > 0])
		fmt.Fprintf(w, "activations   %.1f MB\n", mb(need.Activations))
		fmt.Fprintf(w, "validation    %.1f MB\n", mb(need.Validation))
		fmt.Fprintf(w, "peak          %.1f MB, largest buffer %.1f MB\n", mb(need.Peak), mb(need.Largest))
	})
}

func mb(bytes int) float64 { return float64(bytes) / (1 << 20) }

// trainResult is the JSON of a finished run.
type trainResult struct {
	Out     string     `json:"out"`
	Steps   int        `json:"steps"`
	Last    train.Line `json:"last"`
	Skipped []string   `json:"skipped"`
}

func (a *app) printResult(store train.Folder, run *train.Run, f trainFlags) error {
	lines, err := train.ReadLog(store)
	if err != nil {
		return err
	}
	r := trainResult{Out: f.out, Steps: run.Progress().Step, Skipped: run.Skipped()}
	if len(lines) > 0 {
		r.Last = lines[len(lines)-1]
	}
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%d steps   %s\n", r.Steps, inWords(r.Last))
		fmt.Fprintf(w, "wrote %s: %s, %s, %s, curves.png\n", f.out, train.BestFile, train.LastFile, train.LogFile)
	})
}

// inWords is a line of the log in words.
func inWords(l train.Line) string {
	parts := []string{fmt.Sprintf("epoch %.4g", l.Epoch), fmt.Sprintf("train loss %.4f", l.Loss)}
	if l.TestLoss != nil {
		parts = append(parts, fmt.Sprintf("validation loss %.4f", *l.TestLoss))
	}
	if l.Constant != nil {
		parts = append(parts, fmt.Sprintf("constant answer %.4f", *l.Constant))
	}
	if l.TestAcc1 != nil {
		parts = append(parts, fmt.Sprintf("top-1 %.1f %%", *l.TestAcc1))
	}
	return strings.Join(parts, "   ")
}

// watcher shows a run's progress and writes its pictures.
type watcher struct {
	app   *app
	store train.Folder
	cfg   train.Config
	dark  bool
	bar   *progressbar.ProgressBar // nil where stderr is no terminal
	last  time.Time
}

func newWatcher(a *app, store train.Folder, cfg train.Config, dark bool) *watcher {
	return &watcher{app: a, store: store, cfg: cfg, dark: dark}
}

func (w *watcher) observer() train.Observer {
	return train.Observer{Step: w.step, Epoch: w.epoch, Samples: w.samples, Note: func(t string) { w.clear(); w.app.note(t) }}
}

func (w *watcher) start(done, steps int) {
	if file, ok := w.app.err.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		w.bar = progressbar.NewOptions(steps, progressbar.OptionSetWriter(file), progressbar.OptionSetWidth(24),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false),
			progressbar.OptionThrottle(100*time.Millisecond))
		_ = w.bar.Set(done)
	}
}

// stop leaves the terminal clean and the curves up to date.
func (w *watcher) stop() {
	w.clear()
	if err := report.WriteCurves(w.store, w.cfg, w.dark); err != nil {
		w.app.note(err.Error())
	}
}

func (w *watcher) clear() {
	if w.bar != nil {
		_ = w.bar.Clear()
	}
}

func (w *watcher) step(s train.Step) {
	text := fmt.Sprintf("epoch %.2f  loss %.4f  lr %.2g  %.1f images/s  %s left", s.Epoch, s.Loss, s.LR, s.ImagesSec,
		time.Duration(s.Left*float64(time.Second)).Round(time.Second))
	if s.Waited > 0.1 {
		text += fmt.Sprintf("  waits %.0f %% for pictures", 100*s.Waited)
	}
	if w.bar != nil {
		w.bar.Describe(text)
		_ = w.bar.Set(s.Step)
		return
	}
	if time.Since(w.last) > 10*time.Second || s.Step == s.Total {
		w.last = time.Now()
		fmt.Fprintf(w.app.err, "step %d of %d  %s\n", s.Step, s.Total, text)
	}
}

func (w *watcher) epoch(l train.Line) {
	w.clear()
	fmt.Fprintln(w.app.err, inWords(l))
	if err := report.WriteCurves(w.store, w.cfg, w.dark); err != nil {
		w.app.note(err.Error())
	}
}

// samples writes the same validation pictures as training goes on.
func (w *watcher) samples(step int, samples []train.Sample) {
	if err := report.WriteSamples(w.store, w.cfg, step, samples, w.dark); err != nil {
		w.app.note(err.Error())
	}
}
