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
	hidden := make([]bool, p.W*p.H)
	for i := range hidden {
		hidden[i] = m.At(i%p.W, i/p.W)
	}
	// A patch halves five times until it is one pixel.
	grids := newGrids(p.W, p.H, hidden, bits.TrailingZeros(data.Patch))
	mean := MeanColour(p, m) // where the iteration starts
	out := p.Clone()
	for c := range 3 {
		v := grids[0].v
		for i := range hidden {
			v[i] = float64(mean.Pix[3*i+c])
		}
		grids.solve()
		for _, i := range grids[0].unknowns {
			out.Pix[3*i+c] = float32(v[i])
		}
	}
	return out
}
