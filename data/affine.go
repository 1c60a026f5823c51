package data

import "math"

// affine maps the place of an output pixel to its place in the source: the
// centre of pixel (x, y) lies at (x + 0.5, y + 0.5), and
// (x', y') = (a·x + b·y + c, d·x + e·y + f).
type affine struct{ a, b, c, d, e, f float64 }

// rotation turns a w x h picture anticlockwise around its centre.
func rotation(degrees float64, w, h int) affine {
	sin, cos := math.Sincos(-degrees * math.Pi / 180)
	cx, cy := float64(w)/2, float64(h)/2
	return affine{
		cos, sin, float64(cos*-cx) + float64(sin*-cy) + cx,
		-sin, cos, float64(-sin*-cx) + float64(cos*-cy) + cy,
	}
}

// transform fills dst with the picture under an affine map, at the size of m.
// It interpolates bicubically as PIL's Image.transform does: with a = -1 in
// Keys' kernel, unlike a resize, without antialiasing, and cut to 8 bits
// without rounding. Places outside the picture get the colour fill.
func (m *Bitmap) transform(dst *Bitmap, t affine, fill [3]uint8) {
	dst.sized(m.W, m.H)
	for y := range m.H {
		out := dst.row(y)
		v := float64(y) + 0.5
		for x := range m.W {
			u := float64(x) + 0.5
			// Each product is rounded by itself, so that platforms agree.
			sx := float64(t.a*u) + float64(t.b*v) + t.c
			sy := float64(t.d*u) + float64(t.e*v) + t.f
			if sx < 0 || sx >= float64(m.W) || sy < 0 || sy >= float64(m.H) {
				copy(out[3*x:], fill[:])
			} else {
				m.bicubicAt(out[3*x:3*x+3], sx-0.5, sy-0.5)
			}
		}
	}
}

// bicubicAt writes the colour at a place whose whole numbers are the centres of
// pixels. Beyond the rim its pixels go on.
func (m *Bitmap) bicubicAt(dst []uint8, sx, sy float64) {
	x, y := int(math.Floor(sx)), int(math.Floor(sy))
	dx, dy := sx-float64(x), sy-float64(y)
	var column [4]int
	for k := range column {
		column[k] = 3 * min(max(x-1+k, 0), m.W-1)
	}
	// At a distance of 0 only the second of four counts: shears and shifts along
	// one axis cost a quarter.
	first, last := 0, 3
	if dy == 0 {
		first, last = 1, 1
	}
	var v [4][3]float64 // the colour of each row at sx
	for k := first; k <= last; k++ {
		r := m.row(min(max(y-1+k, 0), m.H-1))
		r0, r1, r2, r3 := r[column[0]:][:3], r[column[1]:][:3], r[column[2]:][:3], r[column[3]:][:3]
		for c := range 3 {
			v[k][c] = float64(r1[c])
			if dx != 0 {
				v[k][c] = bicubic4(float64(r0[c]), v[k][c], float64(r2[c]), float64(r3[c]), dx)
			}
		}
	}
	for c := range 3 {
		at := v[1][c]
		if dy != 0 {
			at = bicubic4(v[0][c], at, v[2][c], v[3][c], dy)
		}
		dst[c] = clamp8(int32(at))
	}
}

// bicubic4 interpolates between v1 and v2 at distance d from v1. The form is
// exact where the four are equal, as weights, whose sum is rounded, are not.
func bicubic4(v0, v1, v2, v3, d float64) float64 {
	p1 := v2 - v0
	p2 := 2*(v0-v1) + v2 - v3
	p3 := -v0 + v1 - v2 + v3
	return v1 + float64(d*(p1+float64(d*(p2+float64(d*p3)))))
}
