//go:build js

package gpu

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall/js"
	"time"

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
	timed         bool     // there are timestamp queries
	staging       js.Value // for reads; grows
	size          uint64   // of staging
	loss          *loss
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

	usageQueryResolve = 512
	featureTimestamps = "timestamp-query"
	maxTimed          = 2048 // dispatches: the specification's limit of a query set is 4096
)

var errNoWebGPU = errors.New("this browser offers no WebGPU: use a current Chrome, Edge, Firefox or Safari with hardware acceleration on")

func openBackend(ctx context.Context, o Options, l *loss) (*backend, device.Info, error) {
	adapter, err := requestAdapter(ctx, o.ForceSoftware)
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
	wanted := map[string]any{"requiredLimits": required}
	var features []any
	for _, name := range []string{featureTimestamps, shaders.Subgroups} {
		if slices.Contains(info.Features, name) {
			features = append(features, name)
		}
	}
	wanted["requiredFeatures"] = features
	timed := slices.Contains(info.Features, featureTimestamps)
	dev, err := await(ctx, adapter.Call("requestDevice", wanted))
	if err != nil {
		return nil, info, fmt.Errorf("adapter %s gives no device: %w", info.Name, err)
	}
	b := &backend{device: dev, queue: dev.Get("queue"), limits: map[string]uint64{}, timed: timed, loss: l}
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
		b.loss.report(strings.TrimSpace(args[0].Get("reason").String() + " " + args[0].Get("message").String()))
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

func requestAdapter(ctx context.Context, fallback bool) (js.Value, error) {
	gpu := js.Global().Get("navigator").Get("gpu")
	if gpu.IsUndefined() || gpu.IsNull() {
		return js.Value{}, errNoWebGPU
	}
	adapter, err := await(ctx, gpu.Call("requestAdapter", map[string]any{
		"powerPreference": "high-performance", "forceFallbackAdapter": fallback}))
	if err != nil {
		return js.Value{}, fmt.Errorf("the browser gives no adapter: %w", err)
	}
	if adapter.IsNull() {
		return js.Value{}, errNoWebGPU
	}
	return adapter, nil
}

func listAdapters() ([]device.Info, error) {
	a, err := requestAdapter(context.Background(), false)
	if err != nil {
		return nil, err
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

// guard runs f between error scopes and returns what they caught.
func (b *backend) guard(f func() error) (err error) {
	for _, filter := range []string{"out-of-memory", "validation"} {
		b.device.Call("pushErrorScope", filter)
	}
	defer func() {
		// Some misuse throws instead of reaching a scope.
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = r
		default:
			panic(r)
		}
		for range 2 {
			e, popErr := await(context.Background(), b.device.Call("popErrorScope"))
			if popErr == nil && !e.IsNull() {
				popErr = errors.New(e.Get("message").String())
			}
			if err == nil {
				err = popErr
			}
		}
	}()
	return f()
}

func (b *backend) newBuffer(label string, bytes uint64) (bufferHandle, error) {
	return b.create(label, bytes, usageStorage|usageCopySrc|usageCopyDst)
}

func (b *backend) newUniforms(bytes uint64) (bufferHandle, error) {
	return b.create("uniforms", bytes, usageUniform|usageCopyDst)
}

func (b *backend) create(label string, bytes uint64, usage int) (h bufferHandle, err error) {
	err = b.guard(func() error {
		h = b.device.Call("createBuffer", map[string]any{"label": label, "size": bytes, "usage": usage})
		return nil
	})
	return h, err
}

func (b *backend) destroyBuffer(h bufferHandle) { h.Call("destroy") }

// The browser collects what has no destroy.
func (b *backend) destroyGroup(groupHandle)       {}
func (b *backend) destroyPipeline(pipelineHandle) {}
func (b *backend) dropPipeline(*started)          {}

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

// started is a pipeline that the browser compiles in the background.
type started struct {
	handle  pipelineHandle // whose pipeline is still to come
	module  js.Value
	promise js.Value
	scope   js.Value // promise of what is wrong with layout or module, null for nothing
	done    bool
}

// compilesBehind: the browser compiles while the program goes on.
const compilesBehind = true

// settled reports whether finishPipeline would return at once.
func (s *started) settled() bool { return s.done }

func (b *backend) startPipeline(name, source string, modes []shaders.Mode) *started {
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
	s := &started{}
	b.device.Call("pushErrorScope", "validation")
	s.handle.layout = b.device.Call("createBindGroupLayout", map[string]any{"label": name, "entries": entries})
	s.module = b.device.Call("createShaderModule", map[string]any{"label": name, "code": source})
	layout := b.device.Call("createPipelineLayout", map[string]any{"bindGroupLayouts": []any{s.handle.layout}})
	s.promise = b.device.Call("createComputePipelineAsync", map[string]any{"label": name, "layout": layout,
		"compute": map[string]any{"module": s.module, "entryPoint": "main"}})
	s.scope = b.device.Call("popErrorScope")
	var settled js.Func
	settled = js.FuncOf(func(js.Value, []js.Value) any {
		s.done = true
		settled.Release()
		return nil
	})
	s.promise.Call("then", settled, settled)
	return s
}

func (b *backend) finishPipeline(s *started) (h pipelineHandle, err error) {
	if s.handle.pipeline, err = await(context.Background(), s.promise); err == nil {
		return s.handle, nil
	}
	// The module's own words are clearer than the pipeline's.
	if e, scopeErr := await(context.Background(), s.scope); scopeErr == nil && !e.IsNull() {
		err = errors.New(e.Get("message").String())
	}
	return h, complaint(s.module, err)
}

// complaint is the compiler's first error, or err where it has none.
func complaint(module js.Value, err error) error {
	info, infoErr := await(context.Background(), module.Call("getCompilationInfo"))
	if infoErr != nil {
		return err
	}
	messages := info.Get("messages")
	for i := range messages.Length() {
		if m := messages.Index(i); m.Get("type").String() == "error" {
			return &compileError{line: m.Get("lineNum").Int(), text: m.Get("message").String()}
		}
	}
	return err
}

func (b *backend) bind(label string, p pipelineHandle, bindings []binding) (groupHandle, error) {
	entries := make([]any, len(bindings))
	for i, x := range bindings {
		entries[i] = map[string]any{"binding": i, "resource": map[string]any{"buffer": x.buffer, "offset": x.offset, "size": x.size}}
	}
	return b.device.Call("createBindGroup", map[string]any{"label": label, "layout": p.layout, "entries": entries}), nil
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

// timestamps runs dispatches, each in a pass of its own, and returns how long the
// device says that each took; nil where it has no timestamp queries.
func (b *backend) timestamps(ctx context.Context, calls []dispatch) ([]time.Duration, error) {
	if !b.timed || len(calls) > maxTimed {
		return nil, nil
	}
	n := 2 * len(calls)
	set := b.device.Call("createQuerySet", map[string]any{"type": "timestamp", "count": n})
	defer set.Call("destroy")
	const word = 8 // bytes of a timestamp, in nanoseconds
	resolved, err := b.create("timestamps", uint64(n*word), usageQueryResolve|usageCopySrc)
	if err != nil {
		return nil, err
	}
	defer b.destroyBuffer(resolved)
	e := b.device.Call("createCommandEncoder")
	for i, c := range calls {
		pass := e.Call("beginComputePass", map[string]any{"timestampWrites": map[string]any{
			"querySet": set, "beginningOfPassWriteIndex": 2 * i, "endOfPassWriteIndex": 2*i + 1}})
		pass.Call("setPipeline", c.pipeline.pipeline)
		pass.Call("setBindGroup", 0, c.group)
		pass.Call("dispatchWorkgroups", c.grid[0], c.grid[1], c.grid[2])
		pass.Call("end")
	}
	e.Call("resolveQuerySet", set, 0, n, resolved, 0)
	b.queue.Call("submit", []any{e.Call("finish")})
	raw := make([]byte, n*word)
	if err := b.read(ctx, resolved, 0, raw); err != nil {
		return nil, err
	}
	took := make([]time.Duration, len(calls))
	for i := range took {
		begin, end := binary.LittleEndian.Uint64(raw[2*i*word:]), binary.LittleEndian.Uint64(raw[(2*i+1)*word:])
		// The specification lets a clock stand still or jump back.
		took[i] = time.Duration(max(0, int64(end-begin)))
	}
	return took, nil
}

// destroy loses the device for good; the loss is known when it returns.
func (b *backend) destroy() {
	b.device.Call("destroy")
	<-b.loss.gone
}

func (b *backend) close() {
	b.device.Call("removeEventListener", "uncapturederror", b.listeners[1])
	b.device.Call("destroy")
}
