package metrics

import (
	"math/bits"

	"unmask/data"
)

// Harmonic fills the hidden pixels with the solution of Laplace's equation,
// the smoothest continuation of the visible pixels, which are its boundary
// (Dirichlet). At the picture's border the normal derivative is zero (Neumann).
// A hidden pixel is then the mean of its neighbours to within 1e-5.
func Harmonic(p *data.Picture, m data.Mask) *data.Picture {
	mustShow(p, m)
	out := p.Clone()
	hidden := make([]bool, p.W*p.H)
	for i := range hidden {
		hidden[i] = m.At(i%p.W, i/p.W)
	}
	for c := range 3 {
		f := field{w: p.W, h: p.H, hidden: hidden, v: make([]float64, len(hidden))}
		for i, h := range hidden {
			if !h {
				f.v[i] = float64(p.Pix[3*i+c])
			}
		}
		// A patch halves five times until it is one pixel.
		f.solve(bits.TrailingZeros(data.Patch))
		for i, h := range hidden {
			if h {
				out.Pix[3*i+c] = float32(f.v[i])
			}
		}
	}
	return out
}

// field is one channel on a grid of w x h pixels. Where hidden, v is unknown.
type field struct {
	w, h   int
	hidden []bool    // (h, w)
	v      []float64 // (h, w)
}

// solve finds the unknowns. It first solves the field at half its size, levels
// times over, and starts from that solution (cascadic multigrid; Deuflhard
// 1994): the start is right at large scale, and what is left is local, so
// conjugate gradients need few steps even for a picture nearly all hidden.
// At each of these levels a block of 2 x 2 must be all hidden or all visible.
func (f *field) solve(levels int) {
	if levels == 0 {
		f.startWithMean()
	} else {
		half := f.half()
		half.solve(levels - 1)
		f.startFrom(half)
	}
	f.conjugateGradients()
}

// startWithMean sets the unknowns to the mean of what is known.
func (f *field) startWithMean() {
	sum, n := 0.0, 0
	for i, h := range f.hidden {
		if !h {
			sum += f.v[i]
			n++
		}
	}
	for i, h := range f.hidden {
		if h {
			f.v[i] = sum / float64(n)
		}
	}
}

// half returns the field at half its size, known where f is.
func (f *field) half() *field {
	g := &field{w: f.w / 2, h: f.h / 2}
	g.hidden = make([]bool, g.w*g.h)
	g.v = make([]float64, g.w*g.h)
	for i := range g.v {
		at := i/g.w*2*f.w + i%g.w*2
		g.hidden[i] = f.hidden[at]
		if !f.hidden[at] {
			g.v[i] = (f.v[at] + f.v[at+1] + f.v[at+f.w] + f.v[at+f.w+1]) / 4
		}
	}
	return g
}

// startFrom sets the unknowns by bilinear interpolation of the field g of half
// the size. A pixel's centre lies a quarter of the way to g's next one.
func (f *field) startFrom(g *field) {
	for i, h := range f.hidden {
		if !h {
			continue
		}
		x, y := i%f.w, i/f.w
		gx, gy := x/2, y/2
		nx := min(max(gx+2*(x%2)-1, 0), g.w-1)
		ny := min(max(gy+2*(y%2)-1, 0), g.h-1)
		f.v[i] = (9*g.v[gy*g.w+gx] + 3*g.v[gy*g.w+nx] + 3*g.v[ny*g.w+gx] + g.v[ny*g.w+nx]) / 16
	}
}

// conjugateGradients improves the unknowns until the sum of the differences to
// the neighbours is at most 1e-5 at every one of them. The matrix, degree on
// the diagonal and -1 for each neighbour, is symmetric and positive definite as
// long as something is known.
func (f *field) conjugateGradients() {
	const tolerance = 1e-5
	at, around := f.unknowns()
	// One more element stands for the missing neighbours beyond the border.
	v := append(f.v, 0)
	f.v = v[:len(f.v)]
	r, q := make([]float64, len(at)), make([]float64, len(at))
	p := make([]float64, len(v)) // stays 0 at known pixels
	rr := 0.0
	for k, i := range at {
		n := around[k]
		r[k] = v[n.at[0]] + v[n.at[1]] + v[n.at[2]] + v[n.at[3]] - n.degree*v[i]
		p[i] = r[k]
		rr += float64(r[k] * r[k])
	}
	// In exact arithmetic as many steps as unknowns are enough.
	for range at {
		if !(worst(r) > tolerance) { // a NaN ends it, too: no step would mend it
			return
		}
		pq := 0.0
		for k, i := range at {
			n := around[k]
			q[k] = n.degree*p[i] - p[n.at[0]] - p[n.at[1]] - p[n.at[2]] - p[n.at[3]]
			pq += float64(p[i] * q[k])
		}
		alpha, old := rr/pq, rr
		rr = 0
		for k, i := range at {
			v[i] += float64(alpha * p[i])
			r[k] -= float64(alpha * q[k])
			rr += float64(r[k] * r[k])
		}
		for k, i := range at {
			p[i] = r[k] + float64(rr/old*p[i])
		}
	}
}

// neighbours of an unknown: their indices, and how many lie in the picture.
type neighbours struct {
	at     [4]int
	degree float64
}

// unknowns lists the hidden pixels and the neighbours of each. A neighbour
// beyond the border has the index one past the last pixel.
func (f *field) unknowns() (at []int, around []neighbours) {
	for i, h := range f.hidden {
		if !h {
			continue
		}
		x, y, beyond := i%f.w, i/f.w, f.w*f.h
		n := neighbours{at: [4]int{beyond, beyond, beyond, beyond}}
		add := func(k int, inside bool, j int) {
			if inside {
				n.at[k] = j
				n.degree++
			}
		}
		add(0, x > 0, i-1)
		add(1, x < f.w-1, i+1)
		add(2, y > 0, i-f.w)
		add(3, y < f.h-1, i+f.w)
		at, around = append(at, i), append(around, n)
	}
	return at, around
}

// worst returns the largest magnitude in r.
func worst(r []float64) float64 {
	w := 0.0
	for _, v := range r {
		w = max(w, v, -v)
	}
	return w
}
