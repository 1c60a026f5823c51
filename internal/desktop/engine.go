package desktop

import (
	"context"

	"unmask/session"
)

// engine is a session on a goroutine that owns its device.
type engine struct {
	inbox *session.Inbox
	last  int // id of the newest command
	done  chan struct{}
}

// doStop is the command that ends the goroutine; no session sees it.
const doStop = "stop"

func startEngine(ctx context.Context, o session.Options, emit func(session.Event)) *engine {
	e := &engine{inbox: session.NewInbox(), done: make(chan struct{})}
	go func() {
		defer close(e.done)
		behindTheWindow()
		s := session.New(o)
		defer s.Close()
		for {
			c := e.inbox.Take()
			if c.Do == doStop {
				return
			}
			s.Do(ctx, c, emit)
		}
	}()
	context.AfterFunc(ctx, func() { e.inbox.Put(session.Command{Do: doStop}) })
	return e
}

// send queues a command and returns its id.
func (e *engine) send(c session.Command) int {
	e.last++
	c.ID = e.last
	e.inbox.Put(c)
	return c.ID
}

// wait returns when the goroutine has ended and its device is closed.
func (e *engine) wait() { <-e.done }
