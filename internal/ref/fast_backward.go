package ref

// fastLinearDW multiplies the turned rows of each split with dy.
func fastLinearDW(d *Device, c call) {
	x, dy, sums := c.f("x"), c.f("dy"), c.f("sums")
	rows, k, n := c.n("rows"), c.n("k"), c.n("n")
	for s := range c.n("splits") {
		first, last := part(rows, c.n("splits"), s)
		out := sums[s*(k+1)*n : (s+1)*(k+1)*n]
		clear(out[k*n:])
		d.weightGradient(out[:k*n], out[k*n:], x[first*k:last*k], dy[first*n:last*n])
	}
}

func fastLinearDWAdd(d *Device, c call) {
	rows, k, n := c.n("rows"), c.n("k"), c.n("n")
	weight, bias := make([]float32, k*n), make([]float32, n)
	d.weightGradient(weight, bias, c.f("x")[:rows*k], c.f("dy")[:rows*n])
	addTo(c.f("dweight"), weight)
	addTo(c.f("dbias"), bias)
}

// weightGradient computes x^T dy and adds the sum of dy's rows to bias, which has their
// length.
func (d *Device) weightGradient(weight, bias, x, dy []float32) {
	n := len(bias)
	rows, k := len(dy)/n, len(weight)/n
	if rows == 0 {
		clear(weight)
		return
	}
	d.parallel(k, 8, func(from, to int) {
		turned := make([]float32, (to-from)*rows)
		for r := range rows {
			for i := from; i < to; i++ {
				turned[(i-from)*rows+r] = x[r*k+i]
			}
		}
		d.matmul(weight[from*n:to*n], turned, dy, to-from, rows, n)
	})
	for r := range rows {
		addTo(bias, dy[r*n:(r+1)*n])
	}
}

// fastDepthwiseDW walks the 49 taps of each position over whole rows of channels.
func fastDepthwiseDW(d *Device, c call) {
	x, dy, sums := c.f("x"), c.f("dy"), c.f("sums")
	slots, of := c.u("slot_patch"), c.u("patch_slot")
	n, t, cols, splits := c.n("c"), c.n("side"), c.n("grid_cols"), c.n("splits")
	per := c.n("grid_rows") * cols
	h, w := c.n("grid_rows")*t, cols*t
	d.parallel(splits, 1, func(from, to int) {
		for s := from; s < to; s++ {
			out := sums[s*50*n : (s+1)*50*n]
			clear(out)
			first, last := part(c.n("slots"), splits, s)
			for row := first * t * t; row < last*t*t; row++ {
				at := int(slots[row/(t*t)])
				q := at % per
				py, px := q/cols*t+row%(t*t)/t, q%cols*t+row%t
				grad := dy[row*n:][:n]
				addTo(out[49*n:], grad)
				for yy := max(0, py-3); yy <= min(h-1, py+3); yy++ {
					for xx := max(0, px-3); xx <= min(w-1, px+3); xx++ {
						slot := int(of[at-q+yy/t*cols+xx/t])
						if slot == 0 {
							continue
						}
						in := x[((slot-1)*t*t+yy%t*t+xx%t)*n:][:n]
						tap := out[((yy-py+3)*7+xx-px+3)*n:][:n]
						for i, v := range in {
							tap[i] += v * grad[i]
						}
					}
				}
			}
		}
	})
}

func addTo(dst, v []float32) {
	for i, x := range v {
		dst[i] += x
	}
}
