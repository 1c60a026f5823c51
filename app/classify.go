package app

import (
	"fmt"

	"unmask/session"
)

// classify is the state of the view that sorts pictures into classes and trains a
// network to tell them apart.
type classify struct {
	*album
	run     run
	predict predict

	scores        *session.ClassReport
	scoresID      int
	scored, total int // pictures, while it measures
	scoresProblem *session.Problem
	measured      int // the number of the project whose scores are here or on their way, or 0
	exports       exports
}

func newClassify(a *album) *classify {
	c := &classify{album: a, run: newRun(a, session.Finetune), predict: predict{desk: a.desk}}
	c.exports.desk = a.desk
	return c
}

// begin greets a new engine.
func (c *classify) begin() []request {
	c.run.begin()
	c.scoresID, c.predict.waiting = 0, false
	if c.scores == nil {
		c.measured = 0
	}
	return c.album.begin()
}

// enter opens the project where that has not happened yet.
func (c *classify) enter() []request {
	if c.info != nil && !c.intake.busy() {
		c.album.atLeast(2) // another view may have opened the project
	}
	return append(c.album.enter(), c.refresh()...)
}

// refresh asks for what has become unknown.
func (c *classify) refresh() []request {
	if c.info == nil {
		return nil
	}
	if c.measured != 0 && c.measured != c.number {
		c.forgetScores()
		c.predict.clear() // the answers are those of another project's network
	}
	requests := c.run.refresh()
	if k := c.run.kept(); k != nil && k.Best && !k.Stopped && c.measured == 0 {
		requests = append(requests, c.measure()...)
	}
	return requests
}

// start trains anew.
func (c *classify) start() []request {
	requests := c.run.start()
	if requests != nil {
		c.forgetScores()
		c.predict.answer = nil
	}
	return requests
}

func (c *classify) forgetScores() {
	c.scores, c.scoresID, c.scoresProblem, c.measured = nil, 0, nil, 0
	c.thumbs.extra = nil
}

// measure asks how the best weights do on the pictures that were set aside.
func (c *classify) measure() []request {
	if !c.run.usable() || c.scoresID != 0 {
		return nil
	}
	return []request{c.askScores()}
}

func (c *classify) askScores() request {
	r := c.command(session.Command{Do: session.DoScores, Kind: session.Finetune})
	c.scoresID, c.scored, c.total, c.scoresProblem, c.measured = r.ID, 0, 0, nil, c.number
	return r
}

// handle takes an event that answers a request of this view.
func (c *classify) handle(e session.Event) []request {
	if c.predict.handle(e) || c.takeScores(e) || c.exports.handle(e) {
		return c.shownMistakes(e)
	}
	if ok, ended := c.run.handle(e); ok {
		return c.afterRun(e, ended)
	}
	if requests, ok := c.album.handle(e); ok {
		if e.Kind == session.EvProject && c.intake.done == 0 && !c.intake.busy() {
			c.album.atLeast(2)
		}
		return append(requests, c.refresh()...)
	}
	if e.Kind == session.EvError {
		c.report(e.Error)
		return c.album.refresh() // what was done before the error is done
	}
	return nil
}

// afterRun follows up what a run has told.
func (c *classify) afterRun(e session.Event, ended bool) []request {
	switch {
	case e.Kind == session.EvEpoch:
		return c.predict.again()
	case !ended:
		return nil
	}
	requests := c.album.refresh()
	if e.Run != nil && e.Run.Best && (!e.Run.Stopped || c.run.final) {
		c.forgetScores()
		// The project's answer comes first, and with it the run on disk.
		requests = append(requests, c.askScores())
	}
	return append(requests, c.predict.again()...)
}

// takeScores reports whether an event was about the scores.
func (c *classify) takeScores(e session.Event) bool {
	if e.ID != c.scoresID || c.scoresID == 0 {
		return false
	}
	switch e.Kind {
	case session.EvProgress:
		if e.Progress != nil {
			c.scored, c.total = int(e.Progress.Done), int(e.Progress.Total)
		}
	case session.EvScores:
		c.scores, c.scoresID, c.scoresProblem = e.Scores, 0, nil
	case session.EvError:
		c.scores, c.scoresID, c.scoresProblem = nil, 0, e.Error
	}
	return true
}

// shownMistakes asks for the thumbnails of the worst mistakes once they are known.
func (c *classify) shownMistakes(e session.Event) []request {
	if e.Kind != session.EvScores {
		return nil
	}
	c.thumbs.extra = nil
	for _, m := range c.mistakes() {
		c.thumbs.extra = append(c.thumbs.extra, m.Name)
	}
	return c.thumbs.wanted(c.album)
}

// mostMistakes is how many are shown.
const mostMistakes = 12

// mistakes are the worst of the pictures that are still where they were.
func (c *classify) mistakes() []session.Mistake {
	if c.scores == nil || c.scores.Scores == nil {
		return nil
	}
	var out []session.Mistake
	for _, m := range c.scores.Worst {
		if len(out) < mostMistakes && c.there[m.Name] {
			out = append(out, m)
		}
	}
	return out
}

// stale reports whether pictures have changed since the scores were measured or the
// run began.
func (c *classify) stale() bool {
	k := c.run.kept()
	if k == nil || k.Config == nil || c.info == nil {
		return false
	}
	classes := map[string]bool{}
	for _, name := range k.Config.Classes {
		classes[name] = true
	}
	for name := range c.pictures {
		if !classes[name] {
			return true
		}
	}
	return len(classes) != len(c.pictures)
}

// verdict says in a line how good the classifier is.
func (c *classify) verdict() string {
	s := c.scores
	if s == nil || s.Scores == nil || s.Pictures == 0 {
		return ""
	}
	right := 0
	for i, row := range s.Confusion {
		right += row[i]
	}
	return fmt.Sprintf("%d of %s right that it had never seen (%.0f %%).", right, plural(s.Pictures, "picture", "pictures"), s.Acc1)
}
