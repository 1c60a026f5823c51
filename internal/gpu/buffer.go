package gpu

import (
	"context"
	"fmt"

	"unmask/internal/device"
)

// buffer is device memory.
type buffer struct {
	dev    *Device // nil once released
	handle bufferHandle
	label  string
	words  int
}

func (b *buffer) Words() int { return b.words }

// bytes is what it takes: WebGPU binds no empty buffer.
func (b *buffer) bytes() uint64 { return 4 * uint64(max(b.words, 1)) }

// Release frees the memory at once. Later calls do nothing.
func (b *buffer) Release() {
	if b.dev == nil {
		return
	}
	b.dev.backend.destroyBuffer(b.handle)
	delete(b.dev.live, b)
	b.dev.bytes -= b.bytes()
	b.dev = nil
}

// Alloc returns zeroed memory, or an error that names the limit it breaks.
func (d *Device) Alloc(label string, words int) (device.Buffer, error) {
	if err := d.alive(); err != nil {
		return nil, err
	}
	if words < 0 {
		panic(fmt.Sprintf("BUG: gpu: %s: a buffer of %d words", label, words))
	}
	b := &buffer{dev: d, label: label, words: words}
	bytes := b.bytes()
	for _, name := range []string{"maxStorageBufferBindingSize", "maxBufferSize"} {
		if limit := d.backend.limits[name]; bytes > limit {
			return nil, &device.MemoryError{Text: fmt.Sprintf("gpu: %s: %d bytes are more than this adapter gives one buffer (%s = %d)", label, bytes, name, limit)}
		}
	}
	h, err := d.backend.newBuffer(label, bytes)
	if err != nil {
		return nil, d.wrap(&device.MemoryError{Text: fmt.Sprintf("gpu: %s: no %d bytes of memory", label, bytes), Err: err})
	}
	b.handle = h
	d.live[b] = struct{}{}
	d.bytes += bytes
	d.most = max(d.most, d.bytes)
	return b, nil
}

// own returns b as ours, checking the range.
func (d *Device) own(b device.Buffer, offset, words int) *buffer {
	o, ok := b.(*buffer)
	if !ok || o.dev != d {
		panic("BUG: gpu: a buffer of another device, or one that was released")
	}
	if offset < 0 || words < 0 || offset+words > o.words {
		panic(fmt.Sprintf("BUG: gpu: words %d..%d of buffer %s of %d", offset, offset+words, o.label, o.words))
	}
	return o
}

// words is the length of data, which holds whole words.
func words(data []byte) int {
	if len(data)%4 != 0 {
		panic(fmt.Sprintf("BUG: gpu: %d bytes are no whole words", len(data)))
	}
	return len(data) / 4
}

// Write copies data to a buffer; see device.Device.
func (d *Device) Write(b device.Buffer, offset int, data []byte) error {
	if err := d.alive(); err != nil {
		return err
	}
	own := d.own(b, offset, words(data))
	if len(data) == 0 {
		return nil
	}
	if err := d.backend.write(own.handle, 4*uint64(offset), data); err != nil {
		return d.wrap(fmt.Errorf("gpu: write %s: %w", own.label, err))
	}
	return nil
}

// Read waits for all submitted work and copies words to dst.
func (d *Device) Read(ctx context.Context, b device.Buffer, offset int, dst []byte) error {
	if err := d.alive(); err != nil {
		return err
	}
	own := d.own(b, offset, words(dst))
	if len(dst) == 0 {
		return nil
	}
	if err := d.backend.read(ctx, own.handle, 4*uint64(offset), dst); err != nil {
		return d.wrap(fmt.Errorf("gpu: read %s: %w", own.label, err))
	}
	return nil
}
