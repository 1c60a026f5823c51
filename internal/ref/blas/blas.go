// Package blas multiplies matrices for the CPU device through
// gorgonia.org/tensor. It is native only: the library would add 20 MB to a
// browser's download, where the device's own loops serve.
package blas

import (
	"fmt"

	"gorgonia.org/tensor"
)

// MatMul is dst = x w, row-major: (rows, k) by (k, n).
func MatMul(dst, x, w []float32, rows, k, n int) {
	dense := func(v []float32, r, c int) *tensor.Dense {
		return tensor.New(tensor.WithShape(r, c), tensor.WithBacking(v[:r*c]))
	}
	if _, err := tensor.MatMul(dense(x, rows, k), dense(w, k, n), tensor.WithReuse(dense(dst, rows, n))); err != nil {
		panic(fmt.Sprintf("BUG: blas: (%d, %d) by (%d, %d): %v", rows, k, k, n, err))
	}
}
