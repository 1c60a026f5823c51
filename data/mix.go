package data

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Mix mixes the pictures and targets of a batch in pairs, the first with the
// last and so on, all by the same share, as timm does by default. The batch is
// the one that is delivered: a smaller micro-batch makes other pairs.
type Mix struct {
	Mixup  float64 // alpha of Beta(alpha, alpha), from which the share is drawn; 0: no mixup (Zhang et al. 2017, arXiv 1710.09412)
	Cutmix float64 // the same for pasting a rectangle; 0: no cutmix (Yun et al. 2019, arXiv 1905.04899)
	Prob   float64 // of a batch to be mixed
	Switch float64 // where both are on, the probability of cutmix
}

// Check returns an error where a value is out of range.
func (m Mix) Check() error {
	for _, v := range []struct {
		name  string
		value float64
		most  float64
	}{{"mixup alpha", m.Mixup, 100}, {"cutmix alpha", m.Cutmix, 100}, {"mix probability", m.Prob, 1}, {"switch probability", m.Switch, 1}} {
		if !(v.value >= 0 && v.value <= v.most) {
			return fmt.Errorf("data: %s is %v, want 0 to %v", v.name, v.value, v.most)
		}
	}
	return nil
}

func (m Mix) on() bool { return (m.Mixup > 0 || m.Cutmix > 0) && m.Prob > 0 }

// apply mixes images, (n, size, size, 3), and targets, (n, classes).
func (m Mix) apply(images, targets []float32, n, size int, r *rand.Rand) {
	if !m.on() || r.Float64() >= m.Prob {
		return
	}
	cut := m.Cutmix > 0 && (m.Mixup == 0 || r.Float64() < m.Switch)
	alpha := m.Mixup
	if cut {
		alpha = m.Cutmix
	}
	keep := beta(alpha, r)
	if cut {
		keep = cutmix(images, n, size, keep, r)
	} else {
		blendPairs(images, n, keep)
	}
	blendPairs(targets, n, keep)
}

// blendPairs makes each of the n equal parts of v that share of itself and the
// rest of its partner from the other end.
func blendPairs(v []float32, n int, keep float64) {
	length := len(v) / n
	own, other := float32(keep), float32(1-keep)
	for i := range n / 2 {
		a, b := v[i*length:][:length], v[(n-1-i)*length:][:length]
		for k := range a {
			x, y := a[k], b[k]
			a[k] = float32(x*own) + float32(y*other)
			b[k] = float32(y*own) + float32(x*other)
		}
	}
}

// cutmix swaps a rectangle of 1-keep of the area between partners and returns
// the share that each really kept, since a rectangle at the rim is cut.
func cutmix(images []float32, n, size int, keep float64, r *rand.Rand) float64 {
	side := int(float64(size) * math.Sqrt(1-keep))
	cy, cx := r.IntN(size), r.IntN(size)
	y0, y1 := max(cy-side/2, 0), min(cy+side/2, size)
	x0, x1 := max(cx-side/2, 0), min(cx+side/2, size)
	for i := range n / 2 {
		for y := y0; y < y1; y++ {
			a := images[((i*size+y)*size+x0)*3:][:(x1-x0)*3]
			b := images[(((n-1-i)*size+y)*size+x0)*3:][:(x1-x0)*3]
			for k := range a {
				a[k], b[k] = b[k], a[k]
			}
		}
	}
	return 1 - float64((y1-y0)*(x1-x0))/float64(size*size)
}

// beta draws from Beta(alpha, alpha).
func beta(alpha float64, r *rand.Rand) float64 {
	x, y := gamma(alpha, r), gamma(alpha, r)
	if x+y == 0 { // a tiny alpha: nearly always one or the other alone
		return float64(r.IntN(2))
	}
	return x / (x + y)
}

// gamma draws from Gamma(shape, 1) by the method of Marsaglia and Tsang (2000).
func gamma(shape float64, r *rand.Rand) float64 {
	if shape < 1 {
		return gamma(shape+1, r) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		v = v * v * v
		if v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
