// Package gpu runs any op of package shaders on WebGPU: device, buffers,
// pipelines, recording, readback and loss. It knows no model, and it is the
// only importer of the WebGPU binding, so that changing the binding stays a
// change of one package.
//
// Natively it drives wgpu-native through github.com/cogentcore/webgpu. In the
// browser it speaks to navigator.gpu through syscall/js itself: the binding's
// browser half ignores required limits, reports a rejected mapping as success
// and offers neither error scopes nor the loss of a device, all of which are
// needed here. The two halves are the type backend of backend_notjs.go and
// backend_js.go; everything else is shared.
//
// A Device is used by one goroutine at a time (Destroy excepted); two
// devices may be used side by side. In the browser every method that returns an
// error may wait for a promise, so none may be called from an event handler.
//
// What the native binding cannot do: it hands on no error that reaches no error
// scope (wgpu-native then ends the process) and no loss of a device. So what a
// submission could fail of is checked before it, and only the browser reports a
// real loss; natively Destroy plays one.
package gpu
