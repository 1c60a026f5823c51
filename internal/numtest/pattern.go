package numtest

import (
	"math"
	"strings"
)

// fnv1a is the 32-bit FNV-1a hash of s.
func fnv1a(s string) uint32 {
	h := uint32(0x811c9dc5)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 0x01000193
	}
	return h
}

// mix is a bijective hash of 32-bit integers.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	h *= 0x846ca68b
	return h ^ h>>16
}

// draw returns the i-th integer of the sequence seed: the sum of four uniform
// 16-bit numbers less its mean, near normal with standard deviation 37837.2.
func draw(seed, i uint32) int {
	u := mix(mix(2*i) ^ seed)
	v := mix(mix(2*i+1) ^ seed)
	return int(u&0xffff) + int(u>>16) + int(v&0xffff) + int(v>>16) - 131070
}

// fill sets x[i] = float32((a + draw) / b), one float64 division each.
func fill(x []float32, name string, a, b float64) {
	seed := fnv1a(name)
	for i := range x {
		x[i] = float32((a + float64(draw(seed, uint32(i)))) / b)
	}
}

// Pattern returns n near-normal values of mean 0 and standard deviation 1. The
// same name gives the same values, everywhere and always.
func Pattern(name string, n int) []float32 {
	x := make([]float32, n)
	fill(x, name, 0, 37837)
	return x
}

// Seeded returns the values of the parameter called name, row-major in
// PyTorch's axis order, in the seeded network that goldens and peers share.
// Standard deviations: GRN's gamma and beta 0.5; LayerNorm weights 0.1 about 1;
// other parameters of one axis 0.1; the rest 1/sqrt(fan in), where fan in is the
// product of the shape without its first axis.
func Seeded(name string, shape []int) []float32 {
	n, fanIn := 1, 1
	for i, d := range shape {
		n *= d
		if i > 0 {
			fanIn *= d
		}
	}
	a, b := 0.0, 37837*math.Sqrt(float64(fanIn))
	switch {
	case strings.HasSuffix(name, ".grn.gamma"), strings.HasSuffix(name, ".grn.beta"):
		b = 75674
	case len(shape) == 1 && strings.HasSuffix(name, ".weight"):
		a, b = 378370, 378370
	case len(shape) == 1:
		b = 378370
	}
	x := make([]float32, n)
	fill(x, name, a, b)
	return x
}

// SeededImages returns the seeded images, (batch, h, w, 3), red first: smooth
// ramps, a hyperbolic pattern and noise, in steps of 1/64 within [-2, 2).
func SeededImages(batch, h, w int) []float32 {
	x := make([]float32, 0, batch*h*w*3)
	for n := range batch {
		for row := range h {
			for col := range w {
				for c := range 3 {
					p := triangle(5*col + 3*row + 85*c + 37*n)
					q := triangle(col*row>>3 + 53*c + 91*n)
					r := int(mix(uint32(((n*3+c)*h+row)*w+col)) & 255)
					x = append(x, float32((2*p+q+r)>>2-128)/64)
				}
			}
		}
	}
	return x
}

// triangle is a wave of period 512 that rises and falls between 0 and 255.
func triangle(t int) int {
	if t &= 511; t > 255 {
		return 511 - t
	}
	return t
}

// Signs returns n signs, +1 where mix(i) is odd: the dot product with them shows
// a wrong value anywhere in a large tensor of which a golden stores little.
func Signs(n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = float64(mix(uint32(i))&1)*2 - 1
	}
	return s
}
