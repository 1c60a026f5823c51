package shaders

import "fmt"

// LayerNorm normalises each row over its channels, eps 1e-6.
var LayerNorm = register(func() *Op {
	return &Op{
		Name:    "layernorm",
		Formula: "y = (x - mean) / sqrt(var + 1e-6) * weight + bias over channels; side > 0 regroups rows 2x2",
		Class:   "reduce",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			read("weight", product("c")),
			read("bias", product("c")),
			write("y", product("rows", "c")),
		},
		Params: []string{"rows", "c", "side"},
		Kernels: []Kernel{
			{Name: "layernorm_row", Source: source("regroup", "layernorm_row"), Workgroup: [3]int{32, 1, 1},
				Grid: func(a Args) [3]int { return grid1(a["rows"], 32) }},
			{Name: "layernorm_group", Source: source("regroup", "total", "layernorm_group"), Workgroup: [3]int{64, 1, 1}, Shared: true,
				Grid: func(a Args) [3]int { return grid1(a["rows"]*64, 64) }},
		},
		Check: func(a Args) error {
			if s := a["side"]; s > 0 {
				if err := multiples(a, 2, "side"); err != nil {
					return err
				}
				if err := multiples(a, s*s, "rows"); err != nil {
					return err
				}
			}
			return multiples(a, 4, "c")
		},
		Cases: []Case{
			{Args: Args{"rows": 49, "c": 40, "side": 0}},
			{Args: Args{"rows": 1, "c": 320, "side": 0}},
			{Args: Args{"rows": 192, "c": 48, "side": 8}},
			{Args: Args{"rows": 20, "c": 164, "side": 2}},
		},
	}
})

// GRNSumSq is the global aggregation of GRN, in splits so that a GPU is filled
// by one picture too.
var GRNSumSq = register(func() *Op {
	return &Op{
		Name:    "grn_sumsq",
		Formula: "sums[g, s, c] = sum over the rows of split s of group g of x^2 (arXiv 2301.00808, eq. 1)",
		Class:   "reduce",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			table("group_offset", groupOffsets),
			write("sums", product("groups", "splits", "c")),
		},
		Params: []string{"groups", "rows", "c", "splits", "slot_rows"},
		Kernels: []Kernel{{Name: "grn_sumsq", Source: source("grn_sumsq"), Workgroup: [3]int{32, 1, 1},
			Grid: groupSplits}},
		Check: func(a Args) error {
			if err := multiples(a, 1, "groups", "splits", "slot_rows"); err != nil {
				return err
			}
			return multiples(a, 4, "c")
		},
		Cases: []Case{
			{Args: Args{"groups": 1, "rows": 49, "c": 160, "splits": 8, "slot_rows": 1}, Tables: map[string][]uint32{"group_offset": {0, 49}}},
			{Args: Args{"groups": 3, "rows": 44, "c": 40, "splits": 5, "slot_rows": 4}, Tables: map[string][]uint32{"group_offset": {0, 1, 7, 11}}},
		},
	}
})

// GRNScale turns sums of squares into the factor that GRN multiplies x by.
var GRNScale = register(func() *Op {
	return &Op{
		Name:    "grn_scale",
		Formula: "G = sqrt(sum), N = G / (mean_c G + 1e-6), scale = 1 + gamma N; sum = 1 divides by the sum as the paper writes (eq. 2)",
		Class:   "reduce",
		Buffers: []Buffer{
			positive(read("sums", product("groups", "splits", "c"))),
			read("gamma", product("c")),
			write("scale", product("groups", "c")),
		},
		Params: []string{"groups", "c", "splits", "sum"},
		Kernels: []Kernel{{Name: "grn_scale", Source: source("total", "grn_scale"), Workgroup: [3]int{64, 1, 1}, Shared: true,
			Grid: func(a Args) [3]int { return [3]int{a["groups"], 1, 1} }}},
		Check: func(a Args) error {
			if a["groups"] > maxGroups {
				return fmt.Errorf("groups = %d: want at most %d", a["groups"], maxGroups)
			}
			return multiples(a, 1, "groups", "c", "splits")
		},
		Cases: []Case{
			{Args: Args{"groups": 1, "c": 160, "splits": 1, "sum": 0}},
			{Args: Args{"groups": 3, "c": 40, "splits": 4, "sum": 0}},
			{Args: Args{"groups": 2, "c": 70, "splits": 3, "sum": 1}},
		},
	}
})

// ScaleAdd is LayerScale and the residual of a ConvNeXt V1 block.
var ScaleAdd = register(func() *Op {
	return &Op{
		Name:    "scale_add",
		Formula: "y = residual + gamma x (ConvNeXt, arXiv 2201.03545, LayerScale)",
		Class:   "elementwise",
		Buffers: []Buffer{
			read("x", product("rows", "c")),
			read("gamma", product("c")),
			read("residual", product("rows", "c")),
			write("y", product("rows", "c")),
		},
		Params: []string{"rows", "c"},
		Kernels: []Kernel{{Name: "scale_add", Source: source("scale_add"), Workgroup: [3]int{64, 1, 1},
			Grid: func(a Args) [3]int { return grid1(a["rows"]*a["c"]/4, 64) }}},
		Check: func(a Args) error { return multiples(a, 4, "c") },
		Cases: []Case{{Args: Args{"rows": 49, "c": 40}}, {Args: Args{"rows": 1, "c": 4}}},
	}
})

// groupSplits is the grid of 32-wide workgroups whose invocations take four channels of a
// split of a group (group_split.wgsl).
func groupSplits(a Args) [3]int { return grid1(a["groups"]*a["splits"]*a["c"]/4, 32) }

// groupOffsets is where each group begins, and the end of the last.
func groupOffsets(a Args) int { return a["groups"] + 1 }
