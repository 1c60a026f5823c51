package main

import (
	"fmt"
	"strconv"
	"syscall/js"
)

// Fetch streams a file of the site, so that progress can be told.
func (browser) Fetch(path string, progress func(done, total int)) ([]byte, error) {
	response, err := await(js.Global().Call("fetch", path))
	if err != nil {
		return nil, fmt.Errorf("page: %s: %w", path, err)
	}
	if !response.Get("ok").Bool() {
		return nil, fmt.Errorf("page: %s: the server answered %d", path, response.Get("status").Int())
	}
	total := length(response.Get("headers"))
	file := make([]byte, 0, total)
	reader := response.Get("body").Call("getReader")
	for {
		chunk, err := await(reader.Call("read"))
		if err != nil {
			return nil, fmt.Errorf("page: %s: broke off after %d bytes: %w", path, len(file), err)
		}
		if chunk.Get("done").Bool() {
			break
		}
		value := chunk.Get("value")
		at := len(file)
		file = append(file, make([]byte, value.Length())...)
		js.CopyBytesToGo(file[at:], value)
		if progress != nil {
			progress(len(file), total)
		}
	}
	return file, nil
}

// length is the size of the file that headers promise, or 0. The length of a
// compressed body says nothing about the file.
func length(headers js.Value) int {
	if headers.Call("has", "Content-Encoding").Bool() {
		return 0
	}
	n, err := strconv.Atoi(headers.Call("get", "Content-Length").String())
	if err != nil || n < 0 {
		return 0
	}
	return n
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
