package app

import (
	"encoding/json"
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// opened is the view's state with two classes and a plan.
func openedClassify(t *testing.T) (*classify, *testDesk) {
	t.Helper()
	a, d := openAlbum(t, pets(6))
	c := newClassify(a)
	planned := c.enter()
	wantActions(t, "enter", planned, session.DoPlan)
	if p := planned[0].Plan; p.Mode != "full" || !p.Quick || p.Scratch || p.Config != nil {
		t.Errorf("the first plan is %+v", p)
	}
	c.handle(runEvent(planned[0].ID, 40))
	wantActions(t, "nothing has changed", c.refresh())
	return c, d
}

// runEvent describes a run of so many steps, as JSON of the session does.
func runEvent(id, steps int) session.Event {
	var r session.RunInfo
	text := `{"kind": "finetune", "train": 10, "val": 2, "config": {"kind": "finetune", "mode": "full", "size": 112, "batch": 4, "classes": ["cat", "dog"]},
		"need": {"parameters": 3400000, "peak_bytes": 1000000}}`
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	r.Total = steps
	return session.Event{ID: id, Kind: session.EvRun, Run: &r}
}

func stepEvent(id, step int, epoch float64) session.Event {
	return session.Event{ID: id, Kind: session.EvTrain, Step: &session.Step{Step: step, Total: 40, Epoch: epoch, Loss: 1 / (1 + epoch), ImagesSec: 8, Left: 90}}
}

func validation(id, step int, epoch, right float64) session.Event {
	loss := 0.5
	return session.Event{ID: id, Kind: session.EvEpoch, Line: &session.Line{Step: step, Epoch: epoch, TestLoss: &loss, TestAcc1: &right}}
}

func TestARunFromStartToResults(t *testing.T) {
	c, d := openedClassify(t)
	begun := c.start()
	wantActions(t, "start", begun, session.DoTrain)
	id := begun[0].ID
	wantActions(t, "start twice", c.start())
	c.handle(runEvent(id, 40))
	c.handle(stepEvent(id, 1, 0.5))
	c.handle(stepEvent(id, 2, 1))
	c.handle(validation(id, 2, 1, 75))
	if got := c.run.status(); got != "Step 2 of 40" || len(c.run.curve.points) != 2 || !c.run.usable() {
		t.Errorf("status %q, %d points, usable %v", got, len(c.run.curve.points), c.run.usable())
	}
	if d.problem != nil {
		t.Fatalf("reported %+v", d.problem)
	}
	end := c.handle(session.Event{ID: id, Kind: session.EvTrained, Run: &session.RunInfo{Kind: session.Finetune, Step: 40, Total: 40, Best: true}})
	wantActions(t, "the end", end, session.DoProject, session.DoScores)
	done := *runEvent(0, 40).Run
	done.Step, done.Best = 40, true
	c.handle(projectEvent(end[0].ID, defaultProject, pets(6), done))
	if c.run.live() || c.running != "" {
		t.Error("the run still goes on")
	}
	var report session.ClassReport
	if err := json.Unmarshal([]byte(`{"pictures": 4, "acc1": 75, "classes": ["cat", "dog"], "per_class": [100, 50], "counts": [2, 2],
		"confusion": [[2, 0], [1, 1]], "worst": [{"name": "dog/1.jpg", "true": "dog", "answer": "cat", "p": 0.9}, {"name": "dog/gone.jpg", "p": 0.8}]}`), &report); err != nil {
		t.Fatal(err)
	}
	c.handle(session.Event{ID: end[1].ID, Kind: session.EvScores, Scores: &report})
	if got, want := c.verdict(), "3 of 4 pictures right that it had never seen (75 %)."; got != want {
		t.Errorf("the verdict is %q, want %q", got, want)
	}
	if m := c.mistakes(); len(m) != 1 || m[0].Name != "dog/1.jpg" || m[0].Answer != "cat" {
		t.Errorf("the mistakes are %+v", m)
	}
	if s, measured := c.run.seconds(); !measured {
		t.Errorf("after a run, the next one is guessed: %g s", s)
	}
	again := c.start()
	wantActions(t, "a new run", again, session.DoForget, session.DoTrain)
	if c.scores != nil {
		t.Error("the scores of the run before are still shown")
	}
}

func TestARunThatIsPausedAndResumedAfterAReload(t *testing.T) {
	c, _ := openedClassify(t)
	id := c.start()[0].ID
	c.handle(runEvent(id, 40))
	c.handle(stepEvent(id, 3, 1))
	wantActions(t, "pause", c.run.pause(), session.DoStop)
	wantActions(t, "pause twice", c.run.pause())
	if got := c.run.status(); !strings.HasPrefix(got, "Saving") {
		t.Errorf("the status is %q", got)
	}
	wantActions(t, "the pause", c.handle(session.Event{ID: id, Kind: session.EvTrained,
		Run: &session.RunInfo{Kind: session.Finetune, Step: 3, Total: 40, Stopped: true, Best: true}}), session.DoProject)

	a, _ := openAlbum(t, nil)
	c = newClassify(a)
	kept := *runEvent(0, 40).Run
	kept.Step, kept.Stopped, kept.Best = 3, true, true
	asked := c.handle(projectEvent(5, defaultProject, pets(6), kept))
	loss := 0.4
	var logID int
	for _, r := range asked {
		if r.Do == session.DoLog {
			logID = r.ID
		}
	}
	if logID == 0 {
		t.Fatalf("asks %q, want the log", actions(asked))
	}
	c.handle(session.Event{ID: logID, Kind: session.EvLog, Lines: []session.Line{{Epoch: 0.5, Loss: 2}, {Epoch: 1, Loss: 1, TestLoss: &loss}}})
	if len(c.run.lines) != 1 || len(c.run.curve.points) != 2 {
		t.Errorf("the log gives %d validations, %d points", len(c.run.lines), len(c.run.curve.points))
	}
	if got := c.run.status(); got != "Paused after step 3 of 40. Everything is saved." {
		t.Errorf("the status is %q", got)
	}
	again := c.run.resume()
	wantActions(t, "resume", again, session.DoResume)
	c.handle(stepEvent(again[0].ID, 7, 1))
	c.handle(session.Event{ID: again[0].ID, Kind: session.EvTrained,
		Run: &session.RunInfo{Kind: session.Finetune, Step: 7, Total: 40, Stopped: true, Best: true}})
	if got := c.run.status(); got != "Paused after step 7 of 40. Everything is saved." {
		t.Errorf("at once after the second pause the status is %q", got)
	}
	if c.measured != 0 {
		t.Error("a paused run is tested without being asked")
	}
	resumed := c.run.resume()
	wantActions(t, "resume", resumed, session.DoResume)
	c.handle(session.Event{ID: resumed[0].ID, Kind: session.EvError, Error: &session.Problem{Text: "It broke.", Code: "training"}})
	if c.run.live() || c.problem == nil {
		t.Errorf("after an error: live %v, reported %+v", c.run.live(), c.problem)
	}
}

func TestALostDeviceDoesStepsAgain(t *testing.T) {
	c, _ := openedClassify(t)
	id := c.start()[0].ID
	for i := range 6 {
		c.handle(stepEvent(id, i+1, float64(i+1)))
	}
	c.handle(validation(id, 6, 6, 50))
	c.handle(stepEvent(id, 3, 3))
	c.handle(session.Event{ID: id, Kind: session.EvNote, Note: "The device was lost after step 6."})
	if n := len(c.run.curve.points); n != 3 || len(c.run.lines) != 0 || len(c.run.notes) != 1 {
		t.Errorf("%d points, %d validations, notes %q", n, len(c.run.lines), c.run.notes)
	}
}

func TestOneTrainingAtATime(t *testing.T) {
	c, _ := openedClassify(t)
	p := newPretrain(c.album)
	p.album.running = session.Pretrain
	if got := c.run.blocked(); !strings.Contains(got, "Another training") {
		t.Errorf("blocked by %q", got)
	}
	wantActions(t, "start beside another", c.start())
}

func TestSettingsBecomeAPlan(t *testing.T) {
	s := settings{model: "femto", scratch: true, linear: true, augment: "none", values: map[string]string{}}
	for key, text := range map[string]string{"size": "64", "blr": " 0.01 ", "epochs": ""} {
		if !s.setNumber(key, text) {
			t.Errorf("%s %q is no number", key, text)
		}
	}
	if s.setNumber("size", "large") || s.values["size"] != "64" {
		t.Errorf("the size became %q", s.values["size"])
	}
	p := s.plan(session.Finetune)
	if p.Model != "femto" || p.Mode != "full" || !p.Scratch {
		t.Errorf("the plan is %+v", p)
	}
	var c map[string]any
	if err := json.Unmarshal(p.Config, &c); err != nil || c["size"] != 64.0 || c["blr"] != 0.01 || c["epochs"] != nil || c["augment"].(map[string]any)["Flip"] != 0.0 {
		t.Errorf("the configuration is %s, %v", p.Config, err)
	}
	s.scratch = false
	if p := s.plan(session.Finetune); p.Mode != "linear" || p.Model != "" {
		t.Errorf("the plan is %+v", p)
	}
}

func TestAPrediction(t *testing.T) {
	c, d := openedClassify(t)
	first := c.predict.ask(source{d.object(nil, ""), "a.jpg"})
	wantActions(t, "ask", first, session.DoClassify)
	if first[0].Kind != session.Finetune {
		t.Errorf("asks the weights of %q", first[0].Kind)
	}
	second := c.predict.ask(source{d.object(nil, ""), "b.jpg"})
	if len(d.live) != 1 {
		t.Errorf("addresses in use: %v", d.live)
	}
	c.handle(session.Event{ID: second[0].ID, Kind: session.EvClasses, Classes: []session.ClassScore{{Label: "cat", P: 0.8}}})
	if len(c.predict.answer) != 1 || c.predict.waiting {
		t.Errorf("the prediction is %+v", c.predict)
	}
	wantActions(t, "again", c.predict.again(), session.DoClassify)
	if len(d.live) != 1 {
		t.Errorf("addresses in use: %v", d.live)
	}
	c.handle(failure(c.predict.id, "picture"))
	if c.predict.problem == nil || c.predict.waiting {
		t.Errorf("the prediction is %+v", c.predict)
	}
}

func TestPretrainingShowsSamplesAndGivesItsWeights(t *testing.T) {
	a, d := openAlbum(t, pets(20))
	p := newPretrain(a)
	planned := p.enter()
	wantActions(t, "enter", planned, session.DoPlan)
	p.handle(runEvent(planned[0].ID, 40))
	id := p.start()[0].ID
	for range 2 {
		p.handle(session.Event{ID: id, Kind: session.EvSamples, Run: &session.RunInfo{Step: 7},
			Samples: []session.SampleInfo{{Width: 2, Height: 2}}, Blobs: [][]byte{make([]byte, 16), make([]byte, 16)}})
	}
	if len(p.samples) != 1 || p.step != 7 || len(d.live) != 2 {
		t.Errorf("%d samples of step %d, %d addresses", len(p.samples), p.step, len(d.live))
	}
	wantActions(t, "the end", p.handle(session.Event{ID: id, Kind: session.EvTrained, Run: &session.RunInfo{Step: 40, Total: 40}}), session.DoProject)
	asked := p.use()
	wantActions(t, "use", asked, session.DoConvert)
	p.handle(session.Event{ID: asked[0].ID, Kind: session.EvFile, Blobs: [][]byte{{1}}})
	asked = p.exports.export(session.Pretrain, "timm")
	p.handle(session.Event{ID: asked[0].ID, Kind: session.EvFile, Note: "a.safetensors", Blobs: [][]byte{{1}}})
	if d.used != "My pictures.safetensors" || len(d.saved) != 1 {
		t.Errorf("used %q, saved %q", d.used, d.saved)
	}
	d.weights.HasDecoder = false
	if got := p.run.blocked(); !strings.Contains(got, "no decoder") {
		t.Errorf("blocked by %q", got)
	}
}

// TestNoNumberBeforeFilesAreLookedAt: it would be that of the files before.
func TestNoNumberBeforeFilesAreLookedAt(t *testing.T) {
	v := NewHome(nil).views[0].(*classifyView)
	v.album.intake = intake{reading: 1, done: 9, total: 9}
	if got := ui.HTMLString(v.intakeLine()); !strings.Contains(got, "Looking at the files…") || strings.Contains(got, "value") {
		t.Errorf("while files are looked at: %s", got)
	}
	v.album.intake.queue, v.album.intake.total = make([]picked, 2), 2
	if got := ui.HTMLString(v.intakeLine()); !strings.Contains(got, "Adding 2 files…") || !strings.Contains(got, "value") {
		t.Errorf("while they are added: %s", got)
	}
}
