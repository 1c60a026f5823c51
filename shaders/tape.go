package shaders

// Ref is a tensor of the graph that a Tape differentiates.
type Ref int

// Tape is the backward pass of one applied op, as its Backward rule sees it:
// the operands and the result of the forward op, the gradient of its result, and
// a place to append ops and to hand gradients on. Package graph implements it.
type Tape interface {
	// Args are those of the forward op.
	Args() Args
	// In is a forward operand by its buffer's name. An operand that is cheap to
	// compute again is computed again instead of being kept.
	In(buffer string) Ref
	// Grad is the gradient of the loss with respect to the op's result.
	Grad() Ref
	// Wants reports whether anything needs the gradient of an operand.
	Wants(buffer string) bool
	// Give adds r to the gradient of an operand.
	Give(buffer string, r Ref)
	// Param is the gradient buffer of the parameter behind an operand, for an
	// op's Accum buffer. It must be wanted: what one kernel adds to, such as a
	// weight and its bias, is trained or frozen together.
	Param(buffer string) Ref
	// Producer is the tape of the op that computed an operand, for rules that
	// differentiate a chain of ops in one step. Its Grad is not known.
	Producer(buffer string) (*Op, Tape)
	// Apply appends an op; in are its Read and Accum buffers in order. It returns
	// its Write buffers in order.
	Apply(op *Op, a Args, in ...Ref) []Ref
	// Zeros is a constant of n zeros.
	Zeros(n int) Ref
}

// splitsFor is in how many parts a reduction over rows is cut, so that units
// invocations a part fill a device, with at least 64 rows a part.
func splitsFor(units, rows int) int {
	const invocations = 1024
	return min(max(1, rows/64), max(1, ceil(invocations, units)), 64)
}
