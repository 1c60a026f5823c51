package shaders

import (
	"fmt"
	"strings"
)

// Linear is y = x W + b, a 1x1 convolution on rows. W is stored (k, n), the
// transpose of PyTorch's (out, in), so that four columns are one vec4.
var Linear = register(func() *Op {
	return &Op{
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
			large(100e6, quadTile(8, 40, "linear_quads", "gelu")),
			large(300e6, quadTile(8, 32, "linear_quads", "gelu")),
			large(200e6, quadTile(8, 16, "linear_quads", "gelu")),
			quadTile(8, 8, "linear_quads", "gelu"),
			rowTile(16, 16, "linear_rows", "gelu"),
			rowTile(16, 8, "linear_rows", "gelu"),
			{Name: "linear_tile", Source: source("gelu", "linear_tile"), Workgroup: [3]int{256, 1, 1}, Grid: shared64, Fits: tileable(4, 4), Shared: true},
			{Name: "linear_any", Source: source("gelu", "linear_any"), Workgroup: [3]int{32, 1, 1}, Grid: tiles(1, 4)},
		},
		Check: func(a Args) error { return multiples(a, 1, "rows", "k", "n") },
		FLOPs: func(a Args) int64 { return 2 * int64(a["rows"]) * int64(a["k"]) * int64(a["n"]) },
		Cases: []Case{
			{Args: Args{"rows": 49, "k": 48, "n": 40, "gelu": 0}},
			{Args: Args{"rows": 1, "k": 40, "n": 160, "gelu": 1}},
			{Args: Args{"rows": 333, "k": 64, "n": 48, "gelu": 1}},
			{Args: Args{"rows": 77, "k": 48, "n": 160, "gelu": 0}},
			{Args: Args{"rows": 3, "k": 320, "n": 10, "gelu": 0}},
			{Args: Args{"rows": 2, "k": 40, "n": 7, "gelu": 1}},
			{Args: Args{"rows": 3, "k": 7, "n": 40, "gelu": 0}},
		},
	}
})

// LinearGRN is the second pointwise layer of a block: GRN's scale and shift are
// applied while x is loaded, and the residual is added on the way out.
var LinearGRN = register(func() *Op {
	return &Op{
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
			large(100e6, quadTile(8, 40, "linear_grn_quads")),
			large(300e6, quadTile(8, 32, "linear_grn_quads")),
			large(200e6, quadTile(8, 16, "linear_grn_quads")),
			quadTile(8, 8, "linear_grn_quads"),
			rowTile(16, 16, "linear_grn_rows"),
			rowTile(16, 20, "linear_grn_rows"),
			rowTile(16, 8, "linear_grn_rows"),
			{Name: "linear_grn_tile", Source: source("linear_grn_tile"), Workgroup: [3]int{256, 1, 1}, Grid: shared64, Fits: tileable(4, 4), Shared: true},
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
			{Args: Args{"rows": 76, "k": 48, "n": 160, "slot_rows": 4, "groups": 5}, Tables: map[string][]uint32{
				"slot_group": {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 4, 4, 4, 4}}},
		},
	}
})

// tiles is the grid of 32-wide workgroups whose invocations compute rows x cols outputs each.
func tiles(rows, cols int) func(Args) [3]int {
	return func(a Args) [3]int {
		return grid1(ceil(a["rows"], rows)*ceil(a["n"], cols), 32)
	}
}

// shared64 is the grid of workgroups that compute 64 x 64 outputs.
func shared64(a Args) [3]int { return [3]int{ceil(a["n"], 64), ceil(a["rows"], 64), 1} }

// rowTile is a kernel whose invocations each hold a tile in registers.
func rowTile(height, width int, files ...string) Kernel {
	fields, col := columns(width / 4)
	words := map[string][]string{"Cols": {fields}, "col": col}
	sizes := map[string]int{
		"H": height, "W": width, "R": height / 4, "C": width / 4,
		"T": height * width / 4, "C4": width, // vec4s of a tile, and of four rows of it
	}
	return Kernel{
		Name:      fmt.Sprintf("%s_%dx%d", files[0], height, width),
		Source:    unrolled(sizes, words, files...),
		Workgroup: [3]int{32, 1, 1}, Grid: tiles(height, width), Fits: tileable(4, width),
	}
}

// quadTile is a rowTile whose quads share what they load, eight values of a row at a time.
func quadTile(height, width int, files ...string) Kernel {
	k := rowTile(height, width, files...)
	k.Workgroup, k.Needs, k.Fits = [3]int{4, 1, 1}, Subgroups, tileable(8, width)
	k.Grid = func(a Args) [3]int { return grid1(ceil(a["rows"], 4*height)*a["n"]/width, 1) }
	return k
}

// large is a kernel for much work: a large tile is faster, and takes longer to compile
// than a first picture should wait. In Atto's blocks 100 million are three pictures of
// 224 pixels, and 200 and 300 million in its decoder are two.
func large(flops int64, k Kernel) Kernel {
	k.MinFLOPs = flops
	return k
}

// columns are the fields of a struct of n vec4 and the way to each: matrices as large
// as can be, since a compiler checks and computes the address of every field.
func columns(n int) (fields string, col []string) {
	var members []string
	for len(col) < n {
		part := min(4, n-len(col))
		name := fmt.Sprintf("f%d", len(members))
		if part == 1 {
			members, col = append(members, name+": vec4f"), append(col, "."+name)
			continue
		}
		members = append(members, fmt.Sprintf("%s: mat%dx4f", name, part))
		for i := range part {
			col = append(col, fmt.Sprintf(".%s[%d]", name, i))
		}
	}
	return strings.Join(members, ", "), col
}

// tileable reports whether rows of x are whole loads and the columns whole tiles.
func tileable(load, cols int) func(Args) bool {
	return func(a Args) bool { return a["k"]%load == 0 && a["n"]%cols == 0 }
}

func ceil(n, m int) int { return (n + m - 1) / m }

// slotCount is the number of visible patches behind rows = slots * slot_rows.
func slotCount(a Args) int { return a["rows"] / max(1, a["slot_rows"]) }
