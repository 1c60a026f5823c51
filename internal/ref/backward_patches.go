package ref

import "math"

func refFlipTaps(c call) {
	x, y := c.f("x"), c.f("y")
	n, taps := c.n("c"), c.n("taps")
	for t := range taps {
		copy(y[t*n:(t+1)*n], x[(taps-1-t)*n:])
	}
}

// refDepthwiseDW reads the neighbours from a dense picture of zeros, as
// refDepthwise does.
func refDepthwiseDW(c call) {
	x, dy, sums, slots := c.f("x"), c.f("dy"), c.f("sums"), c.u("slot_patch")
	n, t, cols := c.n("c"), c.n("side"), c.n("grid_cols")
	per, h, w := c.n("grid_rows")*cols, c.n("grid_rows")*t, cols*t
	dense := make([]float32, c.n("images")*h*w*n)
	where := func(row int) (img, py, px int) {
		at := int(slots[row/(t*t)])
		return at / per, at%per/cols*t + row%(t*t)/t, at%per%cols*t + row%t
	}
	for row := range c.n("slots") * t * t {
		img, py, px := where(row)
		copy(dense[((img*h+py)*w+px)*n:][:n], x[row*n:])
	}
	acc := make([]float64, 50*n)
	for s := range c.n("splits") {
		first, last := part(c.n("slots"), c.n("splits"), s)
		clear(acc)
		for row := first * t * t; row < last*t*t; row++ {
			img, py, px := where(row)
			for i, d := range dy[row*n:][:n] {
				acc[49*n+i] += float64(d)
				for tap := range 49 {
					yy, xx := py+tap/7-3, px+tap%7-3
					if yy >= 0 && yy < h && xx >= 0 && xx < w {
						acc[tap*n+i] += float64(d) * float64(dense[((img*h+yy)*w+xx)*n+i])
					}
				}
			}
		}
		for i, v := range acc {
			sums[s*50*n+i] = float32(v)
		}
	}
}

func refFillTokensDX(c call) {
	dy, dx, slot := c.f("dy"), c.f("dx"), c.u("patch_slot")
	n := c.n("c")
	for p := range c.n("patches") {
		if s := int(slot[p]); s > 0 {
			copy(dx[(s-1)*n:s*n], dy[p*n:])
		}
	}
}

func refFillTokensDToken(c call) {
	dy, sums, slot := c.f("dy"), c.f("sums"), c.u("patch_slot")
	n := c.n("c")
	for s := range c.n("splits") {
		first, last := part(c.n("patches"), c.n("splits"), s)
		for i := range n {
			sum := 0.0
			for p := first; p < last; p++ {
				if slot[p] == 0 {
					sum += float64(dy[p*n+i])
				}
			}
			sums[s*n+i] = float32(sum)
		}
	}
}

func refPoolDX(c call) {
	dy, dx, offset := c.f("dy"), c.f("dx"), c.u("image_offset")
	n := c.n("c")
	for img := range c.n("images") {
		first, end := int(offset[img])*c.n("slot_rows"), int(offset[img+1])*c.n("slot_rows")
		for r := first; r < end; r++ {
			for i := range n {
				dx[r*n+i] = float32(float64(dy[img*n+i]) / float64(end-first))
			}
		}
	}
}

func refPatchLossDX(c call) {
	pred, slot, dloss, dpred := c.f("pred"), c.u("patch_slot"), c.f("dloss"), c.f("dpred")
	for p := range c.n("images") * (c.n("height") / 32) * (c.n("width") / 32) {
		out := dpred[p*3072 : (p+1)*3072]
		if slot[p] != 0 {
			clear(out)
			continue
		}
		for j, v := range c.target(p) {
			out[j] = float32(float64(dloss[p]) * 2 / 3072 * (float64(pred[p*3072+j]) - v))
		}
	}
}

// softmax returns exp(logits - max) and its sum.
func softmax(logits []float32) (e []float64, top, sum float64) {
	top = math.Inf(-1)
	for _, v := range logits {
		top = max(top, float64(v))
	}
	e = make([]float64, len(logits))
	for k, v := range logits {
		e[k] = math.Exp(float64(v) - top)
		sum += e[k]
	}
	return e, top, sum
}

func refCrossEntropy(c call) {
	logits, targets, loss := c.f("logits"), c.f("targets"), c.f("loss")
	n := c.n("classes")
	for i := range c.n("images") {
		row := logits[i*n : (i+1)*n]
		_, top, sum := softmax(row)
		l := 0.0
		for k, v := range row {
			l += float64(targets[i*n+k]) * (math.Log(sum) + top - float64(v))
		}
		loss[i] = float32(l)
	}
}

func refCrossEntropyDX(c call) {
	logits, targets, dloss, dlogits := c.f("logits"), c.f("targets"), c.f("dloss"), c.f("dlogits")
	n := c.n("classes")
	for i := range c.n("images") {
		e, _, sum := softmax(logits[i*n : (i+1)*n])
		mass := 0.0
		for _, v := range targets[i*n : (i+1)*n] {
			mass += float64(v)
		}
		for k, v := range e {
			dlogits[i*n+k] = float32(float64(dloss[i]) * (mass*v/sum - float64(targets[i*n+k])))
		}
	}
}
