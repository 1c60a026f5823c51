// Package shaders is the single place of a GPU operation: its WGSL kernels, the
// buffers they bind, their parameters, grids and test cases. It is pure data:
// it imports nothing of ours, runs nothing, and builds without a GPU or cgo.
package shaders

import (
	"fmt"
	"slices"
	"sort"
)

// Mode says what a kernel does to a buffer.
type Mode uint8

const (
	// Read buffers are bound read-only.
	Read Mode = iota
	// Write buffers are activations: every element is overwritten.
	Write
	// Accum buffers are parameter gradients: the kernel adds to them.
	Accum
	// Update buffers are read and written in place: an optimiser's state.
	Update
)

// Type is the element type of a buffer; both take one 4-byte word.
type Type uint8

const (
	F32 Type = iota
	U32
)

// Args are an op's integer parameters by name ("rows", "c", ...).
type Args map[string]int

// Buffer is one storage binding of an op.
type Buffer struct {
	Name string // the WGSL variable
	Mode Mode
	Type Type
	Len  func(Args) int // number of elements
	// Positive buffers hold no negative value, such as sums of squares: tests fill them so.
	Positive bool
}

// Kernel is one way to compute an op; all kernels of an op share its buffers.
type Kernel struct {
	Name      string        // file name without .wgsl, with the sizes of a tile
	Source    func() string // the whole WGSL text, put together when it is asked for
	Workgroup [3]int
	Grid      func(Args) [3]int // workgroups, each dimension at most 65,535
	Fits      func(Args) bool   // nil: always
	// Shared reports workgroup memory and barriers: good on GPUs, slow on CPU adapters.
	Shared bool
	// MinFLOPs is the work from which on the time to compile the kernel pays in a single
	// run.
	MinFLOPs int64
	// Needs is the feature of WebGPU that the kernel uses; "" for none.
	Needs string
}

// Subgroups is the feature that lets invocations pass values to each other without
// memory. Kernels that need it here are made for CPU adapters, whose vectors hold four
// invocations.
const Subgroups = "subgroups"

// RunsOn reports whether a device with these features can run the kernel.
func (k *Kernel) RunsOn(features []string) bool {
	return k.Needs == "" || slices.Contains(features, k.Needs)
}

// Case is one set of arguments for the shared tests, with the tables (U32
// buffers) and values that cannot be filled with a pattern.
type Case struct {
	Args   Args
	Tables map[string][]uint32
	Values map[string][]float32
}

// Op is one operation: y = f(x, parameters), computed by any of its kernels.
type Op struct {
	Name    string
	Formula string   // the mathematics, with its source
	Buffers []Buffer // bindings 0..n-1 of group 0, in this order
	Params  []string // u32 fields of the uniform (binding n), in this order
	Kernels []Kernel // in order of preference on a CPU adapter
	Check   func(Args) error
	FLOPs   func(Args) int64 // 2 x multiply-adds of convolutions and linear layers
	Class   string           // row of the tolerance table that GPU against reference must meet
	Cases   []Case

	// Backward appends the op's gradients to a tape; nil where NoGrad says why
	// there are none. It is set in init, since rules apply other ops and their own.
	Backward func(Tape)
	NoGrad   string
	// Recompute marks an op whose result training computes again in the backward
	// pass instead of keeping it: cheap beside the linear layers, large in memory.
	Recompute bool
}

// Fit returns the kernels that can compute the op for these arguments on a device with
// these features.
func (o *Op) Fit(a Args, features []string) []*Kernel {
	var ks []*Kernel
	for i := range o.Kernels {
		if k := &o.Kernels[i]; k.RunsOn(features) && (k.Fits == nil || k.Fits(a)) {
			ks = append(ks, k)
		}
	}
	return ks
}

// Validate reports the first argument that is missing, negative or refused by the op.
func (o *Op) Validate(a Args) error {
	for _, p := range o.Params {
		if v, ok := a[p]; !ok {
			return fmt.Errorf("shaders: %s: parameter %q is missing", o.Name, p)
		} else if v < 0 || int64(v) > 1<<32-1 {
			return fmt.Errorf("shaders: %s: parameter %q = %d does not fit a u32", o.Name, p, v)
		}
	}
	if o.Check != nil {
		if err := o.Check(a); err != nil {
			return fmt.Errorf("shaders: %s: %w", o.Name, err)
		}
	}
	if !slices.ContainsFunc(o.Kernels, func(k Kernel) bool { return k.Fits == nil || k.Fits(a) }) {
		return fmt.Errorf("shaders: %s: no kernel fits %v", o.Name, a)
	}
	return nil
}

// Words packs the parameters in uniform order, padded to a multiple of 4 words.
func (o *Op) Words(a Args) []uint32 {
	w := make([]uint32, (len(o.Params)+3)/4*4)
	for i, p := range o.Params {
		w[i] = uint32(a[p])
	}
	return w
}

var registry = map[string]*Op{}

// register makes an op and keeps it. It takes a function, since all ops in one package
// initialiser are a function so large that a browser's compiler worked on it for a second
// at each start; inlined, they would be one again.
//
//go:noinline
func register(op func() *Op) *Op {
	o := op()
	if registry[o.Name] != nil {
		panic("BUG: shaders: op " + o.Name + " registered twice")
	}
	registry[o.Name] = o
	return o
}

// All returns every op, sorted by name.
func All() []*Op {
	ops := make([]*Op, 0, len(registry))
	for _, o := range registry {
		ops = append(ops, o)
	}
	sort.Slice(ops, func(i, j int) bool { return ops[i].Name < ops[j].Name })
	return ops
}

// grid1 spreads n invocations of a 1-D workgroup of size w over x and y, since
// a dimension holds at most 65,535 workgroups. Kernels rebuild the index as
// gid.x + gid.y * num_workgroups.x * w.
func grid1(n, w int) [3]int {
	groups := max(1, (n+w-1)/w)
	if groups <= maxGroups {
		return [3]int{groups, 1, 1}
	}
	y := (groups + maxGroups - 1) / maxGroups
	return [3]int{(groups + y - 1) / y, y, 1}
}

const maxGroups = 65535
