package session

import (
	"context"
	"time"

	"unmask/data"
	"unmask/model"
)

// ending are the commands that put an end to a job of several reconstructions:
// what they change, it works with; or they take long themselves.
var ending = map[string]bool{
	DoCancel: true, DoSweep: true, DoWhole: true, DoSelfTest: true, DoBench: true, DoTune: true,
	DoOpen: true, DoWeights: true, DoTensors: true, DoPicture: true, DoTrain: true, DoResume: true,
}

// harmless are those among them that a job of the device alone does not mind.
var harmless = map[string]bool{DoSweep: true, DoWhole: true, DoWeights: true, DoTensors: true, DoPicture: true}

// turns lets such a job take turns with the commands that come meanwhile.
type turns struct {
	device  bool // the job needs the device alone, neither picture nor network
	s       *Session
	ctx     context.Context
	emit    func(Event)
	picture *data.Picture
	net     *model.Network
	next    *Command // what ended the job, to be carried out after it
}

func (s *Session) turns(ctx context.Context, emit func(Event)) *turns {
	return &turns{s: s, ctx: ctx, emit: emit, picture: s.picture, net: s.net}
}

// deviceTurns is turns for a job that needs neither picture nor network.
func (s *Session) deviceTurns(ctx context.Context, emit func(Event)) *turns {
	t := s.turns(ctx, emit)
	t.device = true
	return t
}

// goesOn answers the commands that have come, such as the reconstruction of a newer
// stroke, until one of them ends the job.
func (t *turns) goesOn() bool {
	s := t.s
	if s.options.Next == nil {
		return t.ctx.Err() == nil
	}
	time.Sleep(time.Millisecond) // in a Worker, messages arrive only while Go waits
	for t.ctx.Err() == nil {
		c, some := s.options.Next()
		if !some {
			return true
		}
		if ending[c.Do] && !(t.device && harmless[c.Do]) {
			t.next = &c
			return false
		}
		s.Do(t.ctx, c, t.emit)
		if !t.device && (s.picture != t.picture || s.net != t.net) {
			return false
		}
	}
	return false
}

// giveWay says that the job has ended early and carries out what ended it.
func (t *turns) giveWay(send func(Event)) {
	send(Event{Kind: EvCancelled})
	if t.next != nil && t.next.Do != DoCancel {
		t.s.Do(t.ctx, *t.next, t.emit)
	}
}
