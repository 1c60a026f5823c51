package shaders

// Linear is y = x W + b, a 1x1 convolution on rows. W is stored (k, n), the
// transpose of PyTorch's (out, in), so that four columns are one vec4.
var Linear = register(&Op{
	Name:    "linear",
	Formula: "y = x W + b; gelu: y = gelu(x W + b) with erf (ConvNeXt V2, arXiv 2301.00808, fig. 5)",
	Class:   "reduce",
	Buffers: []Buffer{
		read("x", product("rows", "k")),
		read("w", product("k", "n")),
		read("bias", product("n")),
		write("y", product("rows", "n")),
	},
	Params: []string{"rows", "k", "n", "gelu"},
	Kernels: []Kernel{
		{Name: "linear_16x16", Source: source("gelu", "linear_16x16"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(16, 16), Fits: tileable(16)},
		{Name: "linear_16x8", Source: source("gelu", "linear_16x8"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(16, 8), Fits: tileable(8)},
		{Name: "linear_tile", Source: source("gelu", "linear_tile"), Workgroup: [3]int{256, 1, 1}, Grid: shared64, Fits: tileable(4), Shared: true},
		{Name: "linear_any", Source: source("gelu", "linear_any"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(1, 4)},
	},
	Check: func(a Args) error { return multiples(a, 1, "rows", "k", "n") },
	FLOPs: func(a Args) int64 { return 2 * int64(a["rows"]) * int64(a["k"]) * int64(a["n"]) },
	Cases: []Case{
		{Args: Args{"rows": 49, "k": 48, "n": 40, "gelu": 0}},
		{Args: Args{"rows": 1, "k": 40, "n": 160, "gelu": 1}},
		{Args: Args{"rows": 333, "k": 64, "n": 48, "gelu": 1}},
		{Args: Args{"rows": 3, "k": 320, "n": 10, "gelu": 0}},
		{Args: Args{"rows": 2, "k": 40, "n": 7, "gelu": 1}},
		{Args: Args{"rows": 3, "k": 7, "n": 40, "gelu": 0}},
	},
})

// LinearGRN is the second pointwise layer of a block: GRN's scale and shift are
// applied while x is loaded, and the residual is added on the way out.
var LinearGRN = register(&Op{
	Name:    "linear_grn",
	Formula: "y = (x * scale[group] + beta) W + b + residual, scale = 1 + gamma N (arXiv 2301.00808, eq. 1 to 3)",
	Class:   "reduce",
	Buffers: []Buffer{
		read("x", product("rows", "k")),
		read("scale", product("groups", "k")),
		read("beta", product("k")),
		table("slot_group", slotCount),
		read("w", product("k", "n")),
		read("bias", product("n")),
		read("residual", product("rows", "n")),
		write("y", product("rows", "n")),
	},
	Params: []string{"rows", "k", "n", "slot_rows", "groups"},
	Kernels: []Kernel{
		{Name: "linear_grn_16x16", Source: source("linear_grn_16x16"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(16, 16), Fits: tileable(16)},
		{Name: "linear_grn_16x8", Source: source("linear_grn_16x8"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(16, 8), Fits: tileable(8)},
		{Name: "linear_grn_tile", Source: source("linear_grn_tile"), Workgroup: [3]int{256, 1, 1}, Grid: shared64, Fits: tileable(4), Shared: true},
	},
	Check: func(a Args) error {
		if err := multiples(a, 8, "n"); err != nil {
			return err
		}
		return multiples(a, 4, "k")
	},
	FLOPs: func(a Args) int64 { return 2 * int64(a["rows"]) * int64(a["k"]) * int64(a["n"]) },
	Cases: []Case{
		{Args: Args{"rows": 49, "k": 160, "n": 40, "slot_rows": 1, "groups": 1}, Tables: map[string][]uint32{"slot_group": make([]uint32, 49)}},
		{Args: Args{"rows": 20, "k": 64, "n": 16, "slot_rows": 4, "groups": 3}, Tables: map[string][]uint32{"slot_group": {0, 0, 1, 2, 2}}},
		{Args: Args{"rows": 7, "k": 40, "n": 48, "slot_rows": 1, "groups": 2}, Tables: map[string][]uint32{"slot_group": {0, 1, 1, 1, 1, 1, 1}}},
	},
})

// tiles is the grid of 32-wide workgroups whose invocations compute rows x cols outputs each.
func tiles(rows, cols int) func(Args) [3]int {
	return func(a Args) [3]int {
		return grid1(ceil(a["rows"], rows)*ceil(a["n"], cols), 32)
	}
}

// shared64 is the grid of workgroups that compute 64 x 64 outputs.
func shared64(a Args) [3]int { return [3]int{ceil(a["n"], 64), ceil(a["rows"], 64), 1} }

// tileable reports whether rows of x are whole vec4 and the columns whole tiles.
func tileable(cols int) func(Args) bool {
	return func(a Args) bool { return a["k"]%4 == 0 && a["n"]%cols == 0 }
}

func ceil(n, m int) int { return (n + m - 1) / m }

// slotCount is the number of visible patches behind rows = slots * slot_rows.
func slotCount(a Args) int { return a["rows"] / max(1, a["slot_rows"]) }
