package session

import (
	"context"
	"time"

	"unmask/data"
	"unmask/model"
)

// ending are the commands, beside a cancel, that put an end to a job of several
// reconstructions: what they change, it works with; or they take long themselves.
var ending = map[string]bool{
	DoSweep: true, DoWhole: true, DoSelfTest: true, DoBench: true, DoTune: true,
	DoOpen: true, DoWeights: true, DoTensors: true, DoPicture: true, DoTrain: true, DoResume: true,
}

// harmless are those among them that a job of the device alone does not mind.
var harmless = map[string]bool{DoSweep: true, DoWhole: true, DoWeights: true, DoTensors: true, DoPicture: true}

// job is a command under way; one that takes turns has others within it.
type job struct {
	id        int
	outer     *job // the command in whose turn it came, or nil
	device    bool // it needs the device alone, neither picture nor network
	cancelled bool // it ends at its next turn
}

// cancel ends a command in whose turn the present one came.
func (s *Session) cancel(id int) {
	for j := s.job.outer; j != nil; j = j.outer {
		if j.id == id {
			j.cancelled = true
		}
	}
}

// cancelDeviceJobs ends what a run that is to stop would have to wait for.
func (s *Session) cancelDeviceJobs() {
	for j := s.job.outer; j != nil && s.training.Load() != nil; j = j.outer {
		j.cancelled = j.cancelled || j.device
	}
}

// turns lets such a job take turns with the commands that come meanwhile.
type turns struct {
	job     *job
	s       *Session
	ctx     context.Context
	emit    func(Event)
	picture *data.Picture
	net     *model.Network
	next    *Command // what ended the job, to be carried out after it
}

func (s *Session) turns(ctx context.Context, emit func(Event)) *turns {
	return &turns{job: s.job, s: s, ctx: ctx, emit: emit, picture: s.picture, net: s.net}
}

// deviceTurns is turns for a job that needs neither picture nor network.
func (s *Session) deviceTurns(ctx context.Context, emit func(Event)) *turns {
	s.job.device = true
	return s.turns(ctx, emit)
}

// goesOn answers the commands that have come, such as the reconstruction of a newer
// stroke, until one of them ends the job.
func (t *turns) goesOn() bool {
	s := t.s
	if s.options.Next == nil {
		return t.ctx.Err() == nil
	}
	time.Sleep(time.Millisecond) // in a Worker, messages arrive only while Go waits
	for t.ctx.Err() == nil && !t.job.cancelled {
		c, some := s.options.Next()
		if !some {
			return true
		}
		if t.endedBy(c) {
			t.next = &c
			return false
		}
		s.Do(t.ctx, c, t.emit)
		if !t.job.device && (s.picture != t.picture || s.net != t.net) {
			return false
		}
	}
	return false
}

func (t *turns) endedBy(c Command) bool {
	if c.Do == DoCancel {
		return c.Job == 0 || c.Job == t.job.id
	}
	return ending[c.Do] && !(t.job.device && harmless[c.Do])
}

// giveWay says that the job has ended early and carries out what ended it.
func (t *turns) giveWay(send func(Event)) {
	send(Event{Kind: EvCancelled})
	if t.next != nil && t.next.Do != DoCancel {
		t.s.Do(t.ctx, *t.next, t.emit)
	}
}
