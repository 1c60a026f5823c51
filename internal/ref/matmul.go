package ref

// matmul is dst = x w, row-major: (rows, k) by (k, n). Four rows and four
// columns at a time stay in registers; w is repacked so that the four columns
// of one k lie together.
func matmul(dst, x, w []float32, rows, k, n int) {
	packed := make([]float32, 4*k)
	for j := 0; j+4 <= n; j += 4 {
		for i := range k {
			copy(packed[4*i:4*i+4], w[i*n+j:i*n+j+4])
		}
		r := 0
		for ; r+4 <= rows; r += 4 {
			tile4x4(dst[r*n+j:], x[r*k:(r+4)*k], packed, k, n)
		}
		for ; r < rows; r++ {
			row := x[r*k : (r+1)*k]
			var s0, s1, s2, s3 float32
			for i, v := range row {
				p := packed[4*i : 4*i+4 : 4*i+4]
				s0 += v * p[0]
				s1 += v * p[1]
				s2 += v * p[2]
				s3 += v * p[3]
			}
			out := dst[r*n+j : r*n+j+4]
			out[0], out[1], out[2], out[3] = s0, s1, s2, s3
		}
	}
	for j := n &^ 3; j < n; j++ {
		for r := range rows {
			var s float32
			for i, v := range x[r*k : (r+1)*k] {
				s += v * w[i*n+j]
			}
			dst[r*n+j] = s
		}
	}
}

func tile4x4(dst, x, packed []float32, k, n int) {
	x0, x1, x2, x3 := x[:k], x[k:2*k], x[2*k:3*k], x[3*k:4*k]
	var a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3 float32
	for i := range x0 {
		p := packed[4*i : 4*i+4 : 4*i+4]
		p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
		v := x0[i]
		a0 += v * p0
		a1 += v * p1
		a2 += v * p2
		a3 += v * p3
		v = x1[i]
		b0 += v * p0
		b1 += v * p1
		b2 += v * p2
		b3 += v * p3
		v = x2[i]
		c0 += v * p0
		c1 += v * p1
		c2 += v * p2
		c3 += v * p3
		v = x3[i]
		d0 += v * p0
		d1 += v * p1
		d2 += v * p2
		d3 += v * p3
	}
	for r, s := range [4][4]float32{{a0, a1, a2, a3}, {b0, b1, b2, b3}, {c0, c1, c2, c3}, {d0, d1, d2, d3}} {
		copy(dst[r*n:r*n+4], s[:])
	}
}
