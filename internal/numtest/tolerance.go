package numtest

// The classes of comparison: rows of the tolerance table.
const (
	Copy        = "copy"        // copies, masks, patchify
	Elementwise = "elementwise" // one rounding or a few per value
	Reduce      = "reduce"      // reductions, convolutions, linear layers
	Backward    = "backward"    // gradients, GPU against reference
	Network     = "network"     // Atto logits, FCMAE pixels against PyTorch
	Training    = "training"    // the loss over 50 training steps against PyTorch
)

// Tolerance allows |got - want| <= Abs + Rel·|want|.
type Tolerance struct{ Abs, Rel float64 }

// table is the only place of a tolerance. Whoever widens a row quotes the
// failing line beside it.
var table = map[string]Tolerance{
	Copy:        {0, 0},
	Elementwise: {2e-6, 1e-5},
	Reduce:      {1e-5, 1e-4},
	Backward:    {1e-4, 1e-3},
	Network:     {1e-3, 1e-3},
	Training:    {0, 2e-3},
}

// For returns the tolerance of a class and panics where the table has none.
func For(class string) Tolerance {
	t, ok := table[class]
	if !ok {
		panic("BUG: numtest: no tolerance class " + class)
	}
	return t
}
