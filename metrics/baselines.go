package metrics

import (
	"math"

	"unmask/data"
)

// Baseline is a way to fill hidden pixels that learned nothing. It reads
// visible pixels only and copies them unchanged; at least one patch must be
// visible.
type Baseline struct {
	Name string
	Fill func(p *data.Picture, m data.Mask) *data.Picture
}

// Baselines lists what a model must beat, from the simplest on.
var Baselines = []Baseline{
	{"mean colour", MeanColour},
	{"nearest visible", NearestVisible},
	{"harmonic", Harmonic},
}

// MeanColour fills the hidden pixels with the mean colour of the visible ones.
func MeanColour(p *data.Picture, m data.Mask) *data.Picture {
	mustShow(p, m)
	var sum [3]float64
	n := 0
	for y := range p.H {
		for x := range p.W {
			if m.At(x, y) {
				continue
			}
			n++
			for c := range 3 {
				sum[c] += float64(p.Pix[(y*p.W+x)*3+c])
			}
		}
	}
	return fill(p, m, func(x, y int, rgb []float32) {
		for c := range 3 {
			rgb[c] = float32(sum[c] / float64(n))
		}
	})
}

// NearestVisible fills each hidden pixel with the visible pixel at the least
// Euclidean distance; of several, the uppermost, then the leftmost.
//
// Visible pixels come in whole patches, so the nearest one of a patch is found
// by clamping the coordinates to it. Patches are tried in rings around the
// pixel's own until no farther ring can hold a nearer one.
func NearestVisible(p *data.Picture, m data.Mask) *data.Picture {
	mustShow(p, m)
	rings := max(m.Rows, m.Cols)
	return fill(p, m, func(x, y int, rgb []float32) {
		row, col := y/data.Patch, x/data.Patch
		best, bx, by := math.MaxInt, 0, 0
		for k := 1; k < rings; k++ {
			// Between the pixel and ring k lie at least k-1 whole patches.
			if d := (k-1)*data.Patch + 1; d*d > best {
				break
			}
			for r := max(row-k, 0); r <= min(row+k, m.Rows-1); r++ {
				step := 2 * k // the ring's left and right column only
				if r == row-k || r == row+k {
					step = 1
				}
				for c := col - k; c <= col+k; c += step {
					if c < 0 || c >= m.Cols || m.Hidden[r*m.Cols+c] {
						continue
					}
					nx := min(max(x, c*data.Patch), c*data.Patch+data.Patch-1)
					ny := min(max(y, r*data.Patch), r*data.Patch+data.Patch-1)
					d := (nx-x)*(nx-x) + (ny-y)*(ny-y)
					if d < best || d == best && (ny < by || ny == by && nx < bx) {
						best, bx, by = d, nx, ny
					}
				}
			}
		}
		copy(rgb, p.Pix[(by*p.W+bx)*3:][:3])
	})
}

// fill returns p with its hidden pixels set by colour.
func fill(p *data.Picture, m data.Mask, colour func(x, y int, rgb []float32)) *data.Picture {
	out := p.Clone()
	for y := range p.H {
		for x := range p.W {
			if m.At(x, y) {
				colour(x, y, out.Pix[(y*p.W+x)*3:][:3])
			}
		}
	}
	return out
}

// mustShow panics where the mask does not fit or leaves nothing to read.
func mustShow(p *data.Picture, m data.Mask) {
	m.MustFit(p)
	if m.Count() == len(m.Hidden) {
		panic("BUG: metrics: a baseline needs a visible patch")
	}
}
