package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"unmask/data"
	"unmask/session"
	"unmask/train"
)

// The sides of pictures that a run may be started with from the window; the command
// line has every multiple of 32.
var trainSizes = []int{96, 160, 224}

// plan is a run that may begin: a data set and what was chosen for it.
type plan struct {
	path    string
	kind    train.Kind
	scratch bool    // fresh weights; else those in force
	size    int     // of trainSizes
	epochs  float64 // 0: the preset's

	pictures, val int
	classes       []string
	labelled      bool // there are class folders: it can be fine-tuned
	out           string
	cfg           train.Config
	need          *train.Need
	err           *session.Problem
	asked         int // to tell a late answer
}

// planFor proposes a run on a folder or zip of pictures.
func (a *App) planFor(path string) {
	a.training.plan = &plan{path: path, kind: train.Finetune, size: 224, out: freeFolder(path)}
	a.planChanged()
}

// freeFolder names a folder beside the data that does not exist yet.
func freeFolder(path string) string {
	base := strings.TrimSuffix(filepath.Clean(path), filepath.Ext(path)) + "-run"
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		if _, err := os.Stat(name); os.IsNotExist(err) || i == 1000 {
			return name
		}
	}
}

// planChanged works out anew what the run would be.
func (a *App) planChanged() {
	p := a.training.plan
	if p == nil {
		return
	}
	p.asked++
	q, spec := *p, a.trainSession()
	a.async(func() func() {
		q.work(spec)
		return func() {
			if now := a.training.plan; now != nil && now.path == q.path && now.asked == q.asked {
				*now = q
			}
		}
	})
}

// beginning is what a run begins with: where weights come from, and the device.
type beginning struct {
	options session.Options
	device  string
	weights string // a file; "": those that come with Unmask
}

func (a *App) trainSession() beginning {
	return beginning{options: a.o.Session, device: a.o.Device, weights: a.studio.net}
}

// work looks at the data and proposes a configuration.
func (p *plan) work(b beginning) {
	p.err, p.need = nil, nil
	d, err := p.open()
	if err != nil {
		p.err = session.Explain(err)
		return
	}
	defer d.Close()
	p.pictures, p.val, p.classes = len(d.Train), len(d.Val), d.Classes
	s, err := b.session(p.scratch)
	if err == nil {
		defer s.Close()
		p.cfg, err = p.configure(s, d)
	}
	if err == nil {
		var need train.Need
		need, err = train.Plan(p.cfg, d)
		p.need = &need
	}
	if err != nil {
		p.need, p.err = nil, session.Explain(err)
	}
}

// open opens the data for the kind of run; one without class folders can only be
// pre-trained on.
func (p *plan) open() (*data.Dataset, error) {
	if p.kind == train.Finetune {
		d, err := data.OpenDataset(data.DatasetOptions{Labelled: true, ValShare: session.ValShare(train.Finetune)}, p.path)
		if p.labelled = err == nil && len(d.Classes) > 1; p.labelled {
			return d, nil
		}
		if err == nil {
			d.Close()
		}
		p.kind = train.Pretrain
	}
	return data.OpenDataset(data.DatasetOptions{ValShare: session.ValShare(train.Pretrain)}, p.path)
}

// session reads the weights that a run begins with, without a GPU: a run has a
// device of its own.
func (b beginning) session(scratch bool) (*session.Session, error) {
	s := session.New(b.options)
	if _, _, err := s.Open(context.Background(), "cpu"); err != nil {
		return nil, err
	}
	if scratch {
		return s, nil
	}
	name, bytes, err := readWeights(b.weights)
	if err == nil {
		_, err = s.LoadWeights(name, bytes)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// spec is the run for package session.
func (p *plan) spec(d *data.Dataset, device string) session.TrainSpec {
	return session.TrainSpec{Kind: p.kind, Mode: train.Full, Model: "atto", Scratch: p.scratch, Data: d, Store: train.Folder(p.out), Prefer: device}
}

func (p *plan) configure(s *session.Session, d *data.Dataset) (train.Config, error) {
	cfg, err := s.Preset(p.spec(d, ""))
	if err != nil {
		return cfg, err
	}
	cfg.Data, cfg.Size, cfg.Micro = p.path, p.size, 0
	cfg.Val = session.ValShare(p.kind)
	if p.epochs > 0 {
		cfg.Epochs, cfg.Warmup = p.epochs, min(cfg.Warmup, p.epochs/4)
	}
	return cfg, nil
}
