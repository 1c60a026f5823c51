package shaders

func init() {
	CrossEntropy.Backward = func(t Tape) {
		t.Give("logits", t.Apply(CrossEntropyDX, t.Args(), t.In("logits"), t.In("targets"), t.Grad())[0])
	}
	CrossEntropyDX.NoGrad = secondOrder
}

// CrossEntropy is the classifier's loss of each image. Label smoothing, mixup and
// cutmix are in the targets.
var CrossEntropy = register(func() *Op {
	return &Op{
		Name:    "cross_entropy",
		Formula: "loss[n] = - sum over classes of target log softmax(logits)",
		Class:   "reduce",
		Buffers: []Buffer{
			read("logits", product("images", "classes")),
			positive(read("targets", product("images", "classes"))),
			write("loss", product("images")),
		},
		Params: []string{"images", "classes"},
		Kernels: []Kernel{{Name: "cross_entropy", Source: source("cross_entropy"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["images"], 32) }}},
		Check: func(a Args) error { return multiples(a, 1, "images", "classes") },
		Cases: []Case{{Args: Args{"images": 3, "classes": 7}}, {Args: Args{"images": 1, "classes": 1000}}},
	}
})

// CrossEntropyDX is the gradient of CrossEntropy.
var CrossEntropyDX = register(func() *Op {
	return &Op{
		Name:    "cross_entropy_dx",
		Formula: "dlogits = dloss (softmax(logits) sum(target) - target)",
		Class:   "backward",
		Buffers: []Buffer{
			read("logits", product("images", "classes")),
			positive(read("targets", product("images", "classes"))),
			read("dloss", product("images")),
			write("dlogits", product("images", "classes")),
		},
		Params: CrossEntropy.Params,
		Kernels: []Kernel{{Name: "cross_entropy_dx", Source: source("cross_entropy_dx"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["images"], 32) }}},
		Check: CrossEntropy.Check,
		Cases: CrossEntropy.Cases,
	}
})
