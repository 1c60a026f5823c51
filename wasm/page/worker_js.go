package main

import (
	"encoding/json"
	"syscall/js"

	"unmask/app"
	"unmask/session"
)

// browser is the place that the page runs in.
type browser struct{}

// worker is an engine in a dedicated Worker.
type worker struct {
	value     js.Value
	onMessage js.Func
	onError   js.Func
}

// Start starts the Worker, or takes over the one that engine-start.js has started. Its
// URL is relative to the page.
func (browser) Start(emit func(session.Event)) app.Engine {
	w := &worker{}
	started := js.Global().Get("startedEngine")
	if started.Truthy() {
		js.Global().Delete("startedEngine")
		w.value = started.Get("worker")
	} else {
		w.value = js.Global().Get("Worker").New("web/engine-worker.js")
	}
	w.onMessage = js.FuncOf(func(_ js.Value, args []js.Value) any {
		emit(decode(args[0].Get("data")))
		return nil
	})
	w.onError = js.FuncOf(func(_ js.Value, args []js.Value) any {
		// A script that could not be loaded has no message.
		text := "The engine's script could not be loaded."
		if m := args[0].Get("message"); m.Truthy() {
			text = "The engine has failed: " + m.String() + "."
		}
		emit(failed(text))
		return nil
	})
	w.value.Set("onmessage", w.onMessage)
	w.value.Set("onerror", w.onError)
	if started.Truthy() {
		events := started.Get("events")
		for i := range events.Length() {
			e := events.Index(i)
			w.value.Call(e.Get("kind").String(), e.Get("event"))
		}
	}
	return w
}

// Send posts a command; its blobs are copied once and then transferred.
func (w *worker) Send(c session.Command) {
	from := c.Blobs
	if len(from) == 0 && len(c.Blob) > 0 {
		from = [][]byte{c.Blob}
	}
	blobs := make([]any, len(from))
	for i, b := range from {
		bytes := js.Global().Get("Uint8Array").New(len(b))
		js.CopyBytesToJS(bytes, b)
		blobs[i] = bytes.Get("buffer")
	}
	w.value.Call("postMessage", map[string]any{"json": text(c), "blobs": blobs}, blobs)
}

// SendFiles posts a command with the addresses of its blobs, which the Worker
// fetches.
func (w *worker) SendFiles(c session.Command, paths ...string) {
	urls := make([]any, len(paths))
	for i, path := range paths {
		urls[i] = js.Global().Get("URL").New(path, js.Global().Get("document").Get("baseURI")).Get("href")
	}
	w.value.Call("postMessage", map[string]any{"json": text(c), "urls": urls})
}

func text(c session.Command) string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("BUG: page: a command does not marshal: " + err.Error())
	}
	return string(b)
}

// Stop ends the Worker, whatever it is doing.
func (w *worker) Stop() {
	w.value.Set("onmessage", js.Null())
	w.value.Set("onerror", js.Null())
	w.value.Call("terminate")
	w.onMessage.Release()
	w.onError.Release()
}

// decode reads a message {json, blobs: [ArrayBuffer]}.
func decode(data js.Value) session.Event {
	var e session.Event
	if err := json.Unmarshal([]byte(data.Get("json").String()), &e); err != nil {
		return failed("The engine's answer cannot be read: " + err.Error() + ".")
	}
	blobs := data.Get("blobs")
	for i := range blobs.Length() {
		bytes := js.Global().Get("Uint8Array").New(blobs.Index(i))
		b := make([]byte, bytes.Length())
		js.CopyBytesToGo(b, bytes)
		e.Blobs = append(e.Blobs, b)
	}
	return e
}

func failed(text string) session.Event {
	return session.Event{Kind: session.EvError, Error: &session.Problem{
		Text: text, Remedy: "Start the engine again, or load the page again.", Code: app.CodeStopped,
	}}
}
