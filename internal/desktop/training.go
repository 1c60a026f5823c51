package desktop

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"unmask/data"
	"unmask/internal/plots"
	"unmask/internal/report"
	"unmask/session"
	"unmask/train"
)

// training is the run on show and the plan for the next one.
type training struct {
	plan *plan

	dir     string // of the run on show; "": none
	cfg     train.Config
	lines   []train.Line
	reached *train.Reached // as of its last checkpoint
	logSize int64
	logTime time.Time

	samples   *image.RGBA // the newest sheet
	samplesOf string
	curves    *image.RGBA
	curvesOf  curvesKey
	drawing   bool

	stopping bool
	run      *running // nil where this window trains nothing
	step     *train.Step
}

// curvesKey is what the picture of the curves depends on.
type curvesKey struct {
	dir          string
	lines        int
	width, scale float64
	dark         bool
}

// running is a training on its own goroutine.
type running struct {
	dir    string
	cancel context.CancelFunc
	done   chan struct{}
}

// stop pauses a training that runs and returns when it is saved.
func (t *training) stop() {
	if t.run != nil {
		t.run.cancel()
		<-t.run.done
	}
}

// openRun shows the run of a folder.
func (a *App) openRun(dir string) {
	t := &a.training
	plan, run, step := t.plan, t.run, t.step
	*t = training{dir: dir, plan: plan, run: run}
	if run != nil && run.dir == dir {
		t.step = step
	}
	a.refreshRun()
}

// snapshot is what the files of a run hold.
type snapshot struct {
	cfg       train.Config
	lines     []train.Line
	reached   *train.Reached
	logSize   int64
	logTime   time.Time
	samples   *image.RGBA
	samplesOf string
	err       error
}

// refreshRun reads the files of the run on show where they changed: also those of
// a run that another program is at.
func (a *App) refreshRun() {
	t := &a.training
	if t.dir == "" {
		return
	}
	dir, size, at, of := t.dir, t.logSize, t.logTime, t.samplesOf
	a.async(func() func() {
		s, changed := readRun(dir, size, at, of)
		if !changed {
			return nil
		}
		return func() {
			if t.dir != dir {
				return
			}
			if s.err != nil && t.run != nil && t.run.dir == dir {
				return // it has not begun to write its files
			}
			if s.err != nil {
				t.dir = ""
				a.fail(s.err)
				return
			}
			t.cfg, t.lines, t.reached, t.logSize, t.logTime = s.cfg, s.lines, s.reached, s.logSize, s.logTime
			if s.samples != nil {
				t.samples, t.samplesOf = s.samples, s.samplesOf
			}
		}
	})
}

// readRun reads a run, unless its log and its samples are as they were.
func readRun(dir string, size int64, at time.Time, of string) (s snapshot, changed bool) {
	store := train.Folder(dir)
	newest := newestSamples(dir)
	if info, err := os.Stat(filepath.Join(dir, train.LogFile)); err == nil {
		s.logSize, s.logTime = info.Size(), info.ModTime()
	}
	if !at.IsZero() && s.logSize == size && s.logTime.Equal(at) && newest == of {
		return s, false
	}
	if s.cfg, s.err = train.Stored(store); s.err != nil {
		return s, true
	}
	if s.lines, s.err = train.ReadLog(store); s.err != nil {
		return s, true
	}
	if r, err := train.StoredProgress(store); err == nil {
		s.reached = &r
	}
	if newest != of {
		if img, err := readPNG(filepath.Join(dir, report.SamplesFolder, newest)); err == nil {
			s.samples, s.samplesOf = img, newest
		}
	}
	return s, true
}

// newestSamples names the last sheet of a run; names sort by step.
func newestSamples(dir string) string {
	entries, err := os.ReadDir(filepath.Join(dir, report.SamplesFolder))
	if err != nil || len(entries) == 0 {
		return ""
	}
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".png" {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Max(names)
}

func readPNG(path string) (*image.RGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	return rgba(img), nil
}

// rgba is an image in the form that windows draw.
func rgba(img image.Image) *image.RGBA {
	if r, ok := img.(*image.RGBA); ok {
		return r
	}
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

// showCurves gives the picture of the curves for a place on the screen; while a
// fresh one is drawn, the last.
func (a *App) showCurves(width, height float64) *image.RGBA {
	t := &a.training
	// Where the place is lower than the picture, all of it becomes smaller; dots an inch
	// are whole numbers, so that pixels of the picture are pixels of the screen.
	k := min(1, height/plots.CurvesHeight(t.lines)) * a.scale
	k = math.Floor(72*k) / 72
	key := curvesKey{t.dir, len(t.lines), math.Floor(width * a.scale / k), k, a.theme.Dark}
	if key != t.curvesOf && !t.drawing {
		t.drawing = true
		lines, title := t.lines, report.Title(t.cfg)
		a.async(func() func() {
			img := rgba(plots.CurvesAt(lines, title, key.width, key.scale, key.dark))
			return func() { t.curves, t.curvesOf, t.drawing = img, key, false }
		})
	}
	if t.curvesOf.dir != t.dir {
		return nil
	}
	return t.curves
}

// startTraining begins the run that was planned.
func (a *App) startTraining() {
	p := a.training.plan
	if p == nil || p.need == nil || a.training.run != nil {
		return
	}
	q, b := *p, a.trainSession()
	a.train(q.out, func(ctx context.Context, watch train.Observer) (*train.Run, *data.Dataset, error) {
		return q.begin(ctx, b, watch)
	}, q.cfg)
	a.training.plan = nil
}

// begin prepares the run.
func (p *plan) begin(ctx context.Context, b beginning, watch train.Observer) (*train.Run, *data.Dataset, error) {
	d, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	s, err := b.session(p.scratch)
	if err != nil {
		d.Close()
		return nil, nil, err
	}
	defer s.Close()
	run, note, err := s.StartTraining(ctx, p.cfg, p.spec(d, b.device), watch)
	if err != nil {
		d.Close()
		return nil, nil, err
	}
	if note != "" {
		watch.Note(note)
	}
	return run, d, nil
}

// resumeTraining goes on with the run on show.
func (a *App) resumeTraining() {
	t := &a.training
	if t.dir == "" || t.run != nil || t.done() {
		return
	}
	cfg, dir, b := t.cfg, t.dir, a.trainSession()
	a.train(dir, func(ctx context.Context, watch train.Observer) (*train.Run, *data.Dataset, error) {
		d, err := data.OpenDataset(cfg.DatasetOptions(), cfg.Data)
		if err != nil {
			return nil, nil, session.NewProblem("training", fmt.Errorf("the pictures of this run cannot be opened: %w", err), "put them back to "+cfg.Data)
		}
		s, err := b.session(true)
		if err != nil {
			d.Close()
			return nil, nil, err
		}
		defer s.Close()
		run, err := s.ResumeTraining(ctx, session.TrainSpec{Kind: cfg.Kind, Mode: cfg.Mode, Data: d, Store: train.Folder(dir), Prefer: b.device}, watch)
		if err != nil {
			d.Close()
		}
		return run, d, err
	}, cfg)
}

// done reports whether the run on show has come to its end.
func (t *training) done() bool { return t.reached != nil && t.reached.Step >= t.reached.Total }

// train runs on a goroutine of its own what prepare gives.
func (a *App) train(dir string, prepare func(context.Context, train.Observer) (*train.Run, *data.Dataset, error), cfg train.Config) {
	t := &a.training
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{dir: dir, cancel: cancel, done: make(chan struct{})}
	t.run, t.step, t.stopping = r, nil, false
	if t.dir != dir {
		*t = training{dir: dir, cfg: cfg, run: r, plan: t.plan}
	}
	go func() {
		behindTheWindow()
		err := carryOut(ctx, prepare, a.observer(dir, cfg))
		cancel()
		close(r.done)
		a.mail.post(func() { a.trained(r, err) })
	}()
}

func carryOut(ctx context.Context, prepare func(context.Context, train.Observer) (*train.Run, *data.Dataset, error), watch train.Observer) error {
	run, d, err := prepare(ctx, watch)
	if err != nil {
		return err
	}
	defer d.Close()
	defer run.Close()
	return run.Train(ctx)
}

// observer writes a run's pictures and tells the window of its steps.
func (a *App) observer(dir string, cfg train.Config) train.Observer {
	store, dark := train.Folder(dir), a.theme.Dark
	tell := func(err error) {
		if err != nil {
			a.mail.post(func() { a.tell(session.Explain(err).Text) })
		}
	}
	return train.Observer{
		Step: func(s train.Step) { a.mail.post(func() { a.training.stepped(dir, s) }) },
		Epoch: func(train.Line) {
			tell(report.WriteCurves(store, cfg, dark))
			a.mail.post(a.refreshRun)
		},
		Samples: func(step int, s []train.Sample) {
			tell(report.WriteSamples(store, cfg, step, s, dark))
			a.mail.post(a.refreshRun)
		},
		Note: func(text string) { a.mail.post(func() { a.tell(text) }) },
	}
}

func (t *training) stepped(dir string, s train.Step) {
	if t.dir == dir {
		t.step = &s
	}
}

// trained is the end of a run, of a pause, or of an attempt.
func (a *App) trained(r *running, err error) {
	t := &a.training
	if t.run == r {
		t.run, t.stopping = nil, false
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.fail(err)
		if _, missing := train.Stored(train.Folder(r.dir)); missing != nil && t.dir == r.dir {
			t.dir = "" // it never began
		}
	}
	t.logTime = time.Time{} // read all again
	a.refreshRun()
}

// pauseOrResume is the one button of a run.
func (a *App) pauseOrResume() {
	if r := a.training.run; r != nil {
		a.training.stopping = true
		r.cancel()
		return
	}
	a.resumeTraining()
}
