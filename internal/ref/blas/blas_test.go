package blas

import (
	"fmt"
	"testing"

	"unmask/internal/numtest"
)

var shapes = [][3]int{{3136, 40, 160}, {784, 320, 80}, {196, 160, 640}, {49, 1280, 320}, {1, 320, 10}, {7, 48, 3}}

// TestMatMul compares with sums in float64.
func TestMatMul(t *testing.T) {
	for _, s := range shapes {
		rows, k, n := s[0], s[1], s[2]
		// Weights as a network has them, std 1/sqrt(fan in).
		x, w := numtest.Pattern("x", rows*k), numtest.Seeded("w", []int{n, k})
		got, want := make([]float32, rows*n), make([]float32, rows*n)
		MatMul(got, x, w, rows, k, n)
		for r := range rows {
			for j := range n {
				sum := 0.0
				for i := range k {
					sum += float64(x[r*k+i]) * float64(w[i*n+j])
				}
				want[r*n+j] = float32(sum)
			}
		}
		numtest.Check(t, numtest.Reduce, fmt.Sprint(s), got, want)
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range shapes[:4] {
		rows, k, n := s[0], s[1], s[2]
		x, w, dst := numtest.Pattern("x", rows*k), numtest.Pattern("w", k*n), make([]float32, rows*n)
		b.Run(fmt.Sprintf("%dx%dx%d", rows, k, n), func(b *testing.B) {
			for b.Loop() {
				MatMul(dst, x, w, rows, k, n)
			}
			b.ReportMetric(2*float64(rows*k*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
