package shaders

func init() {
	LayerNorm.Backward = layerNormBackward
	LayerNorm.Recompute = true
	GELUSumSq.NoGrad = "linear_grn's backward goes through it"
	GRNSumSq.NoGrad = "linear_grn's backward goes through the statistics"
	GRNScale.NoGrad = "linear_grn's backward goes through the statistics"
	ScaleAdd.Backward = scaleAddBackward
	LayerNormDX.NoGrad, LayerNormDW.NoGrad = secondOrder, secondOrder
	GRNDot.NoGrad, GRNDStat.NoGrad, GRNDX.NoGrad = secondOrder, secondOrder, secondOrder
	ScaleDX.NoGrad, ColumnDot.NoGrad = secondOrder, secondOrder
}

// LayerNormDX is LayerNorm's gradient with respect to its input, with each row's
// statistics for LayerNormDW, and again LayerNorm's result for the weight's gradient of
// the layer behind.
var LayerNormDX = register(func() *Op {
	return &Op{
		Name:    "layernorm_dx",
		Formula: "dx = r (g - mean(g) - u mean(g u)), u = (x - mean) r, g = dy weight; stats = (mean, r), y = u weight + bias",
		Class:   "backward",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			read("weight", product("c")),
			read("bias", product("c")),
			read("dy", product("rows", "c")),
			write("dx", product("rows", "c")),
			write("stats", func(a Args) int { return 2 * a["rows"] }),
			write("y", product("rows", "c")),
		},
		Params: []string{"rows", "c", "side"},
		Kernels: []Kernel{{Name: "layernorm_dx", Source: source("regroup", "layernorm_dx"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"], 32) }}},
		Check: LayerNorm.Check,
		Cases: []Case{
			{Args: Args{"rows": 49, "c": 40, "side": 0}},
			{Args: Args{"rows": 1, "c": 320, "side": 0}},
			{Args: Args{"rows": 20, "c": 164, "side": 2}},
		},
	}
})

// LayerNormDW is the gradient of LayerNorm's weight and bias, in splits.
var LayerNormDW = register(func() *Op {
	return &Op{
		Name:    "layernorm_dw",
		Formula: "sums[s] = (sum of dy (x - mean) r, sum of dy) over the rows of split s",
		Class:   "backward",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			read("stats", func(a Args) int { return 2 * a["rows"] }),
			read("dy", product("rows", "c")),
			write("sums", func(a Args) int { return 2 * a["splits"] * a["c"] }),
		},
		Params: []string{"rows", "c", "side", "splits"},
		Kernels: []Kernel{{Name: "layernorm_dw", Source: source("regroup", "layernorm_dw"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["splits"]*a["c"]/4, 32) }}},
		Check: LayerNorm.Check,
		Cases: []Case{
			{Args: Args{"rows": 49, "c": 40, "side": 0, "splits": 3}},
			{Args: Args{"rows": 64, "c": 12, "side": 4, "splits": 1}},
		},
	}
})

// GELUSumSq is GELU and GRNSumSq in one, for training, which keeps what was before
// GELU.
var GELUSumSq = register(func() *Op {
	return &Op{
		Name:    "gelu_sumsq",
		Formula: "y = gelu(h), sums[g, s, c] = sum over the rows of split s of group g of y^2",
		Class:   "reduce",
		Buffers: []Buffer{
			read("h", product("rows", "c")),
			table("group_offset", groupOffsets),
			write("y", product("rows", "c")),
			write("sums", product("groups", "splits", "c")),
		},
		Params: GRNSumSq.Params,
		Kernels: []Kernel{{Name: "gelu_sumsq", Source: source("gelu", "gelu_sumsq"), Workgroup: [3]int{32, 1, 1},
			Grid: groupSplits}},
		Check: GRNSumSq.Check,
		Cases: GRNSumSq.Cases,
	}
})

// GRNDot sums what GRN's backward needs of each channel, and gives what the second
// pointwise layer of a block multiplies with its weight, for that weight's gradient.
var GRNDot = register(func() *Op {
	return &Op{
		Name:    "grn_dot",
		Formula: "a = gelu(h); dots[g, s] = (sum of a dz, sum of dz) over the rows of split s of group g; z = a scale[g] + beta",
		Class:   "backward",
		Buffers: []Buffer{
			read("h", product("rows", "c")),
			read("dz", product("rows", "c")),
			read("scale", product("groups", "c")),
			read("beta", product("c")),
			table("group_offset", groupOffsets),
			write("dots", func(a Args) int { return 2 * a["groups"] * a["splits"] * a["c"] }),
			write("z", product("rows", "c")),
		},
		Params: GRNSumSq.Params,
		Kernels: []Kernel{{Name: "grn_dot", Source: source("gelu", "grn_dot"), Workgroup: [3]int{32, 1, 1},
			Grid: groupSplits}},
		Check: GRNSumSq.Check,
		Cases: GRNSumSq.Cases,
	}
})

// GRNDStat is GRN's backward through its statistics.
var GRNDStat = register(func() *Op {
	return &Op{
		Name:    "grn_dstat",
		Formula: "slope = dG / G, dG = gamma s / D - (sum over channels of gamma s G) / (D^2 C), dgamma = s G / D, dbeta = sum of dz; s = sum of x dz, D = mean G + 1e-6",
		Class:   "backward",
		Buffers: []Buffer{
			positive(read("sums", product("groups", "splits", "c"))),
			read("dots", func(a Args) int { return 2 * a["groups"] * a["splits"] * a["c"] }),
			read("gamma", product("c")),
			write("slope", product("groups", "c")),
			write("dparams", func(a Args) int { return 2 * a["groups"] * a["c"] }),
		},
		Params: GRNScale.Params,
		Kernels: []Kernel{{Name: "grn_dstat", Source: source("total", "grn_dstat"), Workgroup: [3]int{64, 1, 1}, Shared: true,
			Grid: func(a Args) [3]int { return [3]int{a["groups"], 1, 1} }}},
		Check: GRNScale.Check,
		Cases: GRNScale.Cases,
	}
})

// GRNDX is the gradient before GELU and GRN.
var GRNDX = register(func() *Op {
	return &Op{
		Name:    "grn_dx",
		Formula: "dh = (dz scale[group] + gelu(h) slope[group]) gelu'(h)",
		Class:   "backward",
		Buffers: []Buffer{
			read("h", product("rows", "c")),
			read("dz", product("rows", "c")),
			read("scale", product("groups", "c")),
			read("slope", product("groups", "c")),
			table("group_offset", groupOffsets),
			write("dh", product("rows", "c")),
		},
		Params: GRNSumSq.Params,
		Kernels: []Kernel{{Name: "grn_dx", Source: source("gelu", "grn_dx"), Workgroup: [3]int{32, 1, 1},
			Grid: groupSplits}},
		Check: GRNSumSq.Check,
		Cases: GRNSumSq.Cases,
	}
})

// ScaleDX is LayerScale's gradient with respect to its input.
var ScaleDX = register(func() *Op {
	return &Op{
		Name:    "scale_dx",
		Formula: "dx = gamma dy",
		Class:   "elementwise",
		Buffers: []Buffer{read("dy", product("rows", "c")), read("gamma", product("c")), write("dx", product("rows", "c"))},
		Params:  []string{"rows", "c"},
		Kernels: []Kernel{{Name: "scale_dx", Source: source("scale_dx"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["c"]/4, 64) }}},
		Check: ScaleAdd.Check,
		Cases: ScaleAdd.Cases,
	}
})

// ColumnDot is the gradient of LayerScale's gamma, in splits.
var ColumnDot = register(func() *Op {
	return &Op{
		Name:    "column_dot",
		Formula: "sums[s] = sum of x dy over the rows of split s",
		Class:   "backward",
		Buffers: []Buffer{read("x", product("rows", "c")), read("dy", product("rows", "c")), write("sums", product("splits", "c"))},
		Params:  []string{"rows", "c", "splits"},
		Kernels: []Kernel{{Name: "column_dot", Source: source("column_dot"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["splits"]*a["c"]/4, 32) }}},
		Check: ScaleAdd.Check,
		Cases: []Case{{Args: Args{"rows": 49, "c": 40, "splits": 3}}},
	}
})

func layerNormBackward(t Tape) { layerNormGradients(t, t.Grad()) }

// layerNormGradients hands on the gradients of the LayerNorm of a tape, where dy is that
// of its result, which it returns.
func layerNormGradients(t Tape, dy Ref) (y Ref) {
	a := t.Args()
	rows, c := a["rows"], a["c"]
	d := t.Apply(LayerNormDX, Args{"rows": rows, "c": c, "side": a["side"]}, t.In("x"), t.In("weight"), t.In("bias"), dy)
	if t.Wants("weight") || t.Wants("bias") {
		s := splitsFor(ceil(c, 4), rows)
		sums := t.Apply(LayerNormDW, Args{"rows": rows, "c": c, "side": a["side"], "splits": s}, t.In("x"), d[1], dy)[0]
		t.Apply(Accumulate, Args{"splits": s, "n": c, "m": c}, sums, t.Param("weight"), t.Param("bias"))
	}
	t.Give("x", d[0])
	return d[2]
}

func scaleAddBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	t.Give("residual", dy)
	if t.Wants("gamma") {
		s := splitsFor(ceil(a["c"], 4), a["rows"])
		sums := t.Apply(ColumnDot, Args{"rows": a["rows"], "c": a["c"], "splits": s}, t.In("x"), dy)[0]
		t.Apply(AccumulateOne, Args{"splits": s, "n": a["c"]}, sums, t.Param("gamma"))
	}
	if t.Wants("x") {
		t.Give("x", t.Apply(ScaleDX, Args{"rows": a["rows"], "c": a["c"]}, dy, t.In("gamma"))[0])
	}
}
