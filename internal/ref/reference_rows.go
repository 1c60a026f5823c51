package ref

import "math"

// gelu is x * Phi(x) with the exact erf.
func gelu(x float64) float64 { return 0.5 * x * math.Erfc(-x/math.Sqrt2) }

func refLinear(c call) {
	x, w, bias, y := c.f("x"), c.f("w"), c.f("bias"), c.f("y")
	k, n := c.n("k"), c.n("n")
	for r := range c.n("rows") {
		for j := range n {
			sum := float64(bias[j])
			for i := range k {
				sum += float64(x[r*k+i]) * float64(w[i*n+j])
			}
			if c.n("gelu") != 0 {
				sum = gelu(sum)
			}
			y[r*n+j] = float32(sum)
		}
	}
}

func refLinearGRN(c call) {
	x, scale, beta, w, bias := c.f("x"), c.f("scale"), c.f("beta"), c.f("w"), c.f("bias")
	residual, y, group := c.f("residual"), c.f("y"), c.u("slot_group")
	k, n := c.n("k"), c.n("n")
	for r := range c.n("rows") {
		g := int(group[r/c.n("slot_rows")])
		for j := range n {
			sum := float64(bias[j]) + float64(residual[r*n+j])
			for i := range k {
				sum += (float64(x[r*k+i])*float64(scale[g*k+i]) + float64(beta[i])) * float64(w[i*n+j])
			}
			y[r*n+j] = float32(sum)
		}
	}
}

func refLayerNorm(c call) {
	x, weight, bias, y := c.f("x"), c.f("weight"), c.f("bias"), c.f("y")
	n := c.n("c")
	for r := range c.n("rows") {
		row := x[r*n : (r+1)*n]
		mean, variance := 0.0, 0.0
		for _, v := range row {
			mean += float64(v)
		}
		mean /= float64(n)
		for _, v := range row {
			variance += (float64(v) - mean) * (float64(v) - mean)
		}
		s := 1 / math.Sqrt(variance/float64(n)+1e-6)
		o := regroup(r, c.n("side")) * n
		for i, v := range row {
			y[o+i] = float32((float64(v)-mean)*s*float64(weight[i]) + float64(bias[i]))
		}
	}
}

// regroup is where a row goes when 2x2 neighbours of a patch become adjacent:
// (slot, y, x) -> (slot, y/2, x/2, y%2, x%2); side 0 keeps it.
func regroup(row, side int) int {
	if side == 0 {
		return row
	}
	slot, y, x := row/(side*side), row%(side*side)/side, row%side
	return slot*side*side + (y/2*(side/2)+x/2)*4 + y%2*2 + x%2
}

func refGRNSumSq(c call) {
	x, sums, offset := c.f("x"), c.f("sums"), c.u("group_offset")
	n, splits := c.n("c"), c.n("splits")
	for g := range c.n("groups") {
		begin, end := int(offset[g])*c.n("slot_rows"), int(offset[g+1])*c.n("slot_rows")
		share := (end - begin + splits - 1) / splits
		for s := range splits {
			first, last := min(begin+s*share, end), min(begin+(s+1)*share, end)
			for i := range n {
				sum := 0.0
				for r := first; r < last; r++ {
					sum += float64(x[r*n+i]) * float64(x[r*n+i])
				}
				sums[(g*splits+s)*n+i] = float32(sum)
			}
		}
	}
}

func refGRNScale(c call) {
	sums, gamma, scale := c.f("sums"), c.f("gamma"), c.f("scale")
	n, splits := c.n("c"), c.n("splits")
	norms := make([]float64, n)
	for g := range c.n("groups") {
		total := 0.0
		for i := range n {
			sum := 0.0
			for s := range splits {
				sum += float64(sums[(g*splits+s)*n+i])
			}
			norms[i] = math.Sqrt(sum)
			total += norms[i]
		}
		if c.n("sum") == 0 {
			total /= float64(n)
		}
		for i := range n {
			scale[g*n+i] = float32(1 + float64(gamma[i])*norms[i]/(total+1e-6))
		}
	}
}

func refScaleAdd(c call) {
	x, gamma, residual, y := c.f("x"), c.f("gamma"), c.f("residual"), c.f("y")
	n := c.n("c")
	for i := range c.n("rows") * n {
		y[i] = float32(float64(residual[i]) + float64(gamma[i%n])*float64(x[i]))
	}
}

func refPool(c call) {
	x, y, offset := c.f("x"), c.f("y"), c.u("image_offset")
	n := c.n("c")
	for img := range c.n("images") {
		first, end := int(offset[img])*c.n("slot_rows"), int(offset[img+1])*c.n("slot_rows")
		for i := range n {
			sum := 0.0
			for r := first; r < end; r++ {
				sum += float64(x[r*n+i])
			}
			y[img*n+i] = float32(sum / float64(end-first))
		}
	}
}

func refFMAPeak(c call) {
	x, y := c.f("x"), c.f("y")
	for i := range c.n("n") {
		sum := 0.0
		for j := range 8 {
			sum += 2 + (float64(x[i])+float64(j)-2)*math.Pow(0.5, float64(c.n("iterations")))
		}
		y[i] = float32(sum / 8)
	}
}
