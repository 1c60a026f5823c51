// Package device is the contract between the graph and what runs it: a WebGPU
// device (internal/gpu) or the CPU (internal/ref). A device owns buffers of
// 4-byte words and runs recorded lists of ops; it knows no model.
package device

import (
	"context"
	"errors"
	"unsafe"

	"unmask/shaders"
)

// ErrLost is wrapped by every error that follows the loss of a GPU device.
var ErrLost = errors.New("the GPU device was lost")

// MemoryError is memory that a device does not give; Text names what for and how much.
type MemoryError struct {
	Text string
	Err  error // why, or nil
}

func (e *MemoryError) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

// Unwrap returns why.
func (e *MemoryError) Unwrap() error { return e.Err }

// KernelError is a kernel that an adapter's driver does not compile; Err says why.
type KernelError struct {
	Kernel string
	Err    error
}

func (e *KernelError) Error() string {
	return "kernel " + e.Kernel + " does not compile: " + e.Err.Error()
}

// Unwrap returns why.
func (e *KernelError) Unwrap() error { return e.Err }

// Buffer is device memory of Words() 4-byte words. Release frees it at once.
type Buffer interface {
	Words() int
	Release()
}

// View is a range of a buffer, in words. Offset is a multiple of Align.
type View struct {
	Buffer Buffer
	Offset int
	Len    int
}

// Align is the granularity of View.Offset in words: WebGPU's 256 bytes.
const Align = 64

// Step is one op on views, in the order of the op's Buffers.
type Step struct {
	Op    *shaders.Op
	Args  shaders.Args
	Views []View
	Label string // where in the network: "stages.0.1.pwconv1"
}

// Info describes a device to people.
type Info struct {
	Kind       string   `json:"kind"` // "gpu" or "cpu"
	Name       string   `json:"name"`
	Vendor     string   `json:"vendor,omitempty"`
	Backend    string   `json:"backend,omitempty"` // Vulkan, Metal, WebGPU, Go
	Driver     string   `json:"driver,omitempty"`
	Software   bool     `json:"software"` // a CPU adapter such as lavapipe or SwiftShader
	Features   []string `json:"features,omitempty"`
	MaxBinding int      `json:"max_binding_bytes,omitempty"`
	MaxBuffer  int      `json:"max_buffer_bytes,omitempty"`
	// Limits are those of an open GPU device that kernels depend on, by their names in
	// the specification of WebGPU.
	Limits map[string]uint64 `json:"limits,omitempty"`
}

// Timing is how long one step of a program took.
type Timing struct {
	Label, Op, Kernel string
	MS                float64
}

// Profiler is a device that times a program step by step. Exact tells that the device
// itself measured them; else a time holds a part of the cost of a submission, so that
// tiny steps look dearer than they are in a whole run. What the program writes is of no
// use afterwards.
type Profiler interface {
	Profile(ctx context.Context, p Program) (times []Timing, exact bool, err error)
}

// Program is a recorded list of steps, ready to run many times.
type Program interface {
	// Run submits the steps; it may return before they are done.
	Run() error
	// Dispatches is the number of kernel launches of one Run.
	Dispatches() int
	Release()
}

// Improver is a program that begins with kernels that compile quickly and goes on with
// faster ones; Improve waits for those.
type Improver interface{ Improve() }

// Device runs programs. Its methods are called from one goroutine at a time.
type Device interface {
	Info() Info
	// Alloc returns zeroed memory.
	Alloc(label string, words int) (Buffer, error)
	// Write copies data (a multiple of 4 bytes) to a buffer at a word offset.
	Write(b Buffer, offset int, data []byte) error
	// Read waits for all submitted work and copies words to dst.
	Read(ctx context.Context, b Buffer, offset int, dst []byte) error
	// Wait returns when all submitted work is done.
	Wait(ctx context.Context) error
	// Prepare compiles and records steps. An error names the step and its op.
	Prepare(steps []Step) (Program, error)
	// Close releases the device; buffers and programs die with it.
	Close()
}

// Bytes views words of any 4-byte type as bytes, without copying.
func Bytes[T float32 | uint32 | int32](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), 4*len(s))
}
