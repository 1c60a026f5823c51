//go:build js

package gpu

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"unmask/internal/device"
	"unmask/shaders"
)

type (
	bufferHandle = js.Value
	groupHandle  = js.Value
)

// pipelineHandle keeps the explicit layout beside the pipeline.
type pipelineHandle struct{ pipeline, layout js.Value }

// backend is a device of the browser.
type backend struct {
	device, queue js.Value
	limits        map[string]uint64
	staging       js.Value // for reads; grows
	size          uint64   // of staging
	reason        chan string
	why           string // of the loss, once it is known
	gone          bool
	uncaptured    string // the last error that no scope caught
	listeners     []js.Func
}

// GPUBufferUsage and GPUShaderStage, by their numbers in the specification.
const (
	usageMapRead = 1
	usageCopySrc = 4
	usageCopyDst = 8
	usageUniform = 64
	usageStorage = 128
	stageCompute = 4
	mapModeRead  = 1
)

var errNoWebGPU = errors.New("this browser offers no WebGPU: use a current Chrome, Edge, Firefox or Safari with hardware acceleration on")

func openBackend(ctx context.Context, _ Options) (*backend, device.Info, error) {
	adapter, err := requestAdapter(ctx)
	if err != nil {
		return nil, device.Info{}, err
	}
	info := describe(adapter)
	// A larger binding and buffer than the default is a bonus: asked for where
	// the adapter has it.
	required := map[string]any{}
	for _, name := range []string{"maxStorageBufferBindingSize", "maxBufferSize"} {
		required[name] = adapter.Get("limits").Get(name)
	}
	dev, err := await(ctx, adapter.Call("requestDevice", map[string]any{"requiredLimits": required}))
	if err != nil {
		return nil, info, fmt.Errorf("adapter %s gives no device: %w", info.Name, err)
	}
	b := &backend{device: dev, queue: dev.Get("queue"), limits: map[string]uint64{}, reason: make(chan string, 1)}
	for _, name := range []string{
		"maxStorageBufferBindingSize", "maxBufferSize", "maxStorageBuffersPerShaderStage",
		"maxComputeWorkgroupStorageSize", "maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupsPerDimension",
	} {
		b.limits[name] = uint64(dev.Get("limits").Get(name).Float())
	}
	info.MaxBinding, info.MaxBuffer = int(b.limits["maxStorageBufferBindingSize"]), int(b.limits["maxBufferSize"])
	b.listen()
	return b, info, nil
}

// listen follows the loss of the device and errors outside any scope.
func (b *backend) listen() {
	lost := js.FuncOf(func(_ js.Value, args []js.Value) any {
		b.gone = true
		b.why = strings.TrimSpace(args[0].Get("reason").String() + " " + args[0].Get("message").String())
		b.reason <- b.why
		return nil
	})
	b.device.Get("lost").Call("then", lost)
	uncaptured := js.FuncOf(func(_ js.Value, args []js.Value) any {
		b.uncaptured = args[0].Get("error").Get("message").String()
		return nil
	})
	b.device.Call("addEventListener", "uncapturederror", uncaptured)
	b.listeners = append(b.listeners, lost, uncaptured)
}

func requestAdapter(ctx context.Context) (js.Value, error) {
	gpu := js.Global().Get("navigator").Get("gpu")
	if gpu.IsUndefined() || gpu.IsNull() {
		return js.Value{}, errNoWebGPU
	}
	adapter, err := await(ctx, gpu.Call("requestAdapter", map[string]any{"powerPreference": "high-performance"}))
	if err != nil {
		return js.Value{}, fmt.Errorf("the browser gives no adapter: %w", err)
	}
	if adapter.IsNull() {
		return js.Value{}, errNoWebGPU
	}
	return adapter, nil
}

func listAdapters() ([]device.Info, error) {
	a, err := requestAdapter(context.Background())
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	return []device.Info{describe(a)}, nil
}

func describe(adapter js.Value) device.Info {
	in := adapter.Get("info")
	var words []string
	for _, key := range []string{"description", "vendor", "architecture", "device"} {
		if v := in.Get(key); v.Type() == js.TypeString && v.String() != "" {
			words = append(words, v.String())
		}
	}
	name := "WebGPU adapter"
	if len(words) > 0 {
		name = strings.Join(words, " ")
	}
	info := device.Info{Kind: "gpu", Name: name, Vendor: in.Get("vendor").String(), Backend: "WebGPU",
		Software: strings.Contains(strings.ToLower(name), "swiftshader") || in.Get("isFallbackAdapter").Truthy()}
	each := js.FuncOf(func(_ js.Value, args []js.Value) any {
		info.Features = append(info.Features, args[0].String())
		return nil
	})
	defer each.Release()
	adapter.Get("features").Call("forEach", each)
	return info
}

// await blocks the goroutine, not the event loop, until a promise settles. It
// must not be called from an event handler.
func await(ctx context.Context, promise js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	ok := js.FuncOf(func(_ js.Value, args []js.Value) any {
		v := js.Undefined()
		if len(args) > 0 {
			v = args[0]
		}
		done <- settled{value: v}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	promise.Call("then", ok, bad)
	select {
	case s := <-done:
		ok.Release()
		bad.Release()
		return s.value, s.err
	case <-ctx.Done():
		return js.Value{}, ctx.Err() // the callbacks are kept: the promise may still settle
	}
}

// scoped runs f between error scopes and returns what they caught.
func (b *backend) scoped(f func() js.Value) (v js.Value, err error) {
	defer func() {
		// Some misuse throws instead of reaching a scope.
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	for _, filter := range []string{"out-of-memory", "validation"} {
		b.device.Call("pushErrorScope", filter)
	}
	v = f()
	for range 2 {
		e, scopeErr := await(context.Background(), b.device.Call("popErrorScope"))
		if scopeErr == nil && !e.IsNull() {
			scopeErr = errors.New(e.Get("message").String())
		}
		if err == nil {
			err = scopeErr
		}
	}
	return v, err
}

func (b *backend) newBuffer(label string, bytes uint64) (bufferHandle, error) {
	return b.create(label, bytes, usageStorage|usageCopySrc|usageCopyDst)
}

func (b *backend) newUniforms(bytes uint64) (bufferHandle, error) {
	return b.create("uniforms", bytes, usageUniform|usageCopyDst)
}

func (b *backend) create(label string, bytes uint64, usage int) (bufferHandle, error) {
	return b.scoped(func() js.Value {
		return b.device.Call("createBuffer", map[string]any{"label": label, "size": bytes, "usage": usage})
	})
}

func (b *backend) destroyBuffer(h bufferHandle) { h.Call("destroy") }

func (b *backend) destroyGroup(groupHandle) {} // the browser collects them

func (b *backend) write(h bufferHandle, offset uint64, data []byte) error {
	a := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(a, data)
	b.queue.Call("writeBuffer", h, offset, a)
	return b.failed()
}

// failed reports an error that reached no scope since the last call.
func (b *backend) failed() error {
	if b.uncaptured == "" {
		return nil
	}
	err := errors.New(b.uncaptured)
	b.uncaptured = ""
	return err
}

func (b *backend) read(ctx context.Context, h bufferHandle, offset uint64, dst []byte) error {
	size := uint64(len(dst))
	if b.size < size {
		if b.size > 0 {
			b.destroyBuffer(b.staging)
			b.size = 0
		}
		s, err := b.create("staging", size, usageMapRead|usageCopyDst)
		if err != nil {
			return err
		}
		b.staging, b.size = s, size
	}
	e := b.device.Call("createCommandEncoder")
	e.Call("copyBufferToBuffer", h, offset, b.staging, 0, size)
	b.queue.Call("submit", []any{e.Call("finish")})
	if _, err := await(ctx, b.staging.Call("mapAsync", mapModeRead, 0, size)); err != nil {
		b.size = 0 // its state is unknown: the next read takes a new one
		return err
	}
	js.CopyBytesToGo(dst, js.Global().Get("Uint8Array").New(b.staging.Call("getMappedRange", 0, size)))
	b.staging.Call("unmap")
	return b.failed()
}

func (b *backend) wait(ctx context.Context) error {
	if _, err := await(ctx, b.queue.Call("onSubmittedWorkDone")); err != nil {
		return err
	}
	return b.failed()
}

func (b *backend) newPipeline(name, source string, modes []shaders.Mode) (pipelineHandle, error) {
	var entries []any
	for i := range len(modes) + 1 {
		typ := "uniform"
		if i < len(modes) {
			typ = "storage"
			if modes[i] == shaders.Read {
				typ = "read-only-storage"
			}
		}
		entries = append(entries, map[string]any{"binding": i, "visibility": stageCompute, "buffer": map[string]any{"type": typ}})
	}
	var h pipelineHandle
	var module js.Value
	_, err := b.scoped(func() js.Value {
		h.layout = b.device.Call("createBindGroupLayout", map[string]any{"label": name, "entries": entries})
		module = b.device.Call("createShaderModule", map[string]any{"label": name, "code": source})
		layout := b.device.Call("createPipelineLayout", map[string]any{"bindGroupLayouts": []any{h.layout}})
		h.pipeline = b.device.Call("createComputePipeline", map[string]any{"label": name, "layout": layout,
			"compute": map[string]any{"module": module, "entryPoint": "main"}})
		return h.pipeline
	})
	if err == nil {
		return h, nil
	}
	if text := compilation(module); text != "" {
		err = errors.New(text)
	}
	return h, err
}

// compilation is the compiler's first error as ":LINE:COLUMN message".
func compilation(module js.Value) string {
	if module.IsUndefined() {
		return ""
	}
	info, err := await(context.Background(), module.Call("getCompilationInfo"))
	if err != nil {
		return ""
	}
	messages := info.Get("messages")
	for i := range messages.Length() {
		if m := messages.Index(i); m.Get("type").String() == "error" {
			return fmt.Sprintf(":%d:%d %s", m.Get("lineNum").Int(), m.Get("linePos").Int(), m.Get("message"))
		}
	}
	return ""
}

func (b *backend) bind(p pipelineHandle, bindings []binding) (groupHandle, error) {
	entries := make([]any, len(bindings))
	for i, x := range bindings {
		entries[i] = map[string]any{"binding": i, "resource": map[string]any{"buffer": x.buffer, "offset": x.offset, "size": x.size}}
	}
	g := b.device.Call("createBindGroup", map[string]any{"layout": p.layout, "entries": entries})
	return g, b.failed()
}

func (b *backend) submit(calls []dispatch) error {
	e := b.device.Call("createCommandEncoder")
	pass := e.Call("beginComputePass")
	for _, c := range calls {
		pass.Call("setPipeline", c.pipeline.pipeline)
		pass.Call("setBindGroup", 0, c.group)
		pass.Call("dispatchWorkgroups", c.grid[0], c.grid[1], c.grid[2])
	}
	pass.Call("end")
	b.queue.Call("submit", []any{e.Call("finish")})
	return b.failed()
}

func (b *backend) lost() (string, bool) { return b.why, b.gone }

func (b *backend) destroy() {
	if b.gone {
		return
	}
	b.device.Call("destroy")
	<-b.reason // the loss is known when destroy returns
}

func (b *backend) close() {
	b.device.Call("removeEventListener", "uncapturederror", b.listeners[1])
	if !b.gone {
		b.device.Call("destroy")
	}
}
