package scenes

import "math"

// corner is what shading wants to know of a triangle's corner.
type corner struct {
	n    [3]float32 // normal, or zero for a flat triangle
	u, v float32    // place on the thing's surface
}

// mesh collects the things of a scene.
type mesh struct {
	prims   []prim
	corners [][3]corner // by prim; a strand keeps its colour as the first one's n
	mat     int32       // the material of what is added next
	body    int32       // the number of the thing added last
	pane    bool        // what is added next lets light pass
}

// use sets the material of what comes next and begins a new thing.
func (m *mesh) use(mat int) *mesh {
	m.mat = int32(mat)
	m.body++
	return m
}

// vertex is a point of a surface.
type vertex struct {
	p, n vec
	u, v float64
}

func (v vertex) corner() corner {
	return corner{[3]float32{float32(v.n.x), float32(v.n.y), float32(v.n.z)}, float32(v.u), float32(v.v)}
}

func (m *mesh) triangle(a, b, c vertex) {
	m.prims = append(m.prims, prim{a: a.p, b: b.p.sub(a.p), c: c.p.sub(a.p), mat: m.mat, body: m.body, pane: m.pane})
	m.corners = append(m.corners, [3]corner{a.corner(), b.corner(), c.corner()})
}

// quad adds two triangles; a, b, c, d go around.
func (m *mesh) quad(a, b, c, d vertex) {
	m.triangle(a, b, c)
	m.triangle(a, c, d)
}

// strand adds a hair through points p, its radius going from r0 to r1.
func (m *mesh) strand(p []vec, r0, r1 float64) { m.tinted(p, r0, r1, vec{}) }

// tinted is a strand with a colour of its own for its material.
func (m *mesh) tinted(p []vec, r0, r1 float64, tint vec) {
	c := [3]float32{float32(tint.x), float32(tint.y), float32(tint.z)}
	n := float64(len(p) - 1)
	for i := range len(p) - 1 {
		f := float64(i)
		m.prims = append(m.prims, prim{
			a: p[i], b: p[i+1].sub(p[i]), hair: true, mat: m.mat, body: m.body,
			c: vec{lerp(r0, r1, f/n), lerp(r0, r1, (f+1)/n), 0},
		})
		m.corners = append(m.corners, [3]corner{{n: c, u: float32(f / n)}, {u: float32((f + 1) / n)}})
	}
}

// grid adds a smooth surface of nu by nv quads; at maps [0,1]² to points.
func (m *mesh) grid(nu, nv int, at func(u, v float64) vec) {
	verts := make([]vertex, (nu+1)*(nv+1))
	const e = 1e-4
	for j := range nv + 1 {
		for i := range nu + 1 {
			u, v := float64(i)/float64(nu), float64(j)/float64(nv)
			// Inside at the border, where a surface may end in a point.
			iu, iv := min(max(u, 2*e), 1-2*e), min(max(v, 2*e), 1-2*e)
			n := at(iu+e, iv).sub(at(iu-e, iv)).cross(at(iu, iv+e).sub(at(iu, iv-e)))
			if n.len() > 0 {
				n = n.unit()
			}
			verts[j*(nu+1)+i] = vertex{at(u, v), n, u, v}
		}
	}
	for j := range nv {
		for i := range nu {
			k := j*(nu+1) + i
			m.quad(verts[k], verts[k+1], verts[k+nu+2], verts[k+nu+1])
		}
	}
}

// rect adds a flat rectangle with corner p and sides a and b; u and v are its
// lengths along them.
func (m *mesh) rect(p, a, b vec) {
	la, lb := a.len(), b.len()
	m.quad(vertex{p: p}, vertex{p: p.add(a), u: la}, vertex{p: p.add(a).add(b), u: la, v: lb}, vertex{p: p.add(b), v: lb})
}

// box adds an axis-aligned box.
func (m *mesh) box(lo, hi vec) {
	d := hi.sub(lo)
	x, y, z := vec{d.x, 0, 0}, vec{0, d.y, 0}, vec{0, 0, d.z}
	m.rect(lo, y, x)
	m.rect(lo, z, y)
	m.rect(lo, x, z)
	m.rect(lo.add(z), x, y)
	m.rect(lo.add(x), y, z)
	m.rect(lo.add(y), z, x)
}

// tube adds a bent pipe along path, its radius given along it.
func (m *mesh) tube(around, along int, path func(t float64) vec, radius func(t float64) float64) {
	m.grid(around, along, func(u, t float64) vec {
		const e = 1e-3
		d := path(t + e).sub(path(t - e)).unit()
		a := vec{0.31, 0.2, 0.93}
		if math.Abs(d.dot(a.unit())) > 0.95 {
			a = vec{1, 0.1, 0}
		}
		x := d.cross(a).unit()
		y := d.cross(x)
		s, k := math.Sincos(-2 * math.Pi * u)
		return path(t).add(x.scale(radius(t) * k)).add(y.scale(radius(t) * s))
	})
}

// ellipsoid adds one with half-axes r about c.
func (m *mesh) ellipsoid(c, r vec, around, along int) {
	m.grid(around, along, func(u, v float64) vec {
		s, k := math.Sincos(-2 * math.Pi * u)
		sv, kv := math.Sincos(math.Pi * (v - 0.5))
		return c.add(vec{r.x * kv * k, r.y * sv, r.z * kv * s})
	})
}

// place adds the things of another mesh, moved into frame f.
func (m *mesh) place(o *mesh, f frame) {
	for i, p := range o.prims {
		k := o.corners[i]
		p.a, p.b = f.at(p.a), f.dir(p.b)
		if p.hair {
			p.c = p.c.scale(f.y.len())
		} else {
			p.c = f.dir(p.c)
			for j := range k {
				n := f.dir(vec{float64(k[j].n[0]), float64(k[j].n[1]), float64(k[j].n[2])})
				if n != (vec{}) {
					n = n.unit()
				}
				k[j].n = [3]float32{float32(n.x), float32(n.y), float32(n.z)}
			}
		}
		p.body += m.body
		m.prims, m.corners = append(m.prims, p), append(m.corners, k)
	}
	m.body += o.body
}
