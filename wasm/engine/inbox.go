package main

import (
	"sync"

	"unmask/session"
)

// inbox queues commands in order, except that only the newest reconstruction is
// kept: while someone paints, an older mask is not worth computing.
type inbox struct {
	mu    sync.Mutex
	some  sync.Cond // signalled when queue grows
	queue []session.Command
}

func newInbox() *inbox {
	b := &inbox{}
	b.some.L = &b.mu
	return b
}

// put adds a command. A reconstruction replaces one that waits, provided that
// only reconstructions stand between them: a change of picture or weights
// before the newer one must still come first.
func (b *inbox) put(c session.Command) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.queue); n > 0 && c.Do == session.DoReconstruct && b.queue[n-1].Do == session.DoReconstruct {
		b.queue[n-1] = c
		return
	}
	b.queue = append(b.queue, c)
	b.some.Signal()
}

// take waits for the next command.
func (b *inbox) take() session.Command {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.queue) == 0 {
		b.some.Wait()
	}
	return b.first()
}

// poll is take without waiting.
func (b *inbox) poll() (session.Command, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return session.Command{}, false
	}
	return b.first(), true
}

func (b *inbox) first() session.Command {
	c := b.queue[0]
	b.queue = b.queue[1:]
	return c
}
