package shaders

func init() {
	Patchify.NoGrad = "nothing asks for the gradient of pixels"
	Depthwise.Backward = depthwiseBackward
	FillTokens.Backward = fillTokensBackward
	Pool.Backward = poolBackward
	PatchLoss.Backward = patchLossBackward
	FlipTaps.NoGrad = "it turns weights for backward rules only"
	DepthwiseDW.NoGrad, FillTokensDX.NoGrad, FillTokensDToken.NoGrad = secondOrder, secondOrder, secondOrder
	PoolDX.NoGrad, PatchLossDX.NoGrad = secondOrder, secondOrder
}

// FlipTaps turns a depthwise kernel by 180 degrees.
var FlipTaps = register(func() *Op {
	return &Op{
		Name:    "flip_taps",
		Formula: "y[tap] = x[taps - 1 - tap]",
		Class:   "copy",
		Buffers: []Buffer{read("x", product("taps", "c")), write("y", product("taps", "c"))},
		Params:  []string{"taps", "c"},
		Kernels: []Kernel{{Name: "flip_taps", Source: source("flip_taps"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["taps"]*a["c"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: []Case{{Args: Args{"taps": 49, "c": 12}}},
	}
})

// DepthwiseDW is the gradient of a depthwise convolution's weight and bias, in splits.
var DepthwiseDW = register(func() *Op {
	return &Op{
		Name:    "depthwise_dw",
		Formula: "sums[s, tap, c] = sum over the positions p of split s of dy[p, c] x[p + tap - 3, c], hidden positions 0; tap 49: of dy[p, c]",
		Class:   "backward",
		Buffers: []Buffer{
			read("x", positions),
			read("dy", positions),
			table("slot_patch", product("slots")),
			table("patch_slot", product("images", "grid_rows", "grid_cols")),
			write("sums", func(a Args) int { return a["splits"] * 50 * a["c"] }),
		},
		Params: []string{"slots", "c", "side", "grid_rows", "grid_cols", "images", "splits"},
		Kernels: []Kernel{
			{Name: "depthwise_dw_8", Source: source("depthwise_dw_8"), Workgroup: [3]int{32, 1, 1}, Grid: tapRows, Fits: side(8)},
			{Name: "depthwise_dw_4", Source: source("depthwise_dw_4"), Workgroup: [3]int{32, 1, 1}, Grid: tapRows, Fits: side(4)},
			{Name: "depthwise_dw_2", Source: source("depthwise_dw_2"), Workgroup: [3]int{32, 1, 1}, Grid: tapRows, Fits: side(2)},
			{Name: "depthwise_dw_any", Source: source("depthwise_dw_any"), Workgroup: [3]int{32, 1, 1}, Grid: tapRows},
		},
		Check: func(a Args) error {
			if err := multiples(a, 1, "splits"); err != nil {
				return err
			}
			return Depthwise.Check(a)
		},
		FLOPs: Depthwise.FLOPs,
		Cases: split(3, ragged(8, 40), ragged(4, 16), ragged(2, 12), ragged(1, 44), dense(8, 8), dense(1, 64)),
	}
})

// FillTokensDX is the gradient of the encoder's rows behind the decoder's input.
var FillTokensDX = register(func() *Op {
	return &Op{
		Name:    "fill_tokens_dx",
		Formula: "dx[slot of p] = dy[p] of visible p",
		Class:   "copy",
		Buffers: []Buffer{
			read("dy", product("patches", "c")),
			table("patch_slot", product("patches")),
			write("dx", product("slots", "c")),
		},
		Params: []string{"patches", "c", "slots"},
		Kernels: []Kernel{{Name: "fill_tokens_dx", Source: source("fill_tokens_dx"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["patches"]*a["c"]/4, 64) }}},
		Check: FillTokens.Check,
		Cases: FillTokens.Cases,
	}
})

// FillTokensDToken is the gradient of the mask token, in splits.
var FillTokensDToken = register(func() *Op {
	return &Op{
		Name:    "fill_tokens_dtoken",
		Formula: "sums[s] = sum of dy over the hidden patches of split s",
		Class:   "backward",
		Buffers: []Buffer{
			read("dy", product("patches", "c")),
			table("patch_slot", product("patches")),
			write("sums", product("splits", "c")),
		},
		Params: []string{"patches", "c", "splits"},
		Kernels: []Kernel{{Name: "fill_tokens_dtoken", Source: source("fill_tokens_dtoken"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["splits"]*a["c"]/4, 32) }}},
		Check: FillTokens.Check,
		Cases: []Case{{Args: Args{"patches": 6, "c": 20, "splits": 2}, Tables: map[string][]uint32{"patch_slot": {0, 2, 0, 0, 1, 0}}}},
	}
})

// PoolDX is the gradient of the global average pooling.
var PoolDX = register(func() *Op {
	return &Op{
		Name:    "pool_dx",
		Formula: "dx[row of image n] = dy[n] / rows of n",
		Class:   "elementwise",
		Buffers: []Buffer{
			read("dy", product("images", "c")),
			table("image_offset", func(a Args) int { return a["images"] + 1 }),
			write("dx", product("rows", "c")),
		},
		Params: Pool.Params,
		Kernels: []Kernel{{Name: "pool_dx", Source: source("pool_dx"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["images"]*a["c"]/4, 32) }}},
		Check: Pool.Check,
		Cases: Pool.Cases,
	}
})

// PatchLossDX is the gradient of the patch losses with respect to the prediction.
var PatchLossDX = register(func() *Op {
	return &Op{
		Name:    "patch_loss_dx",
		Formula: "dpred = dloss 2 (pred - target) / 3072 of hidden patches, 0 of visible ones",
		Class:   "backward",
		Buffers: []Buffer{
			read("pred", func(a Args) int { return patchCount(a) * 3072 }),
			read("image", func(a Args) int { return a["images"] * a["height"] * a["width"] * 3 }),
			table("patch_slot", patchCount),
			read("dloss", patchCount),
			write("dpred", func(a Args) int { return patchCount(a) * 3072 }),
		},
		Params: PatchLoss.Params,
		Kernels: []Kernel{{Name: "patch_loss_dx", Source: source("total", "patch_target", "patch_loss_dx"), Workgroup: [3]int{64, 1, 1}, Shared: true,
			Grid: func(a Args) [3]int { return grid1(patchCount(a)*64, 64) }}},
		Check: PatchLoss.Check,
		Cases: PatchLoss.Cases,
	}
})

func positions(a Args) int { return a["slots"] * a["side"] * a["side"] * a["c"] }

func tapRows(a Args) [3]int { return grid1(a["splits"]*7*a["c"]/4, 32) }

// split gives cases a number of splits.
func split(n int, cases ...Case) []Case {
	for _, c := range cases {
		c.Args["splits"] = n
	}
	return cases
}

// depthwiseBackward: dx is the convolution of dy with the turned kernel, over the
// same visible positions, since p sees q through a tap where q sees p through the
// opposite one.
func depthwiseBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	c := a["c"]
	if t.Wants("weight") || t.Wants("bias") {
		s := min(a["slots"], splitsFor(ceil(7*c, 4), 64*a["slots"]))
		sums := t.Apply(DepthwiseDW, with(a, "splits", s), t.In("x"), dy, t.In("slot_patch"), t.In("patch_slot"))[0]
		t.Apply(Accumulate, Args{"splits": s, "n": 49 * c, "m": c}, sums, t.Param("weight"), t.Param("bias"))
	}
	if t.Wants("x") {
		turned := t.Apply(FlipTaps, Args{"taps": 49, "c": c}, t.In("weight"))[0]
		t.Give("x", t.Apply(Depthwise, a, dy, turned, t.Zeros(c), t.In("slot_patch"), t.In("patch_slot"))[0])
	}
}

func fillTokensBackward(t Tape) {
	a, dy := t.Args(), t.Grad()
	if t.Wants("token") {
		s := splitsFor(ceil(a["c"], 4), a["patches"])
		sums := t.Apply(FillTokensDToken, Args{"patches": a["patches"], "c": a["c"], "splits": s}, dy, t.In("patch_slot"))[0]
		t.Apply(AccumulateOne, Args{"splits": s, "n": a["c"]}, sums, t.Param("token"))
	}
	if t.Wants("x") {
		t.Give("x", t.Apply(FillTokensDX, a, dy, t.In("patch_slot"))[0])
	}
}

func poolBackward(t Tape) {
	t.Give("x", t.Apply(PoolDX, t.Args(), t.Grad(), t.In("image_offset"))[0])
}

func patchLossBackward(t Tape) {
	t.Give("pred", t.Apply(PatchLossDX, t.Args(), t.In("pred"), t.In("image"), t.In("patch_slot"), t.Grad())[0])
}

// with returns a copy of a with one more argument.
func with(a Args, name string, value int) Args {
	b := Args{name: value}
	for k, v := range a {
		b[k] = v
	}
	return b
}
