package shaders

func init() {
	Linear.Backward = linearBackward
	LinearGRN.Backward = linearGRNBackward
	Transpose.NoGrad = "it turns weights for backward rules only"
	LinearDW.NoGrad = secondOrder
	Accumulate.NoGrad, AccumulateOne.NoGrad = secondOrder, secondOrder
}

// secondOrder is why the ops of backward rules have none themselves.
const secondOrder = "training takes first derivatives only"

// Transpose turns a weight, so that dx = dy W^T runs on Linear's kernels.
var Transpose = register(&Op{
	Name:    "transpose",
	Formula: "y = x^T",
	Class:   "copy",
	Buffers: []Buffer{read("x", product("rows", "cols")), write("y", product("rows", "cols"))},
	Params:  []string{"rows", "cols"},
	Kernels: []Kernel{
		{Name: "transpose_4", Source: source("transpose_4"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["cols"]/16, 64) },
			Fits: func(a Args) bool { return a["rows"]%4 == 0 && a["cols"]%4 == 0 }},
		{Name: "transpose_any", Source: source("transpose_any"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["cols"], 64) }},
	},
	Check: func(a Args) error { return multiples(a, 1, "rows", "cols") },
	Cases: []Case{{Args: Args{"rows": 12, "cols": 20}}, {Args: Args{"rows": 7, "cols": 3}}},
})

// LinearDW is the gradient of a linear layer's weight and bias, in splits.
var LinearDW = register(&Op{
	Name:    "linear_dw",
	Formula: "sums[s, k, n] = sum over the rows of split s of x[k] dy[n]; k = K: of dy[n]",
	Class:   "backward",
	Buffers: []Buffer{
		read("x", product("rows", "k")),
		read("dy", product("rows", "n")),
		write("sums", weightSums),
	},
	Params: []string{"rows", "k", "n", "splits"},
	Kernels: []Kernel{
		{Name: "linear_dw_16x16", Source: source("linear_dw_16x16"), Workgroup: [3]int{32, 1, 1}, Grid: weightTiles(16, 16), Fits: weightTileable(16, 16)},
		{Name: "linear_dw_16x8", Source: source("linear_dw_16x8"), Workgroup: [3]int{32, 1, 1}, Grid: weightTiles(16, 8), Fits: weightTileable(16, 8)},
		{Name: "linear_dw_8x16", Source: source("linear_dw_8x16"), Workgroup: [3]int{32, 1, 1}, Grid: weightTiles(8, 16), Fits: weightTileable(8, 16)},
		{Name: "linear_dw_any", Source: source("linear_dw_any"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(weightSums(a), 32) }},
	},
	Check: func(a Args) error { return multiples(a, 1, "rows", "k", "n", "splits") },
	FLOPs: func(a Args) int64 { return 2 * int64(a["rows"]) * int64(a["k"]) * int64(a["n"]) },
	Cases: []Case{
		{Args: Args{"rows": 49, "k": 48, "n": 40, "splits": 3}},
		{Args: Args{"rows": 9, "k": 40, "n": 160, "splits": 1}},
		{Args: Args{"rows": 130, "k": 16, "n": 8, "splits": 64}},
		{Args: Args{"rows": 67, "k": 32, "n": 48, "splits": 2}},
		{Args: Args{"rows": 5, "k": 20, "n": 7, "splits": 2}},
	},
})

// Accumulate adds what the splits of a reduction found to the gradients of a
// weight and its bias.
var Accumulate = register(&Op{
	Name:    "accumulate",
	Formula: "dweight += sum over s of sums[s, :n], dbias += sum over s of sums[s, n:]",
	Class:   "reduce",
	Buffers: []Buffer{
		read("sums", func(a Args) int { return a["splits"] * (a["n"] + a["m"]) }),
		accum("dweight", product("n")),
		accum("dbias", product("m")),
	},
	Params: []string{"splits", "n", "m"},
	Kernels: []Kernel{
		{Name: "accumulate_4", Source: source("accumulate_4"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1((a["n"]+a["m"])/4, 64) },
			Fits: func(a Args) bool { return a["n"]%4 == 0 && a["m"]%4 == 0 }},
		{Name: "accumulate", Source: source("accumulate"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["n"]+a["m"], 64) }},
	},
	Check: func(a Args) error { return multiples(a, 1, "splits", "n", "m") },
	Cases: []Case{{Args: Args{"splits": 3, "n": 40, "m": 8}}, {Args: Args{"splits": 1, "n": 21, "m": 7}}},
})

// AccumulateOne is Accumulate for a parameter without a companion.
var AccumulateOne = register(&Op{
	Name:    "accumulate_one",
	Formula: "grad += sum over s of sums[s]",
	Class:   "reduce",
	Buffers: []Buffer{read("sums", product("splits", "n")), accum("grad", product("n"))},
	Params:  []string{"splits", "n"},
	Kernels: []Kernel{{Name: "accumulate_one", Source: source("accumulate_one"), Workgroup: [3]int{64, 1, 1},
		Grid: func(a Args) [3]int { return grid1(a["n"]/4, 64) }}},
	Check: func(a Args) error { return multiples(a, 4, "n") },
	Cases: []Case{{Args: Args{"splits": 5, "n": 44}}},
})

func weightSums(a Args) int { return a["splits"] * (a["k"] + 1) * a["n"] }

func weightTiles(k, n int) func(Args) [3]int {
	return func(a Args) [3]int { return grid1(a["splits"]*(a["k"]/k)*(a["n"]/n), 32) }
}

func weightTileable(k, n int) func(Args) bool {
	return func(a Args) bool { return a["k"]%k == 0 && a["n"]%n == 0 }
}

// inputGradient is dx = dy W^T.
func inputGradient(t Tape, dy Ref, weight string, rows, k, n int) Ref {
	turned := t.Apply(Transpose, Args{"rows": k, "cols": n}, t.In(weight))[0]
	return t.Apply(Linear, Args{"rows": rows, "k": n, "n": k, "gelu": 0}, dy, turned, t.Zeros(k))[0]
}

// weightGradient adds x^T dy to the gradient of operand "w" and the sum of dy to
// that of "bias".
func weightGradient(t Tape, x, dy Ref, rows, k, n int) {
	s := splitsFor(ceil(k*n, 64), rows)
	sums := t.Apply(LinearDW, Args{"rows": rows, "k": k, "n": n, "splits": s}, x, dy)[0]
	t.Apply(Accumulate, Args{"splits": s, "n": k * n, "m": n}, sums, t.Param("w"), t.Param("bias"))
}

func linearBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	if a["gelu"] != 0 {
		panic("BUG: shaders: training applies gelu as an op of its own, to keep what it needs")
	}
	rows, k, n := a["rows"], a["k"], a["n"]
	if t.Wants("w") || t.Wants("bias") {
		weightGradient(t, t.In("x"), dy, rows, k, n)
	}
	if t.Wants("x") {
		t.Give("x", inputGradient(t, dy, "w", rows, k, n))
	}
}

// linearGRNBackward differentiates GELU, GRN with its statistics, the linear layer
// and the residual of a block at once: the way through the statistics joins the
// direct one in the pass that GELU's derivative needs anyway.
func linearGRNBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	rows, k, n := a["rows"], a["k"], a["n"]
	t.Give("residual", dy)
	xop, act := t.Producer("x")
	if xop != GELU {
		panic("BUG: shaders: linear_grn behind no gelu cannot be differentiated")
	}
	rowArgs := Args{"rows": rows, "c": k, "slot_rows": a["slot_rows"], "groups": a["groups"]}
	if t.Wants("w") || t.Wants("bias") {
		z := t.Apply(GRNApply, rowArgs, act.In("x"), t.In("scale"), t.In("beta"), t.In("slot_group"))[0]
		weightGradient(t, z, dy, rows, k, n)
	}
	op, scale := t.Producer("scale")
	if op != GRNScale {
		panic("BUG: shaders: linear_grn behind no grn_scale cannot be differentiated")
	}
	params := scale.Wants("gamma") || t.Wants("beta")
	if !t.Wants("x") && !params {
		return
	}
	sop, sumsq := scale.Producer("sums")
	if sop != GRNSumSq {
		panic("BUG: shaders: grn_scale behind no grn_sumsq cannot be differentiated")
	}
	dz := inputGradient(t, dy, "w", rows, k, n)
	g := sumsq.Args()
	dots := t.Apply(GRNDot, g, t.In("x"), dz, sumsq.In("group_offset"))[0]
	stat := t.Apply(GRNDStat, scale.Args(), scale.In("sums"), dots, scale.In("gamma"))
	if params {
		t.Apply(Accumulate, Args{"splits": a["groups"], "n": k, "m": k}, stat[1], scale.Param("gamma"), t.Param("beta"))
	}
	if !t.Wants("x") {
		return
	}
	act.Give("x", t.Apply(GRNDX, rowArgs,
		act.In("x"), dz, t.In("scale"), stat[0], t.In("slot_group"))[0])
}
