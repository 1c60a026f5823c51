package main

import (
	"fmt"
	"syscall/js"
)

// Fetch reads a file of the site.
func (browser) Fetch(path string) ([]byte, error) {
	response, err := await(js.Global().Call("fetch", path))
	if err != nil {
		return nil, fmt.Errorf("page: %s: %w", path, err)
	}
	if !response.Get("ok").Bool() {
		return nil, fmt.Errorf("page: %s: the server answered %d", path, response.Get("status").Int())
	}
	buffer, err := await(response.Call("arrayBuffer"))
	if err != nil {
		return nil, fmt.Errorf("page: %s: %w", path, err)
	}
	bytes := js.Global().Get("Uint8Array").New(buffer)
	file := make([]byte, bytes.Length())
	js.CopyBytesToGo(file, bytes)
	return file, nil
}

// await blocks the goroutine until a promise settles. It must not be called
// from an event handler.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	resolve := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer resolve.Release()
	reject := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: fmt.Errorf("%s", args[0].Call("toString").String())}
		return nil
	})
	defer reject.Release()
	promise.Call("then", resolve, reject)
	o := <-settled
	return o.value, o.err
}
