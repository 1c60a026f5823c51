package app

import (
	"sync"
	"time"

	"unmask/session"
)

// relayPause is how long a step of a training may wait to be shown: the page is
// drawn four times a second at most, however fast the steps come.
const relayPause = 250 * time.Millisecond

// relay hands events of the engine on, in order, to the page's goroutine. Those
// that come in streams wait for others.
type relay struct {
	pass func([]session.Event) // from any goroutine

	mu      sync.Mutex
	waiting []session.Event
	timed   bool
}

// put takes an event.
func (r *relay) put(e session.Event) {
	r.mu.Lock()
	r.waiting = append(r.waiting, e)
	patient := e.Kind == session.EvTrain || e.Kind == session.EvProgress
	begin := patient && !r.timed
	r.timed = r.timed || patient
	r.mu.Unlock()
	switch {
	case begin:
		time.AfterFunc(relayPause, func() {
			r.mu.Lock()
			r.timed = false
			r.mu.Unlock()
			r.flush()
		})
	case !patient:
		r.flush()
	}
}

func (r *relay) flush() {
	r.mu.Lock()
	events := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	if len(events) > 0 {
		r.pass(events)
	}
}
