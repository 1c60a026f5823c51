package data

import "math"

// taps are the source pixels that make one output pixel, with their weights.
type taps struct {
	first int
	w     []float32 // they add up to 1
}

// bicubicTaps returns the taps of a resize from n to m pixels.
func bicubicTaps(n, m int) []taps {
	out := make([]taps, m)
	eachBicubic(n, m, func(i, first int, w []float64) {
		out[i] = taps{first, make([]float32, len(w))}
		for k, v := range w {
			out[i].w[k] = float32(v)
		}
	})
	return out
}

// eachBicubic calls do for every output pixel i of a resize from n to m pixels
// with the first source pixel that counts and the weights, which add up to 1;
// w is only valid during the call. The kernel is the cubic of Keys (1981) with
// a = -0.5 (Catmull-Rom); shrinking widens it by n/m, which is the
// antialiasing. Centres, support and rounding are those of PIL's Image.resize
// with BICUBIC, so that pictures match a PyTorch pipeline.
func eachBicubic(n, m int, do func(i, first int, w []float64)) {
	scale := float64(n) / float64(m)
	wide := math.Max(scale, 1)
	var w []float64
	for i := range m {
		centre := (float64(i) + 0.5) * scale
		lo := max(int(centre-2*wide+0.5), 0)
		hi := min(int(centre+2*wide+0.5), n)
		sum := 0.0
		w = w[:0]
		for k := lo; k < hi; k++ {
			v := cubic((float64(k) - centre + 0.5) / wide)
			w = append(w, v)
			sum += v
		}
		for k := range w {
			w[k] /= sum
		}
		do(i, lo, w)
	}
}

func cubic(t float64) float64 {
	t = math.Abs(t)
	switch {
	case t < 1:
		return (1.5*t-2.5)*t*t + 1
	case t < 2:
		return ((-0.5*t+2.5)*t-4)*t + 2
	}
	return 0
}

// resample brings a picture of sw x sh pixels to dw x dh, bicubic with
// antialiasing, clamped to 0..1. read gives the source row by row, (sw, 3); it
// is called once for each row, in order, so the source need not be in memory.
//
// The products are rounded by themselves: without that a compiler may fuse
// multiply and add, and platforms would differ in the last bit.
func resample(sw, sh int, read func(y int, dst []float32), dw, dh int) *Picture {
	across, down := bicubicTaps(sw, dw), bicubicTaps(sh, dh)
	out := NewPicture(dw, dh)
	src, line := make([]float32, sw*3), make([]float32, dw*3)
	begin := 0 // the first output row that may still want a source row
	for y := range sh {
		read(y, src)
		for x, t := range across {
			var r, g, b float32
			s := src[t.first*3:]
			for _, w := range t.w {
				r += float32(w * s[0])
				g += float32(w * s[1])
				b += float32(w * s[2])
				s = s[3:]
			}
			line[3*x], line[3*x+1], line[3*x+2] = r, g, b
		}
		for begin < dh && down[begin].first+len(down[begin].w) <= y {
			begin++
		}
		for o := begin; o < dh && down[o].first <= y; o++ {
			w, dst := down[o].w[y-down[o].first], out.row(o)
			for i, v := range line {
				dst[i] += float32(w * v)
			}
		}
	}
	for i, v := range out.Pix {
		out.Pix[i] = clamp(v)
	}
	return out
}

// resize returns p at w x h pixels, or p itself where it has that size.
func (p *Picture) resize(w, h int) *Picture {
	if w == p.W && h == p.H {
		return p
	}
	return resample(p.W, p.H, func(y int, dst []float32) { copy(dst, p.row(y)) }, w, h)
}
