package gpu

import (
	"context"
	"fmt"
	"strings"

	"unmask/internal/device"
	"unmask/shaders"
)

// Options choose an adapter.
type Options struct {
	Adapter string // a part of the adapter's name; "" takes the best
}

// Device is a WebGPU device; see device.Device for the contract. It is not safe
// for concurrent use, except for Destroy.
type Device struct {
	backend   *backend
	info      device.Info
	pipelines map[string]*pipeline // by kernel name
	choose    func(*shaders.Op, shaders.Args) *shaders.Kernel
	closed    bool
}

// pipeline is a compiled kernel.
type pipeline struct {
	kernel *shaders.Kernel
	handle pipelineHandle
}

// Open asks for an adapter and a device with the limits that the adapter has.
func Open(ctx context.Context, o Options) (*Device, error) {
	b, info, err := openBackend(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	return &Device{backend: b, info: info, pipelines: map[string]*pipeline{}}, nil
}

// Adapters lists what Open can choose from.
func Adapters() ([]device.Info, error) { return listAdapters() }

// Info describes the adapter.
func (d *Device) Info() device.Info { return d.info }

// Limits are the device's limits by their WebGPU names.
func (d *Device) Limits() map[string]uint64 { return d.backend.limits }

// SetChoice lets a tuner pick the kernel of an op; nil restores the default.
func (d *Device) SetChoice(f func(*shaders.Op, shaders.Args) *shaders.Kernel) { d.choose = f }

// kernel picks how to compute an op: on adapters that run on the CPU the first
// kernel that fits and needs no workgroup memory, on real GPUs one that uses it.
func (d *Device) kernel(op *shaders.Op, a shaders.Args) *shaders.Kernel {
	if d.choose != nil {
		if k := d.choose(op, a); k != nil {
			return k
		}
	}
	fit := op.Fit(a)
	for _, k := range fit {
		if k.Shared != d.info.Software {
			return k
		}
	}
	return fit[0]
}

// buffer is a range of device memory.
type buffer struct {
	dev    *Device
	handle bufferHandle
	words  int
}

func (b *buffer) Words() int { return b.words }

func (b *buffer) Release() {
	if b.dev != nil && !b.dev.closed {
		b.dev.backend.destroyBuffer(b.handle)
	}
	b.dev = nil
}

// Alloc returns zeroed memory, or an error that names the limit it breaks.
func (d *Device) Alloc(label string, words int) (device.Buffer, error) {
	if err := d.alive(); err != nil {
		return nil, err
	}
	bytes := uint64(4 * max(words, 1))
	for _, name := range []string{"maxStorageBufferBindingSize", "maxBufferSize"} {
		if limit := d.backend.limits[name]; limit > 0 && bytes > limit {
			return nil, fmt.Errorf("gpu: %s: %d MiB are more than this adapter gives one buffer (%s %d MiB): choose a smaller picture, batch or model",
				label, bytes>>20, name, limit>>20)
		}
	}
	h, err := d.backend.newBuffer(label, bytes)
	if err != nil {
		return nil, d.wrap(fmt.Errorf("gpu: %s: %d bytes: %w", label, bytes, err))
	}
	return &buffer{dev: d, handle: h, words: words}, nil
}

// own returns b as ours, checking the range.
func (d *Device) own(b device.Buffer, offset, words int) *buffer {
	o, ok := b.(*buffer)
	if !ok || o.dev != d {
		panic("BUG: gpu: a buffer of another device, or one that was released")
	}
	if offset < 0 || words < 0 || offset+words > o.words {
		panic(fmt.Sprintf("BUG: gpu: words %d..%d of a buffer of %d", offset, offset+words, o.words))
	}
	return o
}

// Write copies data to a buffer; see device.Device.
func (d *Device) Write(b device.Buffer, offset int, data []byte) error {
	if err := d.alive(); err != nil {
		return err
	}
	if len(data) == 0 {
		return nil
	}
	if err := d.backend.write(d.own(b, offset, len(data)/4).handle, uint64(4*offset), data); err != nil {
		return d.wrap(fmt.Errorf("gpu: write: %w", err))
	}
	return nil
}

// Read waits for all submitted work and copies words to dst.
func (d *Device) Read(ctx context.Context, b device.Buffer, offset int, dst []byte) error {
	if err := d.alive(); err != nil {
		return err
	}
	if len(dst) == 0 {
		return nil
	}
	if err := d.backend.read(ctx, d.own(b, offset, len(dst)/4).handle, uint64(4*offset), dst); err != nil {
		return d.wrap(fmt.Errorf("gpu: read: %w", err))
	}
	return nil
}

// Wait returns when all submitted work is done.
func (d *Device) Wait(ctx context.Context) error {
	if err := d.alive(); err != nil {
		return err
	}
	if err := d.backend.wait(ctx); err != nil {
		return d.wrap(fmt.Errorf("gpu: wait: %w", err))
	}
	return nil
}

// alive reports a lost or closed device before anything is asked of it.
func (d *Device) alive() error {
	if d.closed {
		return fmt.Errorf("gpu: %w: it was closed", device.ErrLost)
	}
	if reason, lost := d.backend.lost(); lost {
		return fmt.Errorf("gpu: %w: %s", device.ErrLost, reason)
	}
	return nil
}

// wrap turns an error that a loss caused into ErrLost.
func (d *Device) wrap(err error) error {
	if reason, lost := d.backend.lost(); lost {
		return fmt.Errorf("%w: %w (%s)", err, device.ErrLost, reason)
	}
	return err
}

// Destroy loses the device on purpose: for tests of recovery.
func (d *Device) Destroy() { d.backend.destroy() }

// Close releases the device and all that lives on it. It may be called twice.
func (d *Device) Close() {
	if !d.closed {
		d.closed = true
		d.backend.close()
	}
}

// excerpt shows the WGSL around the first ":LINE:COLUMN" of a compiler message.
func excerpt(source, message string) string {
	line := 0
	for _, field := range strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" \n\t─┌│", r) }) {
		var name string
		var column int
		if at := strings.IndexByte(field, ':'); at >= 0 {
			name = field[:at]
			if n, _ := fmt.Sscanf(field[at:], ":%d:%d", &line, &column); n == 2 && !strings.ContainsAny(name, "()") {
				break
			}
			line = 0
		}
	}
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for i := max(1, line-2); i <= min(len(lines), line+2); i++ {
		mark := "  "
		if i == line {
			mark = "> "
		}
		fmt.Fprintf(&b, "\n%s%4d | %s", mark, i, lines[i-1])
	}
	return b.String()
}
