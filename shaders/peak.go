package shaders

// FMAPeak measures an adapter's arithmetic for `unmask bench`; no network uses it.
var FMAPeak = register(func() *Op {
	return &Op{
		Name:    "fma_peak",
		Formula: "y = mean over j in 0..7 of 2 + (x + j - 2) / 2^iterations",
		Class:   "elementwise",
		NoGrad:  "no network uses it",
		Buffers: []Buffer{read("x", product("n")), write("y", product("n"))},
		Params:  []string{"n", "iterations"},
		Kernels: []Kernel{{Name: "fma_peak", Source: source("fma_peak"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["n"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "n") },
		FLOPs: func(a Args) int64 { return 16 * int64(a["n"]) * int64(a["iterations"]) },
		Cases: []Case{{Args: Args{"n": 44, "iterations": 3}}, {Args: Args{"n": 4, "iterations": 40}}},
	}
})
