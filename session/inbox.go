package session

import "sync"

// Inbox queues commands in order for the goroutine that owns a session, except
// that only the newest reconstruction is kept: while someone paints, an older mask
// is not worth computing.
type Inbox struct {
	mu    sync.Mutex
	some  sync.Cond // signalled when queue grows
	queue []Command
}

// NewInbox returns an empty inbox.
func NewInbox() *Inbox {
	b := &Inbox{}
	b.some.L = &b.mu
	return b
}

// Put adds a command and never waits. A reconstruction replaces one that waits,
// provided that only reconstructions stand between them: a change of picture or
// weights before the newer one must still come first.
func (b *Inbox) Put(c Command) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.queue); n > 0 && c.Do == DoReconstruct && b.queue[n-1].Do == DoReconstruct {
		b.queue[n-1] = c
		return
	}
	b.queue = append(b.queue, c)
	b.some.Signal()
}

// Take waits for the next command.
func (b *Inbox) Take() Command {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.queue) == 0 {
		b.some.Wait()
	}
	return b.first()
}

// Poll is Take without waiting; false where there is none.
func (b *Inbox) Poll() (Command, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return Command{}, false
	}
	return b.first(), true
}

func (b *Inbox) first() Command {
	c := b.queue[0]
	b.queue = b.queue[1:]
	return c
}
