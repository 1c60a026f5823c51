package ref

// fastLinearDW multiplies the turned rows of each split with dy.
func fastLinearDW(d *Device, c call) {
	x, dy, sums := c.f("x"), c.f("dy"), c.f("sums")
	rows, k, n := c.n("rows"), c.n("k"), c.n("n")
	for s := range c.n("splits") {
		first, last := part(rows, c.n("splits"), s)
		out := sums[s*(k+1)*n : (s+1)*(k+1)*n]
		if first == last {
			clear(out)
			continue
		}
		d.parallel(k, 8, func(from, to int) {
			turned := make([]float32, (to-from)*(last-first))
			for r := first; r < last; r++ {
				for i := from; i < to; i++ {
					turned[(i-from)*(last-first)+r-first] = x[r*k+i]
				}
			}
			d.matmul(out[from*n:to*n], turned, dy[first*n:last*n], to-from, last-first, n)
		})
		bias := out[k*n:]
		clear(bias)
		for r := first; r < last; r++ {
			for j, v := range dy[r*n : (r+1)*n] {
				bias[j] += v
			}
		}
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
