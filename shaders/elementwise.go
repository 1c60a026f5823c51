package shaders

func init() {
	GELU.Backward = geluBackward
	GELU.Recompute = true
	DropPath.Backward = dropPathBackward
	Add.NoGrad = "it joins gradients only"
	GELUDX.NoGrad, DropPathDX.NoGrad = secondOrder, secondOrder
}

// GELU stands alone in training, where the value before it is kept.
var GELU = register(func() *Op {
	return &Op{
		Name:    "gelu",
		Formula: "y = x Phi(x), with erf",
		Class:   "elementwise",
		Buffers: []Buffer{read("x", product("n")), write("y", product("n"))},
		Params:  []string{"n"},
		Kernels: []Kernel{{Name: "gelu_rows", Source: source("gelu", "gelu_rows"), Workgroup: [3]int{64, 1, 1}, Grid: quads}},
		Check:   quadsOnly,
		Cases:   []Case{{Args: Args{"n": 404}}},
	}
})

// GELUDX is GELU's gradient.
var GELUDX = register(func() *Op {
	return &Op{
		Name:    "gelu_dx",
		Formula: "dx = dy (Phi(x) + x phi(x))",
		Class:   "backward",
		Buffers: []Buffer{read("x", product("n")), read("dy", product("n")), write("dx", product("n"))},
		Params:  []string{"n"},
		Kernels: []Kernel{{Name: "gelu_dx", Source: source("gelu", "gelu_dx"), Workgroup: [3]int{64, 1, 1}, Grid: quads}},
		Check:   quadsOnly,
		Cases:   []Case{{Args: Args{"n": 404}}},
	}
})

// Add joins two gradients of one tensor.
var Add = register(func() *Op {
	return &Op{
		Name:    "add",
		Formula: "y = a + b",
		Class:   "elementwise",
		Buffers: []Buffer{read("a", product("n")), read("b", product("n")), write("y", product("n"))},
		Params:  []string{"n"},
		Kernels: []Kernel{{Name: "add", Source: source("add"), Workgroup: [3]int{64, 1, 1}, Grid: quads}},
		Check:   quadsOnly,
		Cases:   []Case{{Args: Args{"n": 132}}},
	}
})

// DropPath is stochastic depth (arXiv 1603.09382): an image's branch is left out
// or scaled.
var DropPath = register(func() *Op {
	return &Op{
		Name:    "drop_path",
		Formula: "y = residual + keep[image] x, keep 0 or 1 / (1 - rate)",
		Class:   "elementwise",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			read("keep", product("images")),
			table("slot_image", slotCount),
			read("residual", product("rows", "c")),
			write("y", product("rows", "c")),
		},
		Params: []string{"rows", "c", "slot_rows", "images"},
		Kernels: []Kernel{{Name: "drop_path", Source: source("drop_path"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["c"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: dropCases,
	}
})

// DropPathDX is the gradient of DropPath's branch.
var DropPathDX = register(func() *Op {
	return &Op{
		Name:    "drop_path_dx",
		Formula: "dx = keep[image] dy",
		Class:   "elementwise",
		Buffers: []Buffer{
			read("dy", product("rows", "c")),
			read("keep", product("images")),
			table("slot_image", slotCount),
			write("dx", product("rows", "c")),
		},
		Params: []string{"rows", "c", "slot_rows", "images"},
		Kernels: []Kernel{{Name: "drop_path_dx", Source: source("drop_path_dx"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["c"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: dropCases,
	}
})

var dropCases = []Case{{Args: Args{"rows": 20, "c": 12, "slot_rows": 4, "images": 3}, Tables: map[string][]uint32{"slot_image": {0, 0, 1, 2, 2}}}}

func quads(a Args) [3]int { return grid1(a["n"]/4, 64) }

func quadsOnly(a Args) error { return multiples(a, 4, "n") }

func geluBackward(t Tape) {
	t.Give("x", t.Apply(GELUDX, t.Args(), t.In("x"), t.Grad())[0])
}

func dropPathBackward(t Tape) {
	t.Give("residual", t.Grad())
	if t.Wants("x") {
		t.Give("x", t.Apply(DropPathDX, t.Args(), t.Grad(), t.In("keep"), t.In("slot_image"))[0])
	}
}
