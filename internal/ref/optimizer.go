package ref

import "math"

func refSumSquares(c call) {
	x, sums := c.f("x"), c.f("sums")
	fours, parts := c.n("n")/4, c.n("parts")
	steps := (fours + parts - 1) / parts
	for p := range parts {
		sum := 0.0
		for s := range steps {
			j := (p/8*steps+s)*8 + p%8
			if j >= fours {
				break
			}
			for _, v := range x[4*j : 4*j+4] {
				sum += float64(v) * float64(v)
			}
		}
		sums[p] = float32(sum)
	}
}

func refClip(c call) {
	sums, hyper, clip := c.f("sums"), c.f("hyper"), c.f("clip")
	norm := math.Sqrt(total(sums, c.n("parts"), 1, 0)) * float64(hyper[8])
	factor := float64(hyper[8])
	if hyper[9] > 0 {
		factor *= min(1, float64(hyper[9])/(norm+1e-6))
	}
	clip[0], clip[1], clip[2], clip[3] = float32(norm), float32(factor), 1, 0
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		clip[1], clip[2] = 0, 0
	}
}

func refAdamW(c call) {
	w, grad, m, v := c.f("w"), c.f("grad"), c.f("m"), c.f("v")
	scales, hyper, clip := c.f("scales"), c.f("hyper"), c.f("clip")
	h := func(i int) float64 { return float64(hyper[i]) }
	for i := range c.n("n") {
		g := float64(grad[i]) * float64(clip[1])
		grad[i] = 0
		scale := float64(scales[i/64*2])
		if clip[2] == 0 || scale == 0 {
			continue
		}
		lr := h(0) * scale // 0 at the start of a warm-up, where the moments move on
		mi := float64(m[i]) + (1-h(1))*(g-float64(m[i]))
		vi := h(2)*float64(v[i]) + (1-h(2))*g*g
		m[i], v[i] = float32(mi), float32(vi)
		decayed := float64(w[i]) * (1 - lr*h(4)*float64(scales[i/64*2+1]))
		w[i] = float32(decayed - lr/h(5)*mi/(math.Sqrt(vi)/math.Sqrt(h(6))+h(3)))
	}
}

func refEMA(c call) {
	w, hyper, e := c.f("w"), c.f("hyper"), c.f("e")
	for i := range c.n("n") {
		e[i] = float32(float64(e[i]) + (1-float64(hyper[7]))*(float64(w[i])-float64(e[i])))
	}
}
