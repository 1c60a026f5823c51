package ref

import "math"

// fastOps are the ops that take the time of a network; the others run as the
// reference does.
var fastOps = map[string]func(*Device, call){
	"linear":     fastLinear,
	"linear_grn": fastLinearGRN,
	"layernorm":  fastLayerNorm,
	"grn_sumsq":  fastGRNSumSq,
	"gelu_sumsq": fastGELUSumSq,
	"depthwise":  fastDepthwise,

	"linear_dw":     fastLinearDW,
	"linear_dw_add": fastLinearDWAdd,
	"depthwise_dw":  fastDepthwiseDW,
}

func fastLinear(d *Device, c call) {
	x, w, bias, y := c.f("x"), c.f("w"), c.f("bias"), c.f("y")
	k, n := c.n("k"), c.n("n")
	act := c.n("gelu") != 0
	d.parallel(c.n("rows"), 8, func(first, end int) {
		out := y[first*n : end*n]
		d.matmul(out, x[first*k:end*k], w[:k*n], end-first, k, n)
		for r := 0; r < len(out); r += n {
			row := out[r : r+n]
			for j, b := range bias[:n] {
				row[j] += b
			}
			if act {
				geluRow(row)
			}
		}
	})
}

func fastLinearGRN(d *Device, c call) {
	x, scale, beta, w, bias := c.f("x"), c.f("scale"), c.f("beta"), c.f("w"), c.f("bias")
	residual, y, group := c.f("residual"), c.f("y"), c.u("slot_group")
	k, n, slotRows := c.n("k"), c.n("n"), c.n("slot_rows")
	d.parallel(c.n("rows"), 8, func(first, end int) {
		scaled := make([]float32, (end-first)*k)
		for r := first; r < end; r++ {
			s := scale[int(group[r/slotRows])*k:][:k]
			in, out := x[r*k:][:k], scaled[(r-first)*k:][:k]
			for i := range out {
				out[i] = in[i]*s[i] + beta[i]
			}
		}
		out, res := y[first*n:end*n], residual[first*n:end*n]
		d.matmul(out, scaled, w[:k*n], end-first, k, n)
		for r := 0; r < len(out); r += n {
			row, from := out[r:r+n], res[r:r+n]
			for j, b := range bias[:n] {
				row[j] += b + from[j]
			}
		}
	})
}

func fastLayerNorm(d *Device, c call) {
	x, weight, bias, y := c.f("x"), c.f("weight"), c.f("bias"), c.f("y")
	n, side := c.n("c"), c.n("side")
	d.parallel(c.n("rows"), 16, func(first, end int) {
		for r := first; r < end; r++ {
			row := x[r*n : (r+1)*n]
			var sum, squares float64
			for _, v := range row {
				sum += float64(v)
			}
			mean := sum / float64(n)
			for _, v := range row {
				dv := float64(v) - mean
				squares += dv * dv
			}
			m, s := float32(mean), float32(1/math.Sqrt(squares/float64(n)+1e-6))
			out := y[regroup(r, side)*n:][:n]
			for i, v := range row {
				out[i] = (v-m)*s*weight[i] + bias[i]
			}
		}
	})
}

func fastGRNSumSq(d *Device, c call) {
	x, sums, offset := c.f("x"), c.f("sums"), c.u("group_offset")
	n, splits := c.n("c"), c.n("splits")
	d.parallel(c.n("groups")*splits, 1, func(first, end int) {
		for i := first; i < end; i++ {
			g, s := i/splits, i%splits
			begin, last := int(offset[g])*c.n("slot_rows"), int(offset[g+1])*c.n("slot_rows")
			share := (last - begin + splits - 1) / splits
			out := sums[i*n:][:n]
			clear(out)
			for r := min(begin+s*share, last); r < min(begin+(s+1)*share, last); r++ {
				for j, v := range x[r*n:][:n] {
					out[j] += v * v
				}
			}
		}
	})
}

func fastGELUSumSq(d *Device, c call) {
	h, y := c.f("h"), c.f("y")
	n := c.n("c")
	d.parallel(c.n("rows"), 16, func(first, end int) {
		for i := first * n; i < end*n; i++ {
			y[i] = float32(gelu(float64(h[i])))
		}
	})
	fastGRNSumSq(d, c.sumsq())
}

// fastDepthwise walks the 49 taps of each position over whole rows of channels.
func fastDepthwise(d *Device, c call) {
	x, weight, bias, y := c.f("x"), c.f("weight"), c.f("bias"), c.f("y")
	slots, of := c.u("slot_patch"), c.u("patch_slot")
	n, t, cols := c.n("c"), c.n("side"), c.n("grid_cols")
	per := c.n("grid_rows") * cols
	h, w := c.n("grid_rows")*t, cols*t
	d.parallel(c.n("slots")*t*t, 8, func(first, end int) {
		for row := first; row < end; row++ {
			at := int(slots[row/(t*t)])
			q := at % per
			py, px := q/cols*t+row%(t*t)/t, q%cols*t+row%t
			out := y[row*n:][:n]
			copy(out, bias)
			for yy := max(0, py-3); yy <= min(h-1, py+3); yy++ {
				for xx := max(0, px-3); xx <= min(w-1, px+3); xx++ {
					s := int(of[at-q+yy/t*cols+xx/t])
					if s == 0 {
						continue
					}
					in := x[((s-1)*t*t+yy%t*t+xx%t)*n:][:n]
					taps := weight[((yy-py+3)*7+xx-px+3)*n:][:n]
					for i := range out {
						out[i] += in[i] * taps[i]
					}
				}
			}
		}
	})
}

// geluRow applies x * Phi(x) with erf by Abramowitz and Stegun 7.1.26, as the
// kernels do.
func geluRow(row []float32) {
	for i, v := range row {
		x := float64(v)
		a := math.Abs(x) / math.Sqrt2
		t := 1 / (1 + 0.3275911*a)
		half := 0.5 * t * (0.254829592 + t*(-0.284496736+t*(1.421413741+t*(-1.453152027+t*1.061405429)))) * math.Exp(-a*a)
		if x >= 0 {
			half = 1 - half
		}
		row[i] = float32(x * half)
	}
}
