// Command engine is the browser's engine: a session in a dedicated Worker. It
// speaks to whoever started the Worker by messages alone (the form of a message
// is told in static/engine-worker.js) and links neither the page nor net/http.
package main

import (
	"context"
	"fmt"
	"time"

	"unmask/session"
)

func main() {
	commands := session.NewInbox()
	s := session.New(session.Options{Place: opfs{}, Tuned: kernelFiles{}, Next: commands.Poll})
	listen(func(c session.Command, err error) {
		if err != nil {
			post(badMessage(err))
			return
		}
		if c.Do == session.DoStop {
			s.Stop() // it must not wait behind other commands
		}
		commands.Put(c)
	})
	post(session.Event{Kind: session.EvReady})

	for {
		c := commands.Take()
		s.Do(context.Background(), c, post)
		// A command that never waits for anything would starve the Worker's event
		// loop, and newer strokes would not overtake older ones: let it turn once.
		time.Sleep(time.Millisecond)
	}
}

// badMessage answers a message that is no command.
func badMessage(err error) session.Event {
	return session.Event{Kind: session.EvError, Error: &session.Problem{
		Text:   fmt.Sprintf("The engine received a message it cannot read: %v.", err),
		Remedy: "Load the page again, so that page and engine are of one version.",
		Code:   "internal",
	}}
}
