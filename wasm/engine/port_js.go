package main

import (
	"encoding/json"
	"syscall/js"

	"unmask/session"
)

// listen hands every message of the Worker's owner to receive, beginning with
// those that arrived before the engine ran.
func listen(receive func(session.Command, error)) {
	js.Global().Call("listen", js.FuncOf(func(_ js.Value, args []js.Value) any {
		receive(decode(args[0]))
		return nil
	}))
}

// decode reads a message {json, blobs: [ArrayBuffer]}.
func decode(data js.Value) (session.Command, error) {
	var c session.Command
	if err := json.Unmarshal([]byte(data.Get("json").String()), &c); err != nil {
		return c, err
	}
	if blobs := data.Get("blobs"); blobs.Truthy() && blobs.Length() > 0 {
		for i := range blobs.Length() {
			c.Blobs = append(c.Blobs, toGo(blobs.Index(i)))
		}
		c.Blob = c.Blobs[0]
	}
	return c, nil
}

// post sends an event to the Worker's owner; its blobs are transferred.
func post(e session.Event) {
	text, err := json.Marshal(e)
	if err != nil {
		// Infinite and undefined numbers have no form in JSON.
		e = badEvent(e, err)
		text, _ = json.Marshal(e)
	}
	blobs := make([]any, len(e.Blobs))
	for i, b := range e.Blobs {
		blobs[i] = toJS(b).Get("buffer")
	}
	js.Global().Call("postMessage", map[string]any{"json": string(text), "blobs": blobs}, blobs)
}

func badEvent(e session.Event, err error) session.Event {
	return session.Event{ID: e.ID, Kind: session.EvError, Error: &session.Problem{
		Text:   "The engine's answer cannot be sent: " + err.Error() + ".",
		Remedy: "Try another picture or another mask.",
		Code:   "internal",
	}}
}
