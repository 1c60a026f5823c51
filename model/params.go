package model

import "fmt"

// Param is one parameter with the name and shape of the official state dict.
type Param struct {
	Name  string
	Shape []int // PyTorch's axis order
	Part  Part
}

// Part says what a parameter belongs to, so that a file without a decoder or
// without a head still loads.
type Part string

const (
	Encoder Part = "encoder"
	Decoder Part = "decoder"
	Head    Part = "head"
)

// Len is the number of values.
func (p Param) Len() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// Device reorders checkpoint values (A, B, S), S the product of the spatial
// axes, to the (S, B, A) that the kernels read: a linear (out, in) becomes
// (in, out), a convolution (out, in, k, k) becomes (k, k, in, out), a depthwise
// one (C, 1, 7, 7) becomes (7, 7, C). Vectors stay as they are.
func (p Param) Device(values []float32) []float32 { return reorder(p.Shape, values, false) }

// Checkpoint is the inverse of Device.
func (p Param) Checkpoint(values []float32) []float32 { return reorder(p.Shape, values, true) }

func reorder(shape []int, v []float32, back bool) []float32 {
	if len(shape) < 2 {
		return v
	}
	a, b, s := shape[0], shape[1], 1
	for _, d := range shape[2:] {
		s *= d
	}
	out := make([]float32, len(v))
	for i := 0; i < a; i++ {
		for j := 0; j < b; j++ {
			for k := 0; k < s; k++ {
				file, dev := (i*b+j)*s+k, (k*b+j)*a+i
				if back {
					out[file] = v[dev]
				} else {
					out[dev] = v[file]
				}
			}
		}
	}
	return out
}

// Params lists every parameter of c in the order of the official state dict.
func (c Config) Params() []Param {
	var ps []Param
	add := func(part Part, name string, shape ...int) { ps = append(ps, Param{name, shape, part}) }
	norm := func(part Part, name string, n int) {
		add(part, name+".weight", n)
		add(part, name+".bias", n)
	}
	layer := func(part Part, name string, out int, rest ...int) {
		add(part, name+".weight", append([]int{out}, rest...)...)
		add(part, name+".bias", out)
	}
	block := func(part Part, name string, n int) {
		if c.V1 {
			add(part, name+".gamma", n)
		}
		layer(part, name+".dwconv", n, 1, 7, 7)
		norm(part, name+".norm", n)
		layer(part, name+".pwconv1", 4*n, n)
		if !c.V1 {
			add(part, name+".grn.gamma", 1, 1, 1, 4*n)
			add(part, name+".grn.beta", 1, 1, 1, 4*n)
		}
		layer(part, name+".pwconv2", n, 4*n)
	}
	layer(Encoder, "downsample_layers.0.0", c.Dims[0], 3, 4, 4)
	norm(Encoder, "downsample_layers.0.1", c.Dims[0])
	for s := 1; s < 4; s++ {
		norm(Encoder, fmt.Sprintf("downsample_layers.%d.0", s), c.Dims[s-1])
		layer(Encoder, fmt.Sprintf("downsample_layers.%d.1", s), c.Dims[s], c.Dims[s-1], 2, 2)
	}
	for s := 0; s < 4; s++ {
		for b := 0; b < c.Depths[s]; b++ {
			block(Encoder, fmt.Sprintf("stages.%d.%d", s, b), c.Dims[s])
		}
	}
	if c.Classes > 0 {
		norm(Head, "norm", c.Dims[3])
		layer(Head, "head", c.Classes, c.Dims[3])
	}
	if w := c.DecoderWidth; w > 0 {
		add(Decoder, "mask_token", 1, w, 1, 1)
		layer(Decoder, "proj", w, c.Dims[3], 1, 1)
		for b := 0; b < c.DecoderDepth; b++ {
			block(Decoder, fmt.Sprintf("decoder.%d", b), w)
		}
		layer(Decoder, "pred", PatchValues, w, 1, 1)
	}
	return ps
}

// Count is the number of values of all parameters.
func (c Config) Count() int {
	n := 0
	for _, p := range c.Params() {
		n += p.Len()
	}
	return n
}
