package shaders

// Patchify gathers the stem's 4x4 pixels of the visible patches into rows.
var Patchify = register(func() *Op {
	return &Op{
		Name:    "patchify",
		Formula: "rows[v, y, x, (ky, kx, c)] = image[n, 32 py + 4 y + ky, 32 px + 4 x + kx, c] for slot v's patch (n, py, px)",
		Class:   "copy",
		Buffers: []Buffer{
			read("image", func(a Args) int { return a["images"] * a["height"] * a["width"] * 3 }),
			table("slot_patch", product("slots")),
			write("rows", func(a Args) int { return a["slots"] * 64 * 48 }),
		},
		Params: []string{"images", "height", "width", "slots"},
		Kernels: []Kernel{{Name: "patchify", Source: source("patchify"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["slots"]*256, 64) }}},
		Check: func(a Args) error { return multiples(a, 32, "height", "width") },
		Cases: []Case{
			{Args: Args{"images": 1, "height": 32, "width": 64, "slots": 2}, Tables: map[string][]uint32{"slot_patch": {0, 1}}},
			{Args: Args{"images": 3, "height": 96, "width": 64, "slots": 5}, Tables: map[string][]uint32{"slot_patch": {1, 5, 8, 16, 17}}},
		},
	}
})

// Depthwise is the only encoder layer that looks beyond a patch: hidden
// patches and the outside are zero, so any mask is a sparse convolution.
var Depthwise = register(func() *Op {
	return &Op{
		Name:    "depthwise",
		Formula: "y[v, y, x, c] = b[c] + sum over 7x7 of w[ky, kx, c] x at the neighbour, where that is visible (arXiv 2301.00808, sec. 3.1)",
		Class:   "reduce",
		Buffers: []Buffer{
			read("x", product("slots", "side", "side", "c")),
			read("weight", func(a Args) int { return 49 * a["c"] }),
			read("bias", product("c")),
			table("slot_patch", product("slots")),
			table("patch_slot", product("images", "grid_rows", "grid_cols")),
			write("y", product("slots", "side", "side", "c")),
		},
		Params: []string{"slots", "c", "side", "grid_rows", "grid_cols", "images"},
		Kernels: []Kernel{
			{Name: "depthwise_8", Source: source("depthwise_8"), Workgroup: [3]int{32, 1, 1}, Grid: lines, Fits: side(8), MinFLOPs: 2 * unrolledPays},
			{Name: "depthwise_4", Source: source("depthwise_4"), Workgroup: [3]int{32, 1, 1}, Grid: lines, Fits: side(4), MinFLOPs: unrolledPays},
			{Name: "depthwise_2", Source: source("depthwise_2"), Workgroup: [3]int{32, 1, 1}, Grid: lines, Fits: side(2), MinFLOPs: unrolledPays / 3},
			{Name: "depthwise_any", Source: source("depthwise_any"), Workgroup: [3]int{32, 1, 1},
				Grid: func(a Args) [3]int { return grid1(a["slots"]*a["side"]*a["side"]*a["c"]/4, 32) }},
		},
		Check: func(a Args) error {
			if err := multiples(a, 1, "side", "grid_rows", "grid_cols"); err != nil {
				return err
			}
			return multiples(a, 4, "c")
		},
		FLOPs: func(a Args) int64 {
			return 98 * int64(a["slots"]) * int64(a["side"]*a["side"]) * int64(a["c"])
		},
		Cases: []Case{
			ragged(8, 40), ragged(4, 16), ragged(2, 12), ragged(1, 44), dense(8, 8), dense(4, 12), dense(2, 16), dense(1, 64),
		},
	}
})

// unrolledPays is the work from which on compiling an unrolled depthwise kernel, 0.1 to
// 0.2 s on SwiftShader, pays: the first two stages of Atto have it twice and once in a
// picture of 224 pixels that is seen whole, not where most of one is hidden.
const unrolledPays = 6e6

// FillTokens puts the mask token where the encoder saw nothing.
var FillTokens = register(func() *Op {
	return &Op{
		Name:    "fill_tokens",
		Formula: "y[p] = x[slot of p] where p is visible, else token (arXiv 2301.00808, sec. 3.1)",
		Class:   "copy",
		Buffers: []Buffer{
			read("x", product("slots", "c")),
			read("token", product("c")),
			table("patch_slot", product("patches")),
			write("y", product("patches", "c")),
		},
		Params: []string{"patches", "c", "slots"},
		Kernels: []Kernel{{Name: "fill_tokens", Source: source("fill_tokens"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["patches"]*a["c"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: []Case{{Args: Args{"patches": 6, "c": 20, "slots": 2}, Tables: map[string][]uint32{"patch_slot": {0, 2, 0, 0, 1, 0}}}},
	}
})

// Pool is the classifier's global average pooling.
var Pool = register(func() *Op {
	return &Op{
		Name:    "pool",
		Formula: "y[n, c] = mean over the rows of image n of x",
		Class:   "reduce",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			table("image_offset", func(a Args) int { return a["images"] + 1 }),
			write("y", product("images", "c")),
		},
		Params: []string{"images", "rows", "c", "slot_rows"},
		Kernels: []Kernel{{Name: "pool", Source: source("pool"), Workgroup: [3]int{32, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["images"]*a["c"]/4, 32) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: []Case{
			{Args: Args{"images": 1, "rows": 49, "c": 320, "slot_rows": 1}, Tables: map[string][]uint32{"image_offset": {0, 49}}},
			{Args: Args{"images": 3, "rows": 36, "c": 8, "slot_rows": 4}, Tables: map[string][]uint32{"image_offset": {0, 1, 7, 9}}},
		},
	}
})

// PatchLoss is FCMAE's loss of each patch, 0 where the patch is visible.
var PatchLoss = register(func() *Op {
	return &Op{
		Name:    "patch_loss",
		Formula: "loss[p] = mean((pred - target)^2) of hidden p; norm: target = (patch - mean) / sqrt(var + 1e-6), var unbiased (MAE, arXiv 2111.06377, sec. 3)",
		Class:   "reduce",
		Buffers: []Buffer{
			read("pred", func(a Args) int { return patchCount(a) * 3072 }),
			read("image", func(a Args) int { return a["images"] * a["height"] * a["width"] * 3 }),
			table("patch_slot", patchCount),
			write("loss", patchCount),
		},
		Params: []string{"images", "height", "width", "norm"},
		Kernels: []Kernel{{Name: "patch_loss", Source: source("total", "patch_target", "patch_loss"), Workgroup: [3]int{64, 1, 1}, Shared: true,
			Grid: func(a Args) [3]int { return grid1(patchCount(a)*64, 64) }}},
		Check: func(a Args) error { return multiples(a, 32, "height", "width") },
		Cases: []Case{
			{Args: Args{"images": 1, "height": 32, "width": 96, "norm": 0}, Tables: map[string][]uint32{"patch_slot": {0, 1, 0}}},
			{Args: Args{"images": 2, "height": 64, "width": 32, "norm": 1}, Tables: map[string][]uint32{"patch_slot": {0, 1, 0, 0}}},
		},
	}
})

func patchCount(a Args) int { return a["images"] * (a["height"] / 32) * (a["width"] / 32) }

// lines is the grid of invocations that compute two lines of a patch for four channels.
func lines(a Args) [3]int { return grid1(a["slots"]*a["side"]/2*a["c"]/4, 32) }

func side(t int) func(Args) bool { return func(a Args) bool { return a["side"] == t } }

// ragged is a case of two 3x4 images with 5 and 7 visible patches.
func ragged(side, c int) Case {
	return depthwiseCase(side, c, 2, 3, 4, []uint32{0, 1, 5, 6, 10, 12, 13, 14, 17, 19, 20, 23})
}

// dense is a case of one 2x3 image with every patch visible.
func dense(side, c int) Case { return depthwiseCase(side, c, 1, 2, 3, []uint32{0, 1, 2, 3, 4, 5}) }

func depthwiseCase(side, c, images, rows, cols int, slots []uint32) Case {
	of := make([]uint32, images*rows*cols)
	for s, p := range slots {
		of[p] = uint32(s) + 1
	}
	return Case{
		Args:   Args{"slots": len(slots), "c": c, "side": side, "grid_rows": rows, "grid_cols": cols, "images": images},
		Tables: map[string][]uint32{"slot_patch": slots, "patch_slot": of},
	}
}
