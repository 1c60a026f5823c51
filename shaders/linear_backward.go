package shaders

import (
	"fmt"
	"maps"
)

func init() {
	Linear.Backward = linearBackward
	LinearGRN.Backward = linearGRNBackward
	Transpose.NoGrad = "it turns weights for backward rules only"
	LinearDW.NoGrad, LinearDWAdd.NoGrad = secondOrder, secondOrder
	Accumulate.NoGrad, AccumulateOne.NoGrad = secondOrder, secondOrder
}

// secondOrder is why the ops of backward rules have none themselves.
const secondOrder = "training takes first derivatives only"

// Transpose turns a weight, so that dx = dy W^T runs on Linear's kernels.
var Transpose = register(func() *Op {
	return &Op{
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
	}
})

// LinearDW is the gradient of a linear layer's weight and bias, in splits.
var LinearDW = register(func() *Op {
	return &Op{
		Name:    "linear_dw",
		Formula: "sums[s, k, n] = sum over the rows of split s of x[k] dy[n]; k = K: of dy[n]",
		Class:   "backward",
		Buffers: []Buffer{
			read("x", product("rows", "k")),
			read("dy", product("rows", "n")),
			write("sums", weightSums),
		},
		Params: []string{"rows", "k", "n", "splits"},
		Kernels: append(weightTiles("linear_dw_rows"), Kernel{Name: "linear_dw_any", Source: source("linear_dw_any"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(weightSums(a), 32) }}),
		Check: func(a Args) error { return multiples(a, 1, "rows", "k", "n", "splits") },
		FLOPs: func(a Args) int64 { return 2 * int64(a["rows"]) * int64(a["k"]) * int64(a["n"]) },
		Cases: []Case{
			{Args: Args{"rows": 49, "k": 48, "n": 40, "splits": 3}},
			{Args: Args{"rows": 9, "k": 40, "n": 160, "splits": 1}},
			{Args: Args{"rows": 130, "k": 16, "n": 8, "splits": 64}},
			{Args: Args{"rows": 67, "k": 32, "n": 48, "splits": 2}},
			{Args: Args{"rows": 5, "k": 20, "n": 7, "splits": 2}},
		},
	}
})

// LinearDWAdd is LinearDW and Accumulate in one for what one split computes.
var LinearDWAdd = register(func() *Op {
	return &Op{
		Name:    "linear_dw_add",
		Formula: "dweight += x^T dy, dbias += sum over rows of dy",
		Class:   "backward",
		Buffers: []Buffer{
			read("x", product("rows", "k")),
			read("dy", product("rows", "n")),
			accum("dweight", product("k", "n")),
			accum("dbias", product("n")),
		},
		Params: []string{"rows", "k", "n"},
		Kernels: append(weightTiles("linear_dw_add_rows"), Kernel{Name: "linear_dw_add_any", Source: source("linear_dw_add_any"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1((a["k"]+1)*a["n"], 32) }}),
		Check: func(a Args) error { return multiples(a, 1, "rows", "k", "n") },
		FLOPs: LinearDW.FLOPs,
		Cases: []Case{
			{Args: Args{"rows": 49, "k": 48, "n": 40}},
			{Args: Args{"rows": 9, "k": 40, "n": 160}},
			{Args: Args{"rows": 67, "k": 32, "n": 48}},
			{Args: Args{"rows": 5, "k": 20, "n": 7}},
		},
	}
})

// Accumulate adds what the splits of a reduction found to the gradients of a
// weight and its bias.
var Accumulate = register(func() *Op {
	return &Op{
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
	}
})

// AccumulateOne is Accumulate for a parameter without a companion.
var AccumulateOne = register(func() *Op {
	return &Op{
		Name:    "accumulate_one",
		Formula: "grad += sum over s of sums[s]",
		Class:   "reduce",
		Buffers: []Buffer{read("sums", product("splits", "n")), accum("grad", product("n"))},
		Params:  []string{"splits", "n"},
		Kernels: []Kernel{{Name: "accumulate_one", Source: source("accumulate_one"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["n"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "n") },
		Cases: []Case{{Args: Args{"splits": 5, "n": 44}}},
	}
})

func weightSums(a Args) int { return a["splits"] * (a["k"] + 1) * a["n"] }

// weightTiles are the tiles of a weight's gradient, the best of those that fit first.
func weightTiles(file string) []Kernel {
	return []Kernel{weightTile(16, 16, file), weightTile(16, 20, file), weightTile(20, 16, file), weightTile(16, 8, file), weightTile(8, 16, file)}
}

// weightTile is a kernel whose invocations each hold the gradients of height inputs x
// width outputs in registers.
func weightTile(height, width int, file string) Kernel {
	ins, in := columns(height / 4)
	outs, out := columns(width / 4)
	words := map[string][]string{"Ins": {ins}, "in": in, "Outs": {outs}, "out": out}
	sizes := map[string]int{"H": height, "W": width, "R": height / 4, "C": width / 4, "T": height * width / 4}
	return Kernel{
		Name:      fmt.Sprintf("%s_%dx%d", file, height, width),
		Source:    unrolled(sizes, words, file),
		Workgroup: [3]int{32, 1, 1},
		Grid:      func(a Args) [3]int { return grid1(max(1, a["splits"])*(a["k"]/height)*(a["n"]/width), 32) },
		Fits:      func(a Args) bool { return a["k"]%height == 0 && a["n"]%width == 0 },
	}
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
	if s == 1 {
		t.Apply(LinearDWAdd, Args{"rows": rows, "k": k, "n": n}, x, dy, t.Param("w"), t.Param("bias"))
		return
	}
	sums := t.Apply(LinearDW, Args{"rows": rows, "k": k, "n": n, "splits": s}, x, dy)[0]
	t.Apply(Accumulate, Args{"splits": s, "n": k * n, "m": n}, sums, t.Param("w"), t.Param("bias"))
}

func linearBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	if a["gelu"] != 0 {
		panic("BUG: shaders: training applies gelu as an op of its own, to keep what it needs")
	}
	rows, k, n := a["rows"], a["k"], a["n"]
	weight := t.Wants("w") || t.Wants("bias")
	op, norm := t.Producer("x")
	if weight && t.Wants("x") && op == LayerNorm {
		// LayerNorm's backward, which is linear in dy, takes this part of it at once: it
		// computes x again on the way.
		x := layerNormGradients(norm, inputGradient(t, dy, "w", rows, k, n))
		weightGradient(t, x, dy, rows, k, n)
		return
	}
	if weight {
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
	aop, act := t.Producer("x")
	sop, scale := t.Producer("scale")
	if aop != GELUSumSq || sop != GRNScale {
		panic("BUG: shaders: linear_grn behind no gelu_sumsq and grn_scale cannot be differentiated")
	}
	weight, params := t.Wants("w") || t.Wants("bias"), scale.Wants("gamma") || t.Wants("beta")
	if !t.Wants("x") && !params && !weight {
		return
	}
	dz := inputGradient(t, dy, "w", rows, k, n)
	h, groups, offsets := act.In("h"), act.Args(), act.In("group_offset")
	dot := t.Apply(GRNDot, groups, h, dz, t.In("scale"), t.In("beta"), offsets)
	if weight {
		weightGradient(t, dot[1], dy, rows, k, n)
	}
	if !t.Wants("x") && !params {
		return
	}
	stat := t.Apply(GRNDStat, scale.Args(), scale.In("sums"), dot[0], scale.In("gamma"))
	if params {
		t.Apply(Accumulate, Args{"splits": a["groups"], "n": k, "m": k}, stat[1], scale.Param("gamma"), t.Param("beta"))
	}
	if !t.Wants("x") {
		return
	}
	short := maps.Clone(groups)
	short["splits"] = ceil(rows, 8*groups["groups"]) // nothing is added up: short splits fill a device
	act.Give("h", t.Apply(GRNDX, short, h, dz, t.In("scale"), stat[0], offsets)[0])
}
