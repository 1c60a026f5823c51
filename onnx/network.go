package onnx

import (
	"fmt"
	"math"

	"unmask/model"
)

const (
	inputName    = "image"    // (N, 3, H, W)
	logitsName   = "logits"   // (N, classes)
	featuresName = "features" // (N, C, H/32, W/32)

	epsilon = 1e-6 // of LayerNorm and GRN
)

// network appends the layers of a configuration to a graph. Outputs carry the
// names that the official PyTorch code gives the layers. Convolutions take
// (N, C, H, W) and the rest of a block (N, H, W, C), as there.
type network struct {
	graph
	cfg    model.Config
	params map[string]model.Param
	values model.Source
}

// param adds a parameter in its checkpoint's order.
func (n *network) param(name string) string {
	p := n.params[name]
	return n.floats(name, p.Shape, func() []float32 { return n.values(name) })
}

func (n *network) rows(name, x string) string { // (N, C, H, W) -> (N, H, W, C)
	return n.node(name, "Transpose", []string{x}, intsAttribute("perm", 0, 2, 3, 1))
}

func (n *network) planes(name, x string) string { // (N, H, W, C) -> (N, C, H, W)
	return n.node(name, "Transpose", []string{x}, intsAttribute("perm", 0, 3, 1, 2))
}

// conv is a convolution of k x k, from (N, C, H, W) to the same.
func (n *network) conv(name, x string, k, stride, pad, groups int64) string {
	return n.node(name, "Conv", []string{x, n.param(name + ".weight"), n.param(name + ".bias")},
		intsAttribute("kernel_shape", k, k), intsAttribute("strides", stride, stride),
		intsAttribute("pads", pad, pad, pad, pad), intAttribute("group", groups))
}

// norm is LayerNorm over the last axis.
func (n *network) norm(name, x string) string {
	return n.node(name, "LayerNormalization", []string{x, n.param(name + ".weight"), n.param(name + ".bias")},
		intAttribute("axis", -1), floatAttribute("epsilon", epsilon))
}

// linear is x W + b over the last axis; W is stored (in, out), the way that
// MatMul takes it.
func (n *network) linear(name, x string) string {
	p := n.params[name+".weight"]
	w := n.floats(p.Name, []int{p.Shape[1], p.Shape[0]}, func() []float32 { return p.Device(n.values(p.Name)) })
	y := n.node(name+".product", "MatMul", []string{x, w})
	return n.node(name, "Add", []string{y, n.param(name + ".bias")})
}

// gelu is x (1 + erf(x / sqrt 2)) / 2 in the steps that runtimes know to fuse:
// the operator Gelu came with opset 20.
func (n *network) gelu(name, x string) string {
	y := n.node(name+".scaled", "Div", []string{x, n.scalar("sqrt2", math.Sqrt2)})
	y = n.node(name+".erf", "Erf", []string{y})
	y = n.node(name+".shifted", "Add", []string{y, n.scalar("one", 1)})
	y = n.node(name+".product", "Mul", []string{x, y})
	return n.node(name, "Mul", []string{y, n.scalar("half", 0.5)})
}

// grn is x (1 + gamma N) + beta with N = G / (mean of G over channels + eps)
// and G the norm over positions (arXiv 2301.00808, sec. 3.3).
func (n *network) grn(name, x string) string {
	positions := []int64{1, 2}
	if n.cfg.BatchGRN {
		positions = []int64{0, 1, 2}
	}
	g := n.node(name+".norm", "ReduceL2", []string{x}, intsAttribute("axes", positions...), intAttribute("keepdims", 1))
	var d string
	if n.cfg.SumGRN {
		d = n.node(name+".sum", "ReduceSum", []string{g, n.indices("channels", -1)}, intAttribute("keepdims", 1))
	} else {
		d = n.node(name+".mean", "ReduceMean", []string{g}, intsAttribute("axes", -1), intAttribute("keepdims", 1))
	}
	d = n.node(name+".denominator", "Add", []string{d, n.scalar("epsilon", epsilon)})
	s := n.node(name+".response", "Div", []string{g, d})
	s = n.node(name+".weighted", "Mul", []string{s, n.param(name + ".gamma")})
	s = n.node(name+".scale", "Add", []string{s, n.scalar("one", 1)})
	y := n.node(name+".scaled", "Mul", []string{x, s})
	return n.node(name, "Add", []string{y, n.param(name + ".beta")})
}

// block is a ConvNeXt block of c channels.
func (n *network) block(name, x string, c int) string {
	y := n.conv(name+".dwconv", x, 7, 1, 3, int64(c))
	y = n.norm(name+".norm", n.rows(name+".rows", y))
	y = n.gelu(name+".act", n.linear(name+".pwconv1", y))
	if !n.cfg.V1 {
		y = n.grn(name+".grn", y)
	}
	y = n.linear(name+".pwconv2", y)
	if n.cfg.V1 {
		y = n.node(name+".scaled", "Mul", []string{y, n.param(name + ".gamma")})
	}
	return n.node(name, "Add", []string{x, n.planes(name+".planes", y)})
}

// encoder computes the last stage's output, (N, C, H/32, W/32), called last.
func (n *network) encoder() string {
	x := n.conv("downsample_layers.0.0", inputName, 4, 4, 0, 1)
	x = n.norm("downsample_layers.0.1", n.rows("downsample_layers.0.rows", x))
	x = n.planes("downsample_layers.0", x)
	for s, depth := range n.cfg.Depths {
		if s > 0 {
			name := fmt.Sprintf("downsample_layers.%d", s)
			x = n.norm(name+".0", n.rows(name+".rows", x))
			x = n.conv(name+".1", n.planes(name+".planes", x), 2, 2, 0, 1)
		}
		for b := range depth {
			x = n.block(fmt.Sprintf("stages.%d.%d", s, b), x, n.cfg.Dims[s])
		}
	}
	return x
}

// head computes the logits, (N, classes).
func (n *network) head(x string) {
	x = n.node("pool", "ReduceMean", []string{x}, intsAttribute("axes", 2, 3), intAttribute("keepdims", 0))
	x = n.norm("norm", x)
	n.node(logitsName, "Gemm", []string{x, n.param("head.weight"), n.param("head.bias")}, intAttribute("transB", 1))
}
