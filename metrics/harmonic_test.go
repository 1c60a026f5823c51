package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"unmask/data"
)

// A small field of ragged holes against Gaussian elimination.
func TestLaplaceAgainstADenseSolve(t *testing.T) {
	for _, size := range [][2]int{{13, 9}, {1, 7}, {16, 12}} {
		random := rand.New(rand.NewPCG(3, uint64(size[0])))
		w, h := size[0], size[1]
		hidden, v := make([]bool, w*h), make([]float64, w*h)
		for i := range v {
			hidden[i] = random.Float64() < 0.7
			v[i] = random.Float64()
		}
		hidden[2] = false
		want := denseLaplace(w, h, hidden, v)
		gs := newGrids(w, h, hidden, 0)
		copy(gs[0].v, v)
		gs.solve()
		for i := range want {
			near(t, fmt.Sprintf("%d x %d: pixel %d", w, h, i), gs[0].v[i], want[i], 1e-4)
		}
	}
}

// denseLaplace writes one equation for each pixel and eliminates.
func denseLaplace(w, h int, hidden []bool, v []float64) []float64 {
	n := w * h
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, n+1) // the last column is the right-hand side
		if !hidden[i] {
			a[i][i], a[i][n] = 1, v[i]
			continue
		}
		for j := range n {
			if dx, dy := i%w-j%w, i/w-j/w; dx*dx+dy*dy == 1 {
				a[i][i]++
				a[i][j]--
			}
		}
	}
	for k := range n { // diagonally dominant: no pivoting needed
		for i := range n {
			if factor := a[i][k] / a[k][k]; i != k && factor != 0 {
				for j := k; j <= n; j++ {
					a[i][j] -= factor * a[k][j]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = a[i][n] / a[i][i]
	}
	return x
}

// Through all grids: every hidden pixel is the mean of its neighbours.
func TestHarmonicSolvesLaplace(t *testing.T) {
	for _, bits := range masks {
		m := mask(t, bits)
		w, h := m.Cols*data.Patch, m.Rows*data.Patch
		got := Harmonic(pattern(w, h, 5), m)
		for i := range got.Pix {
			x, y, c := i/3%w, i/3/w, i%3
			if !m.At(x, y) {
				continue
			}
			sum, n := 0.0, 0.0
			for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				if nx, ny := x+d[0], y+d[1]; nx >= 0 && nx < w && ny >= 0 && ny < h {
					sum += float64(got.Pix[(ny*w+nx)*3+c])
					n++
				}
			}
			if r := math.Abs(sum/n - float64(got.Pix[i])); !(r <= 1.1e-5) { // 1e-6 for float32
				t.Fatalf("mask %s: value %d is off the mean of its neighbours by %v", bits, i, r)
			}
		}
	}
}

// A ramp is harmonic: between two patches that hold its ends it is restored.
func TestHarmonicRestoresARamp(t *testing.T) {
	m := mask(t, "0110")
	p := data.NewPicture(128, 32)
	for i := range p.Pix {
		p.Pix[i] = float32(i/3%128) / 127
	}
	got := Harmonic(p, m)
	for i := range p.Pix {
		near(t, fmt.Sprintf("value %d", i), float64(got.Pix[i]), float64(p.Pix[i]), 1e-3)
	}
}
