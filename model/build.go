package model

import (
	"fmt"

	"unmask/graph"
	"unmask/shaders"
)

// Geometry fixes the sizes of a graph: every mask with the same number of
// visible patches runs on the same graph.
type Geometry struct {
	Images, Height, Width int
	Slots                 int // V
}

func (s Geometry) rows() int    { return s.Height / Patch }
func (s Geometry) cols() int    { return s.Width / Patch }
func (s Geometry) patches() int { return s.Images * s.rows() * s.cols() }

// field is a set of rows laid out by patch: the visible ones in the encoder,
// all of them in the decoder. prefix names its tables among the graph's inputs.
type field struct {
	prefix string
	slots  int
	groups int // of GRN: images, or 1 for the batch
}

// builder appends layers to a graph.
type builder struct {
	*graph.Graph
	cfg   Config
	geo   Geometry
	taps  bool      // keep every layer's output readable
	wide  bool      // keep every block's expansion readable
	train bool      // the graph will be differentiated
	drop  []float64 // rates of stochastic depth of the encoder's blocks, in order; nil: none
}

func (b *builder) table(f field, name string, n int) graph.Tensor {
	return b.Input(f.prefix+name, shaders.U32, n)
}

func (b *builder) image() graph.Tensor {
	return b.Input("image", shaders.F32, b.geo.Images*b.geo.Height*b.geo.Width*3)
}

func (b *builder) tap(name string, t graph.Tensor) {
	if b.taps {
		b.Output(name, t)
	}
}

// linear is y = x W + b on rows. In training gelu is an op of its own: its
// backward needs the value before it.
func (b *builder) linear(name string, x graph.Tensor, rows, k, n int, gelu bool) graph.Tensor {
	y := b.Apply(name, shaders.Linear, shaders.Args{"rows": rows, "k": k, "n": n, "gelu": flag(gelu && !b.train)},
		x, b.Param(name+".weight", k*n), b.Param(name+".bias", n))
	if gelu && b.train {
		y = b.Apply(name+".gelu", shaders.GELU, shaders.Args{"n": rows * n}, y)
	}
	return y
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// norm is LayerNorm; side > 0 groups 2x2 neighbours for down-sampling.
func (b *builder) norm(name string, x graph.Tensor, rows, c, side int) graph.Tensor {
	return b.Apply(name, shaders.LayerNorm, shaders.Args{"rows": rows, "c": c, "side": side},
		x, b.Param(name+".weight", c), b.Param(name+".bias", c))
}

// block is a ConvNeXt block on rows of t x t positions a slot (arXiv
// 2301.00808, fig. 5): at most six dispatches.
func (b *builder) block(name string, x graph.Tensor, f field, side, c int) graph.Tensor {
	area := side * side
	rows := f.slots * area
	y := b.Apply(name+".dwconv", shaders.Depthwise,
		shaders.Args{"slots": f.slots, "c": c, "side": side, "grid_rows": b.geo.rows(), "grid_cols": b.geo.cols(), "images": b.geo.Images},
		x, b.Param(name+".dwconv.weight", 49*c), b.Param(name+".dwconv.bias", c),
		b.table(f, "slot_patch", f.slots), b.table(f, "patch_slot", b.geo.patches()))
	y = b.norm(name+".norm", y, rows, c, 0)
	if b.cfg.V1 {
		y = b.linear(name+".pwconv1", y, rows, c, 4*c, true)
		if b.wide {
			b.Output(name+".pwconv1", y)
		}
		y = b.linear(name+".pwconv2", y, rows, 4*c, c, false)
		return b.Apply(name+".gamma", shaders.ScaleAdd, shaders.Args{"rows": rows, "c": c}, y, b.Param(name+".gamma", c), x)
	}
	splits := min(32, max(1, rows/f.groups/32))
	reduce, offsets := shaders.Args{"groups": f.groups, "rows": rows, "c": 4 * c, "splits": splits, "slot_rows": area}, b.table(f, "group_offset", f.groups+1)
	var sums graph.Tensor
	if b.train {
		h := b.linear(name+".pwconv1", y, rows, c, 4*c, false)
		both := b.ApplyAll(name+".pwconv1.gelu", shaders.GELUSumSq, reduce, h, offsets)
		y, sums = both[0], both[1]
	} else {
		y = b.linear(name+".pwconv1", y, rows, c, 4*c, true)
		sums = b.Apply(name+".grn", shaders.GRNSumSq, reduce, y, offsets)
	}
	if b.wide {
		b.Output(name+".pwconv1", y)
	}
	scale := b.Apply(name+".grn.gamma", shaders.GRNScale,
		shaders.Args{"groups": f.groups, "c": 4 * c, "splits": splits, "sum": flag(b.cfg.SumGRN)}, sums, b.Param(name+".grn.gamma", 4*c))
	drops := f.prefix == "" && b.drops(name)
	residual := x
	if drops {
		residual = b.Zeros(rows * c)
	}
	y = b.Apply(name+".pwconv2", shaders.LinearGRN,
		shaders.Args{"rows": rows, "k": 4 * c, "n": c, "slot_rows": area, "groups": f.groups},
		y, scale, b.Param(name+".grn.beta", 4*c), b.table(f, "slot_group", f.slots),
		b.Param(name+".pwconv2.weight", 4*c*c), b.Param(name+".pwconv2.bias", c), residual)
	if drops {
		y = b.Apply(name+".drop_path", shaders.DropPath, shaders.Args{"rows": rows, "c": c, "slot_rows": area, "images": b.geo.Images},
			y, b.Input(KeepInput(name), shaders.F32, b.geo.Images), b.Input("slot_image", shaders.U32, f.slots), x)
	}
	return y
}

// KeepInput is the input (N) that holds what stochastic depth multiplies a
// block's branch by, such as "stages.0.1.keep": 0 or 1 / (1 - rate) an image.
func KeepInput(block string) string { return block + ".keep" }

// drops reports whether stochastic depth may leave a block's branch out.
func (b *builder) drops(block string) bool {
	for i, name := range b.cfg.Blocks() {
		if name == block && i < len(b.drop) {
			return b.drop[i] > 0
		}
	}
	return false
}

// encoder computes the visible patches of the image: rows (V, C of stage 4).
func (b *builder) encoder() (graph.Tensor, field) {
	f := field{prefix: "", slots: b.geo.Slots, groups: b.geo.Images}
	if b.cfg.BatchGRN {
		f.groups = 1
	}
	dims := b.cfg.Dims
	x := b.Apply("downsample_layers.0.0", shaders.Patchify,
		shaders.Args{"images": b.geo.Images, "height": b.geo.Height, "width": b.geo.Width, "slots": f.slots},
		b.image(), b.table(f, "slot_patch", f.slots))
	side := Patch / 4
	x = b.linear("downsample_layers.0.0", x, f.slots*side*side, 48, dims[0], false)
	x = b.norm("downsample_layers.0.1", x, f.slots*side*side, dims[0], 0)
	b.tap("downsample_layers.0", x)
	for s := 0; s < 4; s++ {
		if s > 0 {
			name := fmt.Sprintf("downsample_layers.%d", s)
			x = b.norm(name+".0", x, f.slots*side*side, dims[s-1], side)
			side /= 2
			x = b.linear(name+".1", x, f.slots*side*side, 4*dims[s-1], dims[s], false)
			b.tap(name, x)
		}
		for i := 0; i < b.cfg.Depths[s]; i++ {
			name := fmt.Sprintf("stages.%d.%d", s, i)
			x = b.block(name, x, f, side, dims[s])
			b.tap(name, x)
		}
	}
	return x, f
}

// decoder predicts every patch from the encoder's rows: (N*L, 32, 32, 3). Its
// GRN is always per image, as in the released code.
func (b *builder) decoder(x graph.Tensor) graph.Tensor {
	w, all := b.cfg.DecoderWidth, b.geo.patches()
	x = b.linear("proj", x, b.geo.Slots, b.cfg.Dims[3], w, false)
	x = b.Apply("mask_token", shaders.FillTokens, shaders.Args{"patches": all, "c": w, "slots": b.geo.Slots},
		x, b.Param("mask_token", w), b.Input("patch_slot", shaders.U32, all))
	f := field{prefix: "dense_", slots: all, groups: b.geo.Images}
	for i := 0; i < b.cfg.DecoderDepth; i++ {
		x = b.block(fmt.Sprintf("decoder.%d", i), x, f, 1, w)
	}
	return b.linear("pred", x, all, w, PatchValues, false)
}

// Task is what a graph computes.
type Task uint8

const (
	// Classify: output "logits" (N, classes).
	Classify Task = iota
	// Reconstruct: outputs "pred" (N*L, 3072) and "loss" (N*L).
	Reconstruct
	// Encode: output "features" (V, C of the last stage).
	Encode
	// Features: every layer's output under its name, compact by patch.
	Features
	// Decode: the decoder alone, on an input "features": output "pred".
	Decode
	// Expansions: what GELU makes of every block's wide rows, the place where
	// features collapse, under the block's name with ".pwconv1", compact by patch.
	Expansions
)

// Build returns the graph of a task.
func Build(cfg Config, task Task, geo Geometry) *graph.Graph {
	b := &builder{Graph: graph.New(), cfg: cfg, geo: geo, taps: task == Features, wide: task == Expansions}
	if task == Decode {
		b.Output("pred", b.decoder(b.Input("features", shaders.F32, geo.Slots*cfg.Dims[3])))
		return b.Graph
	}
	x, f := b.encoder()
	switch task {
	case Encode:
		b.Output("features", x)
	case Classify:
		b.Output("logits", b.classifier(x, f))
	case Reconstruct:
		pred := b.decoder(x)
		b.Output("pred", pred)
		b.Output("loss", b.patchLoss(pred))
	}
	return b.Graph
}

// patchLoss is FCMAE's loss of each patch (N*L).
func (b *builder) patchLoss(pred graph.Tensor) graph.Tensor {
	return b.Apply("loss", shaders.PatchLoss,
		shaders.Args{"images": b.geo.Images, "height": b.geo.Height, "width": b.geo.Width, "norm": flag(b.cfg.NormPix)},
		pred, b.image(), b.Input("patch_slot", shaders.U32, b.geo.patches()))
}

// classifier is pooling, LayerNorm and the linear head: logits (N, classes).
func (b *builder) classifier(x graph.Tensor, f field) graph.Tensor {
	c := b.cfg.Dims[3]
	x = b.Apply("pool", shaders.Pool, shaders.Args{"images": b.geo.Images, "rows": f.slots, "c": c, "slot_rows": 1},
		x, b.Input("image_offset", shaders.U32, b.geo.Images+1))
	x = b.norm("norm", x, b.geo.Images, c, 0)
	return b.linear("head", x, b.geo.Images, c, b.cfg.Classes, false)
}
