package ref

import "unmask/shaders"

func refTranspose(c call) {
	x, y := c.f("x"), c.f("y")
	rows, cols := c.n("rows"), c.n("cols")
	for r := range rows {
		for j := range cols {
			y[j*rows+r] = x[r*cols+j]
		}
	}
}

// refLinearDW sums x^T dy over the rows of each split; row K of a split is the
// bias, as if x had one more channel of ones.
func refLinearDW(c call) {
	x, dy, sums := c.f("x"), c.f("dy"), c.f("sums")
	rows, k, n := c.n("rows"), c.n("k"), c.n("n")
	acc := make([]float64, n)
	for s := range c.n("splits") {
		first, last := part(rows, c.n("splits"), s)
		for i := range k + 1 {
			clear(acc)
			for r := first; r < last; r++ {
				v := 1.0
				if i < k {
					v = float64(x[r*k+i])
				}
				for j := range n {
					acc[j] += v * float64(dy[r*n+j])
				}
			}
			for j, v := range acc {
				sums[(s*(k+1)+i)*n+j] = float32(v)
			}
		}
	}
}

// refLinearDWAdd adds what refLinearDW finds in one split.
func refLinearDWAdd(c call) {
	k, n := c.n("k"), c.n("n")
	sums := make([]float32, (k+1)*n)
	refLinearDW(call{shaders.Args{"rows": c.n("rows"), "k": k, "n": n, "splits": 1},
		map[string]Data{"x": c.bufs["x"], "dy": c.bufs["dy"], "sums": {F: sums}}})
	addTo(c.f("dweight"), sums[:k*n])
	addTo(c.f("dbias"), sums[k*n:])
}

// part is the range of split s of n rows.
func part(n, splits, s int) (first, last int) {
	share := (n + splits - 1) / splits
	return min(s*share, n), min((s+1)*share, n)
}

func refAccumulate(c call) {
	sums, dw, db := c.f("sums"), c.f("dweight"), c.f("dbias")
	n, m := c.n("n"), c.n("m")
	for i := range n + m {
		sum := total(sums, c.n("splits"), n+m, i)
		if i < n {
			dw[i] += float32(sum)
		} else {
			db[i-n] += float32(sum)
		}
	}
}

func refAccumulateOne(c call) {
	sums, grad := c.f("sums"), c.f("grad")
	n := c.n("n")
	for i := range n {
		grad[i] += float32(total(sums, c.n("splits"), n, i))
	}
}

// total adds element i of every split of stride n.
func total(sums []float32, splits, n, i int) float64 {
	sum := 0.0
	for s := range splits {
		sum += float64(sums[s*n+i])
	}
	return sum
}
