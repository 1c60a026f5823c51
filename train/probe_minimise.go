package train

import (
	"context"
	"math"
)

// Limits of minimise.
const (
	lbfgsHistory = 10
	lbfgsSteps   = 200
	lbfgsGrad    = 1e-5 // largest component of the gradient at the end
)

// minimise is L-BFGS with backtracking (Nocedal and Wright, Numerical
// Optimization, alg. 7.4 and 3.1) for smooth convex functions. f returns its value
// at w and fills g. Same start, same path.
func minimise(ctx context.Context, start []float64, f func(w, g []float64) float64) ([]float64, error) {
	n := len(start)
	w, g := append([]float64(nil), start...), make([]float64, n)
	next, gNext := make([]float64, n), make([]float64, n)
	type pair struct {
		s, y []float64
		rho  float64
	}
	var pairs []pair
	value := f(w, g)
	for range lbfgsSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if largest(g) < lbfgsGrad {
			break
		}
		d := make([]float64, n)
		axpy(-1, g, d)
		alpha := make([]float64, len(pairs))
		for i := len(pairs) - 1; i >= 0; i-- {
			alpha[i] = pairs[i].rho * dot64(pairs[i].s, d)
			axpy(-alpha[i], pairs[i].y, d)
		}
		step := 1.0
		if k := len(pairs); k > 0 {
			scale := 1 / (pairs[k-1].rho * dot64(pairs[k-1].y, pairs[k-1].y))
			for i := range d {
				d[i] *= scale
			}
		} else {
			step = min(1, 1/math.Sqrt(dot64(d, d)))
		}
		for i, p := range pairs {
			axpy(alpha[i]-p.rho*dot64(p.y, d), p.s, d)
		}
		slope := dot64(g, d)
		if slope >= 0 {
			break // as small as rounding allows
		}
		found := false
		var reached float64
		for range 30 {
			copy(next, w)
			axpy(step, d, next)
			if reached = f(next, gNext); reached <= value+1e-4*step*slope {
				found = true
				break
			}
			step /= 2
		}
		if !found {
			break
		}
		s, y := make([]float64, n), make([]float64, n)
		for i := range s {
			s[i], y[i] = next[i]-w[i], gNext[i]-g[i]
		}
		if sy := dot64(s, y); sy > 1e-12*dot64(y, y) {
			if len(pairs) == lbfgsHistory {
				pairs = pairs[1:]
			}
			pairs = append(pairs, pair{s, y, 1 / sy})
		}
		w, next, g, gNext, value = next, w, gNext, g, reached
	}
	return w, nil
}

func largest(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m = max(m, math.Abs(x))
	}
	return m
}

func dot64(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// axpy is y += a x.
func axpy(a float64, x, y []float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += a * v
	}
}
