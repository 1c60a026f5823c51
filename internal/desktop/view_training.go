package desktop

import (
	"fmt"
	"image/color"
	"path/filepath"
	"time"

	"unmask/internal/desktop/scene"
	"unmask/train"
)

// drawTraining shows the run on show: its curves and its samples.
func (a *App) drawTraining() {
	t, c, h := &a.training, a.canvas, a.theme
	stage := a.stage()
	if t.dir == "" {
		c.Box(stage, 12, h.Sunken, h.Line)
		middle := stage.Y + stage.H/2
		first, second := "Drop the folder of a run to see how it went,", "or a folder of pictures to train on."
		if t.plan != nil {
			first, second = "Choose at the right what to train, and start.", "Or drop the folder of a run to see how it went."
		}
		c.Centre(scene.Rect{X: stage.X, Y: middle - 40, W: stage.W, H: 30}, mediumWords, h.Ink, first)
		c.Centre(scene.Rect{X: stage.X, Y: middle - 12, W: stage.W, H: 30}, mediumWords, h.Ink, second)
		c.Centre(scene.Rect{X: stage.X, Y: middle + 20, W: stage.W, H: 24}, bodyFont, h.Muted, "Class folders make a classifier; other photos a masked autoencoder.")
		a.drawProgress(a.statusLine(false))
		return
	}
	curves := stage
	if t.samples != nil {
		curves.H = max(stage.H*0.56, 260)
	}
	a.card(curves)
	place := curves.Inset(8)
	if img := a.showCurves(place.W, place.H); img != nil {
		ground := img.RGBAAt(0, 0)
		c.Box(curves, 12, color.NRGBA{ground.R, ground.G, ground.B, 255}, h.Line)
		// While the window changes its size the picture is the last one: cut, not stretched.
		w, tall := float64(img.Rect.Dx())/a.scale, float64(img.Rect.Dy())/a.scale
		c.Picture(scene.Picture{Rect: scene.Rect{X: place.X, Y: place.Y, W: w, H: tall}, Image: img, Clip: place})
	}
	if t.samples != nil {
		y := curves.Y + curves.H + 12
		a.drawSamples(scene.Rect{X: stage.X, Y: y, W: stage.W, H: stage.Y + stage.H - y})
	}
	a.drawProgress(a.statusLine(t.run != nil))
}

func (a *App) drawSamples(r scene.Rect) {
	img := a.training.samples
	size := img.Bounds().Size()
	ground := img.RGBAAt(0, 0)
	a.canvas.Box(r, 12, color.NRGBA{ground.R, ground.G, ground.B, 255}, a.theme.Line)
	r = r.Inset(4)
	k := min(r.W/float64(size.X), r.H/float64(size.Y), 1)
	w, h := float64(size.X)*k, float64(size.Y)*k
	a.canvas.Picture(scene.Picture{Rect: scene.Rect{X: r.X + (r.W-w)/2, Y: r.Y + (r.H-h)/2, W: w, H: h}, Image: img})
}

// drawProgress says how far the run is.
func (a *App) drawProgress(r scene.Rect) {
	t, c, h := &a.training, a.canvas, a.theme
	words, more, share := t.state(), "", -1.0
	switch {
	case t.step != nil && t.run != nil:
		s := t.step
		share = float64(s.Step) / float64(max(s.Total, 1))
		more = fmt.Sprintf("%.1f images/s · %s left", s.ImagesSec, inWords(s.Left))
		if s.Waited > 0.1 {
			more += fmt.Sprintf(" · waits %.0f %% for pictures", 100*s.Waited)
		}
	case t.reached != nil:
		share = float64(t.reached.Step) / float64(max(t.reached.Total, 1))
	}
	c.Text(r.X+42, r.Y+24, bodyFont, h.Ink, bodyFont.Fit(words, r.W*0.6))
	c.Right(r.X+r.W-16, r.Y+24, smallFont, h.Muted, more)
	if share >= 0 {
		a.progress(scene.Rect{X: r.X + 42, Y: r.Y + 37, W: r.W - 58, H: 8}, share)
		return
	}
	c.Text(r.X+42, r.Y+43, smallFont, h.Muted, "A run is a folder with config.json, log.jsonl and weights.")
}

// state says in a few words what the run does.
func (t *training) state() string {
	at := ""
	if s := t.step; s != nil {
		at = fmt.Sprintf(" · step %d of %d, epoch %.2f", s.Step, s.Total, s.Epoch)
	} else if p := t.reached; p != nil {
		at = fmt.Sprintf(" · step %d of %d", p.Step, p.Total)
	}
	switch {
	case t.dir == "":
		return "No run yet"
	case t.run != nil && t.stopping:
		return "Pausing: it is saved first" + at
	case t.run != nil && t.run.dir != t.dir:
		return "Another run is under way"
	case t.run != nil && t.step == nil:
		return "Preparing…"
	case t.run != nil:
		return "Training" + at
	case t.done():
		return "Done" + at
	case t.reached == nil:
		return "Opened"
	}
	return "Paused" + at
}

// inWords is a time for people: "2 h 05 min", "40 s".
func inWords(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// drawTrainingControls tells of the run on show and offers the next one.
func (a *App) drawTrainingControls() {
	t, r := &a.training, a.side()
	y := r.Y + 4
	if t.dir != "" {
		y = a.drawRun(r, y) + 10
	}
	if t.plan != nil {
		a.drawPlan(r, y)
		return
	}
	y = a.head(r, y, "New run")
	a.canvas.Lines(r.X, y+8, r.W, bodyFont, a.theme.Muted, "Drop a folder or a zip of pictures here to train on them.")
}

// facts are lines of a name and a value.
func (a *App) facts(r scene.Rect, y float64, facts [][2]string) float64 {
	for _, f := range facts {
		if f[1] == "" {
			continue
		}
		a.canvas.Text(r.X, y+10, smallFont, a.theme.Muted, f[0])
		a.canvas.Right(r.X+r.W, y+10, smallFont, a.theme.Ink, smallFont.FitMiddle(f[1], r.W-96))
		y += 22
	}
	return y
}

// drawRun tells what the run on show is and how far it is.
func (a *App) drawRun(r scene.Rect, y float64) float64 {
	t, c, h := &a.training, a.canvas, a.theme
	y = a.head(r, y, "Run")
	what := "fine-tuning"
	if t.cfg.Kind == train.Pretrain {
		what = "pre-training"
	}
	from := "scratch"
	if t.cfg.From != "" {
		from = filepath.Base(t.cfg.From)
	}
	f := [][2]string{
		{"folder", filepath.Base(t.dir)}, {"what", what}, {"model", t.cfg.Model.Name}, {"begins with", from},
		{"pictures", filepath.Base(t.cfg.Data)}, {"size, batch", fmt.Sprintf("%d px, %d", t.cfg.Size, t.cfg.Batch)},
		{"epochs, seed", fmt.Sprintf("%g, %d", t.cfg.Epochs, t.cfg.Seed)},
		{"learning rate", fmt.Sprintf("%.2g", t.cfg.LR())},
		{"weight decay", fmt.Sprintf("%g", t.cfg.WeightDecay)},
	}
	if n := len(t.cfg.Classes); n > 0 {
		f = append(f, [2]string{"classes", fmt.Sprint(n)})
	}
	y = a.facts(r, y, f) + 6
	for _, m := range t.figures() {
		c.Text(r.X, y+16, bodyFont, h.Muted, m[0])
		c.Right(r.X+r.W, y+17, numberFont, h.Ink, m[1])
		y += 28
	}
	y += 8
	b := scene.Rect{X: r.X, Y: y, W: r.W, H: controlHeight}
	switch {
	case t.run != nil && t.run.dir == t.dir:
		a.button(b, "Pause (P)", false, t.stopping, a.pauseOrResume)
	default:
		b.W = (r.W - 8) / 2
		if t.done() {
			a.button(b, "Use weights", false, false, func() { a.loadWeights(filepath.Join(t.dir, train.BestFile)) })
		} else {
			a.button(b, "Resume (P)", true, t.run != nil || t.reached == nil, a.pauseOrResume)
		}
		b.X += b.W + 8
		a.button(b, "Close", false, false, func() { *t = training{plan: t.plan, run: t.run} })
	}
	return y + controlHeight
}

// figures are the numbers that tell how well it goes.
func (t *training) figures() [][2]string {
	var loss, test, acc, constant string
	for _, l := range t.lines {
		loss = fmt.Sprintf("%.4f", l.Loss)
		if l.TestLoss != nil {
			test = fmt.Sprintf("%.4f", *l.TestLoss)
		}
		if l.TestAcc1 != nil {
			acc = fmt.Sprintf("%.1f %%", *l.TestAcc1)
		}
		if l.Constant != nil {
			constant = fmt.Sprintf("%.4f", *l.Constant)
		}
	}
	if t.step != nil {
		loss = fmt.Sprintf("%.4f", t.step.Loss)
	}
	var out [][2]string
	for _, m := range [][2]string{{"Training loss", loss}, {"Validation loss", test}, {"Constant answer", constant}, {"Accuracy, top-1", acc}} {
		if m[1] != "" {
			out = append(out, m)
		}
	}
	return out
}

// drawPlan offers to begin a run on the data that was dropped.
func (a *App) drawPlan(r scene.Rect, y float64) {
	p, c, h := a.training.plan, a.canvas, a.theme
	y = a.head(r, y, "New run")
	looking := p.pictures == 0 && p.err == nil
	data := "looking…"
	if !looking {
		data = fmt.Sprintf("%d + %d to validate", p.pictures, p.val)
	}
	facts := [][2]string{{"pictures", filepath.Base(p.path)}, {"to train on", data}}
	if p.kind == train.Finetune && len(p.classes) > 0 {
		facts = append(facts, [2]string{"classes", fmt.Sprint(len(p.classes))})
	}
	y = a.facts(r, y, facts) + 6

	kind := 0
	if p.kind == train.Pretrain {
		kind = 1
	}
	row := func() scene.Rect {
		b := scene.Rect{X: r.X, Y: y, W: r.W, H: controlHeight}
		y += controlHeight + 8
		return b
	}
	a.choice(row(), []string{"Classifier", "Autoencoder"}, kind, false, func(i int) {
		p.kind = []train.Kind{train.Finetune, train.Pretrain}[i]
		a.planChanged()
	})
	begin := 0
	if p.scratch {
		begin = 1
	}
	a.choice(row(), []string{"These weights", "From scratch"}, begin, false, func(i int) {
		p.scratch = i == 1
		a.planChanged()
	})
	sizes, at := []string{}, 0
	for i, s := range trainSizes {
		sizes = append(sizes, fmt.Sprintf("%d px", s))
		if s == p.size {
			at = i
		}
	}
	a.choice(row(), sizes, at, false, func(i int) {
		p.size = trainSizes[i]
		a.planChanged()
	})
	b := row()
	c.Text(b.X, b.Y+22, bodyFont, h.Ink, "Epochs")
	a.button(scene.Rect{X: b.X + 110, Y: b.Y, W: 36, H: b.H}, "−", false, p.need == nil, func() { a.setEpochs(p.cfg.Epochs - 1) })
	c.Centre(scene.Rect{X: b.X + 146, Y: b.Y, W: b.W - 182, H: b.H}, strongFont, h.Ink, fmt.Sprintf("%g", p.cfg.Epochs))
	a.button(scene.Rect{X: b.X + b.W - 36, Y: b.Y, W: 36, H: b.H}, "+", false, p.need == nil, func() { a.setEpochs(p.cfg.Epochs + 1) })

	switch {
	case p.err != nil:
		y = c.Lines(r.X, y+10, r.W, smallFont, h.Muted, p.err.Text+"; "+p.err.Remedy)
	case p.need != nil:
		y = a.facts(r, y, [][2]string{
			{"steps", fmt.Sprintf("%d of %d pictures", p.need.Steps, p.cfg.Batch)},
			{"memory", fmt.Sprintf("%d MB", p.need.Peak>>20)},
			{"run folder", filepath.Base(p.out)},
		})
	}
	y += 8
	a.button(scene.Rect{X: r.X, Y: y, W: r.W, H: controlHeight}, "Start training", true, p.need == nil || a.training.run != nil, a.startTraining)
}

func (a *App) setEpochs(n float64) {
	if p := a.training.plan; p != nil {
		p.epochs = max(n, 1)
		a.planChanged()
	}
}
