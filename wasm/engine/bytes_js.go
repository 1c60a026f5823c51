package main

import (
	"errors"
	"syscall/js"
)

// toGo copies an ArrayBuffer.
func toGo(buffer js.Value) []byte {
	bytes := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, bytes.Length())
	js.CopyBytesToGo(b, bytes)
	return b
}

// toJS copies b into a Uint8Array of its own.
func toJS(b []byte) js.Value {
	bytes := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(bytes, b)
	return bytes
}

// domError is what a promise was rejected with.
type domError struct{ name, message string }

func (e domError) Error() string { return e.name + ": " + e.message }

// await blocks until a promise is settled. It must not be called by an event handler.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: args[0]}
		return nil
	})
	defer then.Release()
	fail := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: domError{args[0].Get("name").String(), args[0].Get("message").String()}}
		return nil
	})
	defer fail.Release()
	promise.Call("then", then, fail)
	o := <-done
	return o.value, o.err
}

// try calls a method that may throw.
func try(v js.Value, method string, args ...any) (result js.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			var thrown js.Error
			if e, ok := r.(error); !ok || !errors.As(e, &thrown) {
				panic(r)
			}
			err = domError{thrown.Get("name").String(), thrown.Get("message").String()}
		}
	}()
	return v.Call(method, args...), nil
}
