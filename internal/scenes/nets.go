package scenes

import "math"

// field is a signed distance: below 0 inside.
type field func(p vec) float64

// slope is the unit direction in which a field grows.
func (f field) slope(p vec) vec {
	const e = 1e-3
	g := vec{
		f(p.add(vec{x: e})) - f(p.add(vec{x: -e})),
		f(p.add(vec{y: e})) - f(p.add(vec{y: -e})),
		f(p.add(vec{z: e})) - f(p.add(vec{z: -e})),
	}
	if g == (vec{}) {
		return vec{y: 1}
	}
	return g.unit()
}

// blend is the smooth union of two fields, rounded over a width of k.
func blend(a, b, k float64) float64 {
	h := max(k-math.Abs(a-b), 0) / k
	return min(a, b) - h*h*k/4
}

// egg is the distance to an ellipsoid about c with half-axes r, exact at its
// surface.
func egg(p, c, r vec) float64 {
	d := p.sub(c)
	k0 := vec{d.x / r.x, d.y / r.y, d.z / r.z}.len()
	k1 := vec{d.x / (r.x * r.x), d.y / (r.y * r.y), d.z / (r.z * r.z)}.len()
	if k1 == 0 {
		return -min(r.x, r.y, r.z)
	}
	return k0 * (k0 - 1) / k1
}

// limb is the distance to a rod from a to b whose radius goes from ra to rb.
func limb(p, a, b vec, ra, rb float64) float64 {
	ab := b.sub(a)
	t := clamp01(p.sub(a).dot(ab) / ab.dot(ab))
	return p.sub(a.add(ab.scale(t))).len() - lerp(ra, rb, t)
}

// skin adds the surface of a field within a box as a mesh of cells of the given
// size: naive surface nets, a vertex in every cell that the surface crosses.
func (m *mesh) skin(f field, lo, hi vec, size float64) {
	d := hi.sub(lo)
	nx, ny, nz := int(d.x/size)+2, int(d.y/size)+2, int(d.z/size)+2
	at := func(i, j, k int) vec { return lo.add(vec{float64(i), float64(j), float64(k)}.scale(size)) }
	id := func(i, j, k int) int { return (k*ny+j)*nx + i }
	val := make([]float64, nx*ny*nz)
	for k := range nz {
		for j := range ny {
			for i := range nx {
				val[id(i, j, k)] = f(at(i, j, k))
			}
		}
	}
	verts := map[int]vertex{}
	corners := [8][3]int{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}}
	for k := range nz - 1 {
		for j := range ny - 1 {
			for i := range nx - 1 {
				var sum vec
				n := 0.0
				for a := range 8 {
					for b := a + 1; b < 8; b++ {
						if c := a ^ b; c&(c-1) != 0 {
							continue // not an edge
						}
						ca, cb := corners[a], corners[b]
						va, vb := val[id(i+ca[0], j+ca[1], k+ca[2])], val[id(i+cb[0], j+cb[1], k+cb[2])]
						if (va < 0) != (vb < 0) {
							pa, pb := at(i+ca[0], j+ca[1], k+ca[2]), at(i+cb[0], j+cb[1], k+cb[2])
							sum = sum.add(pa.mix(pb, va/(va-vb)))
							n++
						}
					}
				}
				if n > 0 {
					p := sum.scale(1 / n)
					verts[id(i, j, k)] = vertex{p: p, n: f.slope(p)}
				}
			}
		}
	}
	for k := 1; k < nz-1; k++ {
		for j := 1; j < ny-1; j++ {
			for i := 1; i < nx-1; i++ {
				in := val[id(i, j, k)] < 0
				if in != (val[id(i+1, j, k)] < 0) {
					m.quad(verts[id(i, j-1, k-1)], verts[id(i, j, k-1)], verts[id(i, j, k)], verts[id(i, j-1, k)])
				}
				if in != (val[id(i, j+1, k)] < 0) {
					m.quad(verts[id(i-1, j, k-1)], verts[id(i, j, k-1)], verts[id(i, j, k)], verts[id(i-1, j, k)])
				}
				if in != (val[id(i, j, k+1)] < 0) {
					m.quad(verts[id(i-1, j-1, k)], verts[id(i, j-1, k)], verts[id(i, j, k)], verts[id(i-1, j, k)])
				}
			}
		}
	}
}
