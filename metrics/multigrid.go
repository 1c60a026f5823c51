package metrics

import "math"

// grid is Laplace's equation for one channel at one resolution:
//
//	diagonal * v - (sum of v over the neighbours) = rhs
//
// at every unknown pixel. On the finest grid v is the picture, rhs is 0, and
// known pixels keep their values. On a coarser one v is the correction that the
// next finer grid wants, rhs is what is left of its equation, and known pixels
// are 0.
type grid struct {
	w, h     int
	unknowns []int     // the pixels to be found, row-major
	around   [][4]int  // of each: its neighbours; len(v)-1 for one beyond the border
	diagonal []float64 // of each
	v        []float64 // (h, w), and one 0 for what is beyond the border
	rhs      []float64 // (h, w)
}

// grids are a picture at full size, half of it, and so on.
type grids []*grid

// newGrids returns the grids of a w x h picture: levels of them below the full
// size. At each halving a block of 2 x 2 pixels must be all hidden or all known.
func newGrids(w, h int, hidden []bool, levels int) grids {
	var gs grids
	for l := 0; ; l++ {
		gs = append(gs, newGrid(w, h, hidden, float64(int(1)<<l)))
		if l == levels {
			return gs
		}
		half := make([]bool, w/2*(h/2))
		for i := range half {
			half[i] = hidden[i/(w/2)*2*w+i%(w/2)*2]
		}
		w, h, hidden = w/2, h/2, half
	}
}

// newGrid returns one grid, whose pixels are side pixels of the picture wide.
//
// The wall at which the correction is zero is the centre of the first known
// pixel of the picture, half a pixel behind the edge, at every resolution. A
// coarse pixel's centre is (side + 1)/2 away from it and not side, as from
// another unknown: hence the weight 2 side/(side + 1), without which the coarse
// grids correct too little near the wall.
func newGrid(w, h int, hidden []bool, side float64) *grid {
	g := &grid{w: w, h: h, v: make([]float64, w*h+1), rhs: make([]float64, w*h)}
	wall, beyond := 2*side/(side+1), w*h
	for i := range hidden {
		if !hidden[i] {
			continue
		}
		x, y := i%w, i/w
		around, diagonal := [4]int{beyond, beyond, beyond, beyond}, 0.0
		add := func(k int, inside bool, j int) {
			switch {
			case !inside: // Neumann: no flow
			case hidden[j]:
				around[k], diagonal = j, diagonal+1
			default:
				around[k], diagonal = j, diagonal+wall
			}
		}
		add(0, x > 0, i-1)
		add(1, x < w-1, i+1)
		add(2, y > 0, i-w)
		add(3, y < h-1, i+w)
		g.unknowns = append(g.unknowns, i)
		g.around = append(g.around, around)
		g.diagonal = append(g.diagonal, diagonal)
	}
	return g
}

// solve improves the unknowns of the finest grid, from any start, until its
// equation holds to within 1e-5 everywhere. A cycle leaves about a fifth of the
// error, so the bound on their number is there for damaged input only (a NaN).
func (gs grids) solve() {
	const tolerance, maxCycles = 1e-5, 100
	for range maxCycles {
		if !(gs[0].worst() > tolerance) {
			return
		}
		gs.cycle()
	}
}

// cycle is one V-cycle of multigrid (Briggs, Henson, McCormick 2000, chapter 3)
// with Gauss-Seidel sweeps before and after the coarser grids' correction.
func (gs grids) cycle() {
	const sweeps = 2
	g := gs[0]
	if len(gs) == 1 {
		// Over-relaxation at Young's optimum for a square of this side forgets
		// the start in a few times that many sweeps.
		side := float64(max(g.w, g.h))
		omega := 2 / (1 + math.Sin(math.Pi/(side+1)))
		for range 3 * max(g.w, g.h) {
			g.sweep(omega)
		}
		return
	}
	for range sweeps {
		g.sweep(1)
	}
	g.restrict(gs[1])
	gs[1:].cycle()
	g.correct(gs[1])
	for range sweeps {
		g.sweep(1)
	}
}

// left returns what is left of the equation of unknown k: rhs less the rest.
func (g *grid) left(k int) float64 {
	i, n := g.unknowns[k], &g.around[k]
	return g.rhs[i] + g.v[n[0]] + g.v[n[1]] + g.v[n[2]] + g.v[n[3]] - float64(g.diagonal[k]*g.v[i])
}

// worst returns the largest magnitude of what is left of any equation.
func (g *grid) worst() float64 {
	w := 0.0
	for k := range g.unknowns {
		w = max(w, math.Abs(g.left(k)))
	}
	return w
}

// sweep solves each equation in turn for its own unknown, over-relaxed by omega.
func (g *grid) sweep(omega float64) {
	for k, i := range g.unknowns {
		g.v[i] += float64(omega * g.left(k) / g.diagonal[k])
	}
}

// restrict asks the coarser grid for a correction: each of its pixels takes
// what is left of its four.
func (g *grid) restrict(coarse *grid) {
	clear(coarse.v)
	clear(coarse.rhs)
	for k, i := range g.unknowns {
		coarse.rhs[i/g.w/2*coarse.w+i%g.w/2] += g.left(k)
	}
}

// correct adds the coarser grid's correction, bilinear between the centres of
// its pixels: a pixel's centre lies a quarter of the way to the next coarse one.
func (g *grid) correct(coarse *grid) {
	for _, i := range g.unknowns {
		x, y := i%g.w, i/g.w
		x0, y0 := x/2, y/2
		x1 := min(max(x0+2*(x%2)-1, 0), coarse.w-1)
		y1 := min(max(y0+2*(y%2)-1, 0), coarse.h-1)
		g.v[i] += (9*coarse.v[y0*coarse.w+x0] + 3*coarse.v[y0*coarse.w+x1] +
			3*coarse.v[y1*coarse.w+x0] + coarse.v[y1*coarse.w+x1]) / 16
	}
}
