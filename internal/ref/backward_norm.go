package ref

import "math"

// geluSlope is the derivative of gelu, Phi(x) + x phi(x).
func geluSlope(x float64) float64 {
	return 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
}

func refGELUOp(c call) {
	x, y := c.f("x"), c.f("y")
	for i := range c.n("n") {
		y[i] = float32(gelu(float64(x[i])))
	}
}

func refGELUDX(c call) {
	x, dy, dx := c.f("x"), c.f("dy"), c.f("dx")
	for i := range c.n("n") {
		dx[i] = float32(float64(dy[i]) * geluSlope(float64(x[i])))
	}
}

func refAdd(c call) {
	a, b, y := c.f("a"), c.f("b"), c.f("y")
	for i := range c.n("n") {
		y[i] = a[i] + b[i]
	}
}

func refLayerNormDX(c call) {
	x, weight, bias, dy := c.f("x"), c.f("weight"), c.f("bias"), c.f("dy")
	dx, stats, y := c.f("dx"), c.f("stats"), c.f("y")
	n := c.n("c")
	for r := range c.n("rows") {
		o := regroup(r, c.n("side")) * n
		row, grad := x[r*n:][:n], dy[o:][:n]
		mean, variance := 0.0, 0.0
		for _, v := range row {
			mean += float64(v) / float64(n)
		}
		for _, v := range row {
			variance += (float64(v) - mean) * (float64(v) - mean) / float64(n)
		}
		s := 1 / math.Sqrt(variance+1e-6)
		gMean, guMean := 0.0, 0.0
		for i, v := range row {
			g := float64(grad[i]) * float64(weight[i])
			gMean += g / float64(n)
			guMean += g * (float64(v) - mean) * s / float64(n)
		}
		for i, v := range row {
			u := (float64(v) - mean) * s
			dx[r*n+i] = float32(s * (float64(grad[i])*float64(weight[i]) - gMean - u*guMean))
			y[o+i] = float32(u*float64(weight[i]) + float64(bias[i]))
		}
		stats[2*r], stats[2*r+1] = float32(mean), float32(s)
	}
}

func refLayerNormDW(c call) {
	x, stats, dy, sums := c.f("x"), c.f("stats"), c.f("dy"), c.f("sums")
	n := c.n("c")
	for s := range c.n("splits") {
		first, last := part(c.n("rows"), c.n("splits"), s)
		for i := range n {
			dw, db := 0.0, 0.0
			for r := first; r < last; r++ {
				d := float64(dy[regroup(r, c.n("side"))*n+i])
				dw += d * (float64(x[r*n+i]) - float64(stats[2*r])) * float64(stats[2*r+1])
				db += d
			}
			sums[2*s*n+i], sums[(2*s+1)*n+i] = float32(dw), float32(db)
		}
	}
}

func refGELUSumSq(c call) {
	h, y := c.f("h"), c.f("y")
	for i := range c.n("rows") * c.n("c") {
		y[i] = float32(gelu(float64(h[i])))
	}
	refGRNSumSq(c.sumsq())
}

// sumsq is the grn_sumsq of a gelu_sumsq.
func (c call) sumsq() call {
	return call{c.args, map[string]Data{"x": c.bufs["y"], "group_offset": c.bufs["group_offset"], "sums": c.bufs["sums"]}}
}

func refGRNDot(c call) {
	h, dz, scale, beta, offset := c.f("h"), c.f("dz"), c.f("scale"), c.f("beta"), c.u("group_offset")
	dots, z := c.f("dots"), c.f("z")
	n, splits := c.n("c"), c.n("splits")
	for g := range c.n("groups") {
		begin, end := int(offset[g])*c.n("slot_rows"), int(offset[g+1])*c.n("slot_rows")
		for s := range splits {
			first, last := part(end-begin, splits, s)
			for i := range n {
				product, sum := 0.0, 0.0
				for r := begin + first; r < begin+last; r++ {
					a := gelu(float64(h[r*n+i]))
					product += a * float64(dz[r*n+i])
					sum += float64(dz[r*n+i])
					z[r*n+i] = float32(a*float64(scale[g*n+i]) + float64(beta[i]))
				}
				o := (g*splits + s) * 2 * n
				dots[o+i], dots[o+n+i] = float32(product), float32(sum)
			}
		}
	}
}

func refGRNDStat(c call) {
	sums, dots, gamma, slope, dparams := c.f("sums"), c.f("dots"), c.f("gamma"), c.f("slope"), c.f("dparams")
	n, splits := c.n("c"), c.n("splits")
	count := float64(n)
	if c.n("sum") != 0 {
		count = 1
	}
	norms, dot := make([]float64, n), make([]float64, n)
	for g := range c.n("groups") {
		norm, weighted := 0.0, 0.0
		for i := range n {
			norms[i] = math.Sqrt(total(sums[g*splits*n:], splits, n, i))
			dot[i] = total(dots[g*splits*2*n:], splits, 2*n, i)
			norm += norms[i]
			weighted += float64(gamma[i]) * dot[i] * norms[i]
			dparams[(2*g+1)*n+i] = float32(total(dots[g*splits*2*n:], splits, 2*n, n+i))
		}
		d := norm/count + 1e-6
		for i := range n {
			dparams[2*g*n+i] = float32(dot[i] * norms[i] / d)
			slope[g*n+i] = 0
			if norms[i] > 0 {
				slope[g*n+i] = float32((float64(gamma[i])*dot[i]/d - weighted/(d*d*count)) / norms[i])
			}
		}
	}
}

func refGRNDX(c call) {
	h, dz, scale, slope, dh, offset := c.f("h"), c.f("dz"), c.f("scale"), c.f("slope"), c.f("dh"), c.u("group_offset")
	n := c.n("c")
	for g := range c.n("groups") {
		for r := int(offset[g]) * c.n("slot_rows"); r < int(offset[g+1])*c.n("slot_rows"); r++ {
			for i := range n {
				x := float64(h[r*n+i])
				da := float64(dz[r*n+i])*float64(scale[g*n+i]) + gelu(x)*float64(slope[g*n+i])
				dh[r*n+i] = float32(da * geluSlope(x))
			}
		}
	}
}

func refScaleDX(c call) {
	dy, gamma, dx := c.f("dy"), c.f("gamma"), c.f("dx")
	n := c.n("c")
	for i := range c.n("rows") * n {
		dx[i] = gamma[i%n] * dy[i]
	}
}

func refColumnDot(c call) {
	x, dy, sums := c.f("x"), c.f("dy"), c.f("sums")
	n := c.n("c")
	for s := range c.n("splits") {
		first, last := part(c.n("rows"), c.n("splits"), s)
		for i := range n {
			sum := 0.0
			for r := first; r < last; r++ {
				sum += float64(x[r*n+i]) * float64(dy[r*n+i])
			}
			sums[s*n+i] = float32(sum)
		}
	}
}

func refDropPath(c call) {
	x, keep, residual, y, image := c.f("x"), c.f("keep"), c.f("residual"), c.f("y"), c.u("slot_image")
	n := c.n("c")
	for i := range c.n("rows") * n {
		y[i] = float32(float64(residual[i]) + float64(keep[image[i/n/c.n("slot_rows")]])*float64(x[i]))
	}
}

func refDropPathDX(c call) {
	dy, keep, dx, image := c.f("dy"), c.f("keep"), c.f("dx"), c.u("slot_image")
	n := c.n("c")
	for i := range c.n("rows") * n {
		dx[i] = keep[image[i/n/c.n("slot_rows")]] * dy[i]
	}
}
