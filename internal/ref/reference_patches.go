package ref

import "math"

func refPatchify(c call) {
	img, slots, rows := c.f("image"), c.u("slot_patch"), c.f("rows")
	h, w := c.n("height"), c.n("width")
	cols := w / 32
	per := cols * (h / 32)
	for s := range c.n("slots") {
		n, q := int(slots[s])/per, int(slots[s])%per
		for y := range 32 {
			for x := range 32 {
				from := ((n*h+q/cols*32+y)*w + q%cols*32 + x) * 3
				to := ((s*64+y/4*8+x/4)*16 + y%4*4 + x%4) * 3
				copy(rows[to:to+3], img[from:from+3])
			}
		}
	}
}

// refDepthwise scatters the visible rows to a dense picture of zeros and
// convolves that: the definition of the sparse convolution.
func refDepthwise(c call) {
	x, weight, bias, y, slots := c.f("x"), c.f("weight"), c.f("bias"), c.f("y"), c.u("slot_patch")
	n, t := c.n("c"), c.n("side")
	h, w := c.n("grid_rows")*t, c.n("grid_cols")*t
	per := c.n("grid_rows") * c.n("grid_cols")
	dense := make([]float32, c.n("images")*h*w*n)
	each := func(f func(img, py, px, row int)) {
		for s := range c.n("slots") {
			img, q := int(slots[s])/per, int(slots[s])%per
			for p := range t * t {
				f(img, q/c.n("grid_cols")*t+p/t, q%c.n("grid_cols")*t+p%t, s*t*t+p)
			}
		}
	}
	each(func(img, py, px, row int) {
		copy(dense[((img*h+py)*w+px)*n:][:n], x[row*n:])
	})
	each(func(img, py, px, row int) {
		for i := range n {
			sum := float64(bias[i])
			for ky := range 7 {
				for kx := range 7 {
					yy, xx := py+ky-3, px+kx-3
					if yy >= 0 && yy < h && xx >= 0 && xx < w {
						sum += float64(dense[((img*h+yy)*w+xx)*n+i]) * float64(weight[(ky*7+kx)*n+i])
					}
				}
			}
			y[row*n+i] = float32(sum)
		}
	})
}

func refFillTokens(c call) {
	x, token, y, slot := c.f("x"), c.f("token"), c.f("y"), c.u("patch_slot")
	n := c.n("c")
	for p := range c.n("patches") {
		from := token
		if s := int(slot[p]); s > 0 {
			from = x[(s-1)*n : s*n]
		}
		copy(y[p*n:(p+1)*n], from[:n])
	}
}

func refPatchLoss(c call) {
	pred, slot, loss := c.f("pred"), c.u("patch_slot"), c.f("loss")
	for p := range c.n("images") * (c.n("height") / 32) * (c.n("width") / 32) {
		if slot[p] != 0 {
			loss[p] = 0
			continue
		}
		sum := 0.0
		for j, v := range c.target(p) {
			d := float64(pred[p*3072+j]) - v
			sum += d * d
		}
		loss[p] = float32(sum / 3072)
	}
}

// target is what the decoder should predict at patch p: its pixels, standardised
// where norm is set.
func (c call) target(p int) []float64 {
	img, h, w := c.f("image"), c.n("height"), c.n("width")
	cols := w / 32
	per := cols * (h / 32)
	t := make([]float64, 3072)
	for j := range t {
		line := (p/per*h+p%per/cols*32+j/96)*w + p%per%cols*32
		t[j] = float64(img[line*3+j%96])
	}
	if c.n("norm") != 0 {
		standardise(t)
	}
	return t
}

// standardise is (v - mean) / sqrt(var + 1e-6) with the unbiased variance.
func standardise(v []float64) {
	mean, variance := 0.0, 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		variance += (x - mean) * (x - mean) / float64(len(v)-1)
	}
	for i := range v {
		v[i] = (v[i] - mean) / math.Sqrt(variance+1e-6)
	}
}
