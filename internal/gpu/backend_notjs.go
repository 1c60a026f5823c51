//go:build !js

package gpu

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"unmask/internal/device"
	"unmask/shaders"
)

type (
	bufferHandle = *wgpu.Buffer
	groupHandle  = *wgpu.BindGroup
)

// pipelineHandle keeps the explicit layout beside the pipeline.
type pipelineHandle struct {
	pipeline *wgpu.ComputePipeline
	layout   *wgpu.BindGroupLayout
}

// backend is a native device.
type backend struct {
	instance *wgpu.Instance
	adapter  *wgpu.Adapter
	device   *wgpu.Device
	queue    *wgpu.Queue
	limits   map[string]uint64
	staging  *wgpu.Buffer // for reads; grows
	size     uint64       // of staging
	loss     *loss
}

var quiet = sync.OnceFunc(func() { wgpu.SetLogLevel(wgpu.LogLevelOff) })

// errNoAdapter tells what to do where nothing can compute.
var errNoAdapter = errors.New("no WebGPU adapter was found: install a Vulkan driver (Debian and Ubuntu: apt-get install mesa-vulkan-drivers)")

func openBackend(_ context.Context, o Options, l *loss) (*backend, device.Info, error) {
	quiet()
	b := &backend{instance: wgpu.CreateInstance(nil), loss: l}
	adapters := b.instance.EnumerateAdapters(nil)
	best := -1
	var info device.Info
	for i, a := range adapters {
		in := describe(a)
		if in.Kind == "" || o.ForceSoftware && !in.Software ||
			!strings.Contains(strings.ToLower(in.Name), strings.ToLower(o.Adapter)) {
			continue
		}
		if best < 0 || info.Software && !in.Software {
			best, info = i, in
		}
	}
	for i, a := range adapters {
		if i != best {
			a.Release()
		}
	}
	if best < 0 {
		b.instance.Release()
		if o.Adapter != "" {
			return nil, info, fmt.Errorf("no adapter's name holds %q: unmask devices lists them", o.Adapter)
		}
		return nil, info, errNoAdapter
	}
	b.adapter = adapters[best]
	// WebGPU's default limits. Larger ones cannot be asked for: the binding passes
	// them in memory that it does not clear, so that a limit it leaves out holds
	// garbage and the request fails now and then.
	dev, err := b.adapter.RequestDevice(nil)
	if err != nil {
		b.adapter.Release()
		b.instance.Release()
		return nil, info, fmt.Errorf("adapter %s gives no device: %w", info.Name, err)
	}
	b.device, b.queue = dev, dev.GetQueue()
	has := dev.GetLimits().Limits
	b.limits = map[string]uint64{
		"maxStorageBufferBindingSize":       has.MaxStorageBufferBindingSize,
		"maxBufferSize":                     has.MaxBufferSize,
		"maxStorageBuffersPerShaderStage":   uint64(has.MaxStorageBuffersPerShaderStage),
		"maxComputeWorkgroupStorageSize":    uint64(has.MaxComputeWorkgroupStorageSize),
		"maxComputeInvocationsPerWorkgroup": uint64(has.MaxComputeInvocationsPerWorkgroup),
		"maxComputeWorkgroupsPerDimension":  uint64(has.MaxComputeWorkgroupsPerDimension),
	}
	info.MaxBinding, info.MaxBuffer = int(has.MaxStorageBufferBindingSize), int(min(has.MaxBufferSize, 1<<62))
	return b, info, nil
}

func listAdapters() ([]device.Info, error) {
	quiet()
	instance := wgpu.CreateInstance(nil)
	defer instance.Release()
	infos := []device.Info{}
	for _, a := range instance.EnumerateAdapters(nil) {
		if in := describe(a); in.Kind != "" {
			infos = append(infos, in)
		}
		a.Release()
	}
	if len(infos) == 0 {
		return nil, errNoAdapter
	}
	return infos, nil
}

// describe returns an Info with an empty Kind for adapters that cannot compute here.
func describe(a *wgpu.Adapter) device.Info {
	in := a.GetInfo()
	backends := map[wgpu.BackendType]string{
		wgpu.BackendTypeVulkan: "Vulkan", wgpu.BackendTypeMetal: "Metal", wgpu.BackendTypeD3D12: "D3D12",
	}
	name, ok := backends[in.BackendType]
	if !ok {
		return device.Info{} // OpenGL lacks what compute needs
	}
	return device.Info{
		// wgpu-native puts the name into the description and numbers into the rest.
		Kind: "gpu", Name: in.DriverDescription, Backend: name,
		Software: in.AdapterType == wgpu.AdapterTypeCPU,
	}
}

func (b *backend) newBuffer(label string, bytes uint64) (bufferHandle, error) {
	return b.device.CreateBuffer(&wgpu.BufferDescriptor{Label: label, Size: bytes,
		Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopySrc | wgpu.BufferUsageCopyDst})
}

func (b *backend) newUniforms(bytes uint64) (bufferHandle, error) {
	return b.device.CreateBuffer(&wgpu.BufferDescriptor{Label: "uniforms", Size: bytes,
		Usage: wgpu.BufferUsageUniform | wgpu.BufferUsageCopyDst})
}

// destroyBuffer frees the memory at once; Release alone would wait for the queue.
func (b *backend) destroyBuffer(h bufferHandle) {
	h.Destroy()
	h.Release()
}

func (b *backend) destroyGroup(h groupHandle) { h.Release() }

func (b *backend) destroyPipeline(h pipelineHandle) {
	h.pipeline.Release()
	h.layout.Release()
}

// guard runs f. Natively every call returns its own error.
func (b *backend) guard(f func() error) error { return f() }

func (b *backend) write(h bufferHandle, offset uint64, data []byte) error {
	return b.queue.WriteBuffer(h, offset, data)
}

func (b *backend) read(_ context.Context, h bufferHandle, offset uint64, dst []byte) error {
	size := uint64(len(dst))
	if b.size < size {
		if b.staging != nil {
			b.destroyBuffer(b.staging)
			b.staging, b.size = nil, 0
		}
		s, err := b.device.CreateBuffer(&wgpu.BufferDescriptor{Label: "staging", Size: size, Usage: wgpu.BufferUsageMapRead | wgpu.BufferUsageCopyDst})
		if err != nil {
			return err
		}
		b.staging, b.size = s, size
	}
	e, err := b.device.CreateCommandEncoder(nil)
	if err != nil {
		return err
	}
	defer e.Release()
	if err := e.CopyBufferToBuffer(h, offset, b.staging, 0, size); err != nil {
		return err
	}
	c, err := e.Finish(nil)
	if err != nil {
		return err
	}
	b.queue.Submit(c)
	c.Release()
	b.finish()
	// The binding hands C a pointer to a Go variable that nothing keeps alive
	// until the callback: no garbage collection may begin in between.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	status := wgpu.BufferMapAsyncStatusUnknown
	if err := b.staging.MapAsync(wgpu.MapModeRead, 0, size, func(s wgpu.BufferMapAsyncStatus) { status = s }); err != nil {
		return err
	}
	b.device.Poll(true, nil) // nothing is left to wait for
	if status != wgpu.BufferMapAsyncStatusSuccess {
		return fmt.Errorf("the buffer cannot be mapped (status %v)", status)
	}
	copy(dst, b.staging.GetMappedRange(0, uint(size)))
	return b.staging.Unmap()
}

func (b *backend) wait(context.Context) error {
	b.finish()
	return nil
}

// finish returns when all submitted work is done. It asks again and again, since
// wgpu's own waiting gives up after five seconds, takes the work for done and
// frees command buffers that a slow adapter is still executing.
func (b *backend) finish() {
	const longest = time.Millisecond
	for pause := 10 * time.Microsecond; !b.device.Poll(false, nil); pause = min(2*pause, longest) {
		time.Sleep(pause)
	}
}

// started is a pipeline that is compiled already: natively nothing else waits for it.
type started struct {
	handle pipelineHandle
	err    error
}

// compilesBehind: wgpu-native returns when the pipeline is there.
const compilesBehind = false

func (s *started) settled() bool { return true }

func (b *backend) startPipeline(name, source string, modes []shaders.Mode) *started {
	h, err := b.newPipeline(name, source, modes)
	return &started{h, err}
}

func (b *backend) finishPipeline(s *started) (pipelineHandle, error) { return s.handle, s.err }

func (b *backend) dropPipeline(s *started) {
	if s.err == nil {
		b.destroyPipeline(s.handle)
	}
}

func (b *backend) newPipeline(name, source string, modes []shaders.Mode) (pipelineHandle, error) {
	entries := make([]wgpu.BindGroupLayoutEntry, 0, len(modes)+1)
	for i, m := range modes {
		typ := wgpu.BufferBindingTypeStorage
		if m == shaders.Read {
			typ = wgpu.BufferBindingTypeReadOnlyStorage
		}
		entries = append(entries, wgpu.BindGroupLayoutEntry{Binding: uint32(i), Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: typ}})
	}
	entries = append(entries, wgpu.BindGroupLayoutEntry{Binding: uint32(len(modes)), Visibility: wgpu.ShaderStageCompute,
		Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeUniform}})
	layout, err := b.device.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Label: name, Entries: entries})
	if err != nil {
		return pipelineHandle{}, err
	}
	whole, err := b.device.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{Label: name, BindGroupLayouts: []*wgpu.BindGroupLayout{layout}})
	if err != nil {
		layout.Release()
		return pipelineHandle{}, err
	}
	defer whole.Release()
	module, err := b.device.CreateShaderModule(&wgpu.ShaderModuleDescriptor{Label: name, WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: source}})
	if err != nil {
		layout.Release()
		return pipelineHandle{}, complaint(err)
	}
	defer module.Release()
	p, err := b.device.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{Label: name, Layout: whole,
		Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: "main"}})
	if err != nil {
		layout.Release()
		return pipelineHandle{}, complaint(err)
	}
	return pipelineHandle{p, layout}, nil
}

// position is how Naga names a place in a shader: ":LINE:COLUMN" after a file name.
var position = regexp.MustCompile(`:(\d+):\d+`)

// complaint finds the line that a message of the compiler is about.
func complaint(err error) error {
	c := &compileError{text: err.Error()}
	if m := position.FindStringSubmatch(c.text); m != nil {
		c.line, _ = strconv.Atoi(m[1])
	}
	return c
}

func (b *backend) bind(label string, p pipelineHandle, bindings []binding) (groupHandle, error) {
	entries := make([]wgpu.BindGroupEntry, len(bindings))
	for i, x := range bindings {
		entries[i] = wgpu.BindGroupEntry{Binding: uint32(i), Buffer: x.buffer, Offset: x.offset, Size: x.size}
	}
	return b.device.CreateBindGroup(&wgpu.BindGroupDescriptor{Label: label, Layout: p.layout, Entries: entries})
}

func (b *backend) submit(calls []dispatch) error {
	e, err := b.device.CreateCommandEncoder(nil)
	if err != nil {
		return err
	}
	defer e.Release()
	pass := e.BeginComputePass(nil)
	for _, c := range calls {
		pass.SetPipeline(c.pipeline.pipeline)
		pass.SetBindGroup(0, c.group, nil)
		pass.DispatchWorkgroups(uint32(c.grid[0]), uint32(c.grid[1]), uint32(c.grid[2]))
	}
	err = pass.End()
	pass.Release()
	if err != nil {
		return err
	}
	c, err := e.Finish(nil)
	if err != nil {
		return err
	}
	defer c.Release()
	b.queue.Submit(c)
	return nil
}

// timestamps answers nil: the binding has no timestamp queries for compute passes.
func (b *backend) timestamps(context.Context, []dispatch) ([]time.Duration, error) { return nil, nil }

// destroy plays the loss of the device. The binding's own callback for a real
// one is not used: it keeps a pointer to Go memory that may be gone.
func (b *backend) destroy() { b.loss.report("it was destroyed") }

func (b *backend) close() {
	b.finish()
	if b.staging != nil {
		b.destroyBuffer(b.staging)
	}
	b.queue.Release()
	b.device.Release()
	b.adapter.Release()
	b.instance.Release()
}
