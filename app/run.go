package app

import (
	"fmt"

	"unmask/session"
)

// phase is what a run of this page is doing.
type phase int

const (
	resting phase = iota
	beginning
	training
	stopping
)

// run is the state of a training: what is asked for, what it would cost, how it
// goes. Both kinds share it.
type run struct {
	*desk
	album *album
	kind  session.Kind
	set   settings

	plan        *session.RunInfo // what the settings would be
	planProblem *session.Problem // why they cannot be
	planID      int
	planKey     string // what was asked about

	phase   phase
	trainID int
	begun   *session.RunInfo
	step    *session.Step
	curve   curve
	lines   []session.Line // validations
	notes   []string
	final   bool // the stop that was asked for is the end, as far as people know

	logID int
	logOf int // the number of the project whose log is here, or 0
	pace  pace
}

func newRun(a *album, kind session.Kind) run {
	return run{desk: a.desk, album: a, kind: kind, set: settings{model: "atto", quick: true, values: map[string]string{}}}
}

// live reports whether a run of this kind is under way.
func (r *run) live() bool { return r.phase != resting }

// kept is the run of this kind that lies on disk, or nil.
func (r *run) kept() *session.RunInfo {
	if r.live() {
		return nil
	}
	return r.album.run(r.kind)
}

// paused reports whether the run on disk can go on.
func (r *run) paused() bool { k := r.kept(); return k != nil && k.Stopped }

// blocked says what is missing before a run can begin, "" where nothing is.
func (r *run) blocked() string {
	switch {
	case r.desk.stopped:
		return "The engine has stopped."
	case r.album.info == nil:
		return "Opening the project…"
	case r.album.running != "" && r.album.running != r.kind:
		return "Another training is under way. Pause it first: one at a time."
	case r.album.intake.busy():
		return "Pictures are being added…"
	}
	if r.kind == session.Finetune {
		if m := r.album.missing(); m != "" {
			return m
		}
	} else if n := r.album.count(); n < minPhotos {
		return fmt.Sprintf("Add at least %d photos, better some hundreds: %s so far.", minPhotos, plural(n, "one is here", "are here"))
	}
	if !r.set.scratch {
		if r.weights == nil || r.loading() {
			return "The network is on its way…"
		}
		if r.kind == session.Pretrain && !r.weights.HasDecoder {
			return "The loaded network has no decoder. Begin from scratch, or load one that has."
		}
	}
	return ""
}

// minPhotos is the least that a pre-training takes: some to learn from, one to test
// with.
const minPhotos = 16

// refresh asks what a run would be, where that is not known yet, and for the log of
// the run on disk.
func (r *run) refresh() []request {
	if r.live() {
		return nil
	}
	requests := r.askLog()
	if r.blocked() != "" {
		r.plan, r.planProblem, r.planKey = nil, nil, ""
		return requests
	}
	plan := r.set.plan(r.kind)
	key := fmt.Sprint(r.album.number, r.album.version, r.loadedID, *plan, string(plan.Config))
	if key == r.planKey {
		return requests
	}
	c := r.command(session.Command{Do: session.DoPlan, Kind: r.kind, Plan: plan})
	r.planID, r.planKey = c.ID, key
	return append(requests, c)
}

// askLog asks for the curves of the run on disk.
func (r *run) askLog() []request {
	k := r.kept()
	if r.album.info == nil {
		return nil
	}
	if k == nil {
		if r.logOf != 0 && r.logOf != r.album.number {
			r.forgetCurves()
		}
		return nil
	}
	if r.logOf == r.album.number {
		return nil
	}
	r.forgetCurves()
	r.logOf = r.album.number
	c := r.command(session.Command{Do: session.DoLog, Kind: r.kind})
	r.logID = c.ID
	return []request{c}
}

func (r *run) forgetCurves() {
	r.curve, r.lines, r.notes, r.step, r.begun, r.logOf = curve{}, nil, nil, nil, nil, 0
}

// start begins a new run; an earlier one of the project gives way to it.
func (r *run) start() []request {
	if r.live() || r.blocked() != "" {
		return nil
	}
	var requests []request
	if r.kept() != nil {
		requests = append(requests, r.command(session.Command{Do: session.DoForget, Kind: r.kind}))
	}
	r.forgetCurves()
	return append(requests, r.under(session.Command{Do: session.DoTrain, Kind: r.kind, Plan: r.set.plan(r.kind)}))
}

// resume goes on with the run on disk.
func (r *run) resume() []request {
	if r.live() || !r.paused() || r.album.running != "" {
		return nil
	}
	return []request{r.under(session.Command{Do: session.DoResume, Kind: r.kind})}
}

func (r *run) under(c session.Command) request {
	q := r.command(c)
	r.trainID, r.phase, r.final, r.step = q.ID, beginning, false, nil
	r.album.running, r.logOf = r.kind, r.album.number
	return q
}

// pause stops the run after its present step; it can go on later.
func (r *run) pause() []request {
	if r.phase != training && r.phase != beginning {
		return nil
	}
	r.phase = stopping
	return []request{r.command(session.Command{Do: session.DoStop})}
}

// finish stops the run for good, as far as people see.
func (r *run) finish() []request {
	r.final = true
	return r.pause()
}

// begin forgets what an earlier engine was doing.
func (r *run) begin() {
	r.phase, r.planKey, r.plan, r.logOf = resting, "", nil, 0
}

// handle takes an event about the run; it reports whether it was one. ended is true
// where the run has just come to an end.
func (r *run) handle(e session.Event) (ok, ended bool) {
	switch {
	case e.ID == r.planID && r.planID != 0 && (e.Kind == session.EvRun || e.Kind == session.EvError):
		r.plan, r.planProblem = e.Run, e.Error
		return true, false
	case e.ID == r.logID && r.logID != 0 && (e.Kind == session.EvLog || e.Kind == session.EvError):
		r.takeLog(e.Lines)
		return true, false
	case e.ID != r.trainID || r.trainID == 0:
		return false, false
	}
	switch e.Kind {
	case session.EvRun:
		r.begun = e.Run
		if r.phase == beginning {
			r.phase = training
		}
	case session.EvTrain:
		r.takeStep(e.Step)
	case session.EvEpoch:
		if e.Line != nil {
			r.lines = append(r.lines, *e.Line)
		}
	case session.EvNote:
		r.notes = append(r.notes, e.Note)
		r.cut()
	case session.EvTrained:
		// The project, which is asked for, says the same a moment later.
		if k := r.album.run(r.kind); k != nil && e.Run != nil {
			k.Step, k.Total, k.Stopped, k.Best = e.Run.Step, e.Run.Total, e.Run.Stopped, e.Run.Best
		}
		r.end()
		return true, true
	case session.EvError:
		r.end()
		r.report(e.Error)
		return true, true
	default:
		return false, false
	}
	return true, false
}

func (r *run) end() {
	r.phase, r.planKey = resting, ""
	if r.album.running == r.kind {
		r.album.running = ""
	}
}

func (r *run) takeStep(s *session.Step) {
	if s == nil {
		return
	}
	if r.step != nil && s.Step <= r.step.Step { // a lost device: some steps are done again
		r.curve.cut(s.Epoch)
	}
	r.step = s
	r.curve.add(s.Epoch, s.Loss)
	r.pace.measure(r.begun, s.ImagesSec)
}

// cut drops validations that are done again after a roll-back.
func (r *run) cut() {
	for r.step != nil && len(r.lines) > 0 && r.lines[len(r.lines)-1].Step > r.step.Step {
		r.lines = r.lines[:len(r.lines)-1]
	}
}

func (r *run) takeLog(lines []session.Line) {
	r.curve, r.lines = curve{}, nil
	for _, l := range lines {
		r.curve.add(l.Epoch, l.Loss)
		if l.TestLoss != nil {
			r.lines = append(r.lines, l)
		}
	}
}

// usable reports whether the run has weights to take: its best so far, or those on
// disk.
func (r *run) usable() bool {
	if r.live() {
		return len(r.lines) > 0
	}
	k := r.kept()
	return k != nil && k.Best
}

// last is the newest validation, or nil.
func (r *run) last() *session.Line {
	if len(r.lines) == 0 {
		return nil
	}
	return &r.lines[len(r.lines)-1]
}

// total is the number of steps of the run at hand, 0 where it is not known.
func (r *run) total() int {
	switch k := r.kept(); {
	case r.step != nil:
		return r.step.Total
	case r.begun != nil:
		return r.begun.Total
	case k != nil:
		return k.Total
	}
	return 0
}

// done is the number of its steps that are done.
func (r *run) done() int {
	switch k := r.kept(); {
	case k != nil:
		return k.Step
	case r.step != nil:
		return r.step.Step
	case r.begun != nil:
		return r.begun.Step
	}
	return 0
}

// status says in a line how the run stands.
func (r *run) status() string {
	k := r.kept()
	switch {
	case r.phase == beginning:
		return "Preparing: the network is compiled for this device…"
	case r.phase == stopping:
		return "Saving after this step…"
	case r.phase == training && r.step == nil:
		return "The first step is under way…"
	case r.phase == training:
		return fmt.Sprintf("Step %d of %d", r.step.Step, r.step.Total)
	case k != nil && k.Stopped:
		return fmt.Sprintf("Paused after step %d of %d. Everything is saved.", k.Step, k.Total)
	case k != nil:
		return fmt.Sprintf("Done: %d steps.", k.Step)
	}
	return ""
}
