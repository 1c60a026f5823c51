package shaders

import "math"

func init() {
	for _, o := range []*Op{SumSquares, Clip, AdamW, EMA} {
		o.NoGrad = "the optimiser is not differentiated"
	}
}

// Hyper is the layout of the buffer that AdamW, Clip and EMA read each step.
type Hyper struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Step                               int     // from 1, for the bias corrections
	EMA                                float64 // decay of the average
	GradScale                          float64 // factor of the gradients: 1 / accumulated micro-batches where each is a mean
	Clip                               float64 // limit of the gradients' norm, 0: none
}

// HyperWords is the length of the buffer.
const HyperWords = 12

// SumSquares begins the norm of all gradients.
var SumSquares = register(func() *Op {
	return &Op{
		Name:    "sum_squares",
		Formula: "sums[8 e + l] = sum of x[j]^2 over the fours j = l mod 8 of piece e",
		Class:   "reduce",
		Buffers: []Buffer{read("x", product("n")), write("sums", product("parts"))},
		Params:  []string{"n", "parts"},
		Kernels: []Kernel{{Name: "sum_squares", Source: source("sum_squares"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return [3]int{a["parts"] / 64, 1, 1} }}},
		Check: func(a Args) error {
			if err := multiples(a, 64, "parts"); err != nil {
				return err
			}
			return multiples(a, 4, "n")
		},
		Cases: []Case{{Args: Args{"n": 1004, "parts": 192}}, {Args: Args{"n": 12, "parts": 64}}},
	}
})

// Clip is gradient clipping by global norm.
var Clip = register(func() *Op {
	return &Op{
		Name:    "clip",
		Formula: "norm = scale sqrt(sum of sums); factor = scale min(1, limit / (norm + 1e-6)), 0 where not finite",
		Class:   "reduce",
		Buffers: []Buffer{
			positive(read("sums", product("parts"))),
			positive(read("hyper", func(Args) int { return HyperWords })),
			write("clip", func(Args) int { return 4 }),
		},
		Params: []string{"parts"},
		Kernels: []Kernel{{Name: "clip", Source: source("total", "clip"), Workgroup: [3]int{64, 1, 1}, Shared: true,
			Grid: func(Args) [3]int { return [3]int{1, 1, 1} }}},
		Cases: []Case{{Args: Args{"parts": 150}}, {Args: Args{"parts": 3}}},
	}
})

// AdamW updates a whole buffer of parameters and clears their gradients.
var AdamW = register(func() *Op {
	return &Op{
		Name:    "adamw",
		Formula: "m += (1-b1)(g-m); v = b2 v + (1-b2) g^2; w = w (1 - lr wd) - lr m/(1-b1^t) / (sqrt(v/(1-b2^t)) + eps) (arXiv 1711.05101, alg. 2)",
		Class:   "backward",
		Buffers: []Buffer{
			update("w", product("n")),
			update("grad", product("n")),
			update("m", product("n")),
			positive(update("v", product("n"))),
			positive(read("scales", func(a Args) int { return a["n"] / 64 * 2 })),
			positive(read("hyper", func(Args) int { return HyperWords })),
			positive(read("clip", func(Args) int { return 4 })),
		},
		Params:  []string{"n"},
		Kernels: []Kernel{{Name: "adamw", Source: source("adamw"), Workgroup: [3]int{64, 1, 1}, Grid: quads}},
		Check:   func(a Args) error { return multiples(a, 64, "n") },
		Cases: []Case{
			{Args: Args{"n": 192}, Values: map[string][]float32{
				"hyper":  {1e-2, 0.9, 0.95, 1e-8, 0.05, 0.271, 0.143, 0.999, 0.5, 1, 0, 0},
				"clip":   {2, 0.25, 1, 0},
				"scales": {1, 1, 0.5, 0, 0, 1}, // decayed, not decayed, frozen
			}},
			{Args: Args{"n": 128}, Values: map[string][]float32{ // the first step of a warm-up: only moments move
				"hyper":  {0, 0.9, 0.95, 1e-8, 0.05, 0.1, 0.05, 0.999, 1, 0, 0, 0},
				"clip":   {2, 1, 1, 0},
				"scales": {1, 1, 0, 1},
			}},
			{Args: Args{"n": 64}, Values: map[string][]float32{ // a gradient that is not finite
				"hyper":  {1e-2, 0.9, 0.95, 1e-8, 0.05, 0.271, 0.143, 0.999, 0.5, 1, 0, 0},
				"clip":   {2, 0, 0, 0},
				"scales": {1, 1},
			}},
		},
	}
})

// EMA is the moving average of the parameters.
var EMA = register(func() *Op {
	return &Op{
		Name:    "ema",
		Formula: "e += (1 - decay) (w - e)",
		Class:   "elementwise",
		Buffers: []Buffer{
			read("w", product("n")),
			positive(read("hyper", func(Args) int { return HyperWords })),
			update("e", product("n")),
		},
		Params:  []string{"n"},
		Kernels: []Kernel{{Name: "ema", Source: source("ema"), Workgroup: [3]int{64, 1, 1}, Grid: quads}},
		Check:   quadsOnly,
		Cases:   []Case{{Args: Args{"n": 192}}},
	}
})

// Words packs the hyper-parameters as the kernels read them.
func (h Hyper) Words() []float32 {
	t := float64(h.Step)
	w := make([]float32, HyperWords)
	for i, v := range []float64{h.LR, h.Beta1, h.Beta2, h.Eps, h.WeightDecay,
		1 - math.Pow(h.Beta1, t), 1 - math.Pow(h.Beta2, t), h.EMA, h.GradScale, h.Clip} {
		w[i] = float32(v)
	}
	return w
}
