package scenes

import (
	"math"
	"slices"
)

// ray runs from o along the unit direction d.
type ray struct{ o, d vec }

func (r ray) at(t float64) vec { return r.o.add(r.d.scale(t)) }

// prim is a triangle with corners a, a+b and a+c, or, if hair is set, a strand
// from a to a+b whose radius goes from c.x to c.y.
type prim struct {
	a, b, c vec
	hair    bool
	pane    bool  // lets light pass: does not stop a ray that asks for any contact
	mat     int32 // index of the material
	body    int32 // number of the thing that it belongs to, for variety
}

func (p *prim) bounds() (lo, hi vec) {
	if p.hair {
		e := p.a.add(p.b)
		r := grey(max(p.c.x, p.c.y))
		return least(p.a, e).sub(r), most(p.a, e).add(r)
	}
	b, c := p.a.add(p.b), p.a.add(p.c)
	return least(p.a, least(b, c)), most(p.a, most(b, c))
}

func least(a, b vec) vec { return vec{min(a.x, b.x), min(a.y, b.y), min(a.z, b.z)} }
func most(a, b vec) vec  { return vec{max(a.x, b.x), max(a.y, b.y), max(a.z, b.z)} }

// node is a box around the prims [first, first+count), or around the two nodes
// first and first+1 where count is 0.
type node struct {
	box          [6]float32 // lowest x, y, z, highest x, y, z
	first, count int32
}

// bvh finds the prims that a ray meets: a tree of boxes, split by the surface
// area heuristic.
type bvh struct {
	nodes []node
	prims []prim
	order []int32 // order[i] is the place in the mesh of prims[i]
}

func newBVH(prims []prim) *bvh {
	type item struct {
		lo, hi, mid vec
		i           int32
	}
	items := make([]item, len(prims))
	for i := range prims {
		lo, hi := prims[i].bounds()
		items[i] = item{lo, hi, lo.add(hi).scale(0.5), int32(i)}
	}
	t := &bvh{nodes: make([]node, 1, 2*len(prims)+1)}
	const bins = 12
	axis := func(v vec, k int) float64 { return [3]float64{v.x, v.y, v.z}[k] }
	area := func(lo, hi vec) float64 {
		d := hi.sub(lo)
		return d.x*d.y + d.y*d.z + d.z*d.x
	}
	inf := grey(math.Inf(1))
	var split func(at int32, from, to int)
	split = func(at int32, from, to int) {
		lo, hi, mlo, mhi := inf, inf.scale(-1), inf, inf.scale(-1)
		for _, it := range items[from:to] {
			lo, hi = least(lo, it.lo), most(hi, it.hi)
			mlo, mhi = least(mlo, it.mid), most(mhi, it.mid)
		}
		// Rounded outwards: float32 must not cut what it holds.
		pad := func(v, s float64) float32 { return float32(v + s*(1e-6+2e-7*math.Abs(v))) }
		t.nodes[at].box = [6]float32{pad(lo.x, -1), pad(lo.y, -1), pad(lo.z, -1), pad(hi.x, 1), pad(hi.y, 1), pad(hi.z, 1)}
		n := to - from
		best, bestAxis, bestBin := float64(n)*area(lo, hi), -1, 0
		for k := range 3 {
			a, b := axis(mlo, k), axis(mhi, k)
			if n <= 2 || b <= a {
				continue
			}
			var count [bins]int
			var blo, bhi [bins]vec
			for i := range bins {
				blo[i], bhi[i] = inf, inf.scale(-1)
			}
			for _, it := range items[from:to] {
				i := min(int(bins*(axis(it.mid, k)-a)/(b-a)), bins-1)
				count[i]++
				blo[i], bhi[i] = least(blo[i], it.lo), most(bhi[i], it.hi)
			}
			var right [bins]float64
			l, h, c := inf, inf.scale(-1), 0
			for i := bins - 1; i > 0; i-- {
				if count[i] > 0 {
					l, h, c = least(l, blo[i]), most(h, bhi[i]), c+count[i]
				}
				right[i] = float64(c) * area(l, h)
			}
			l, h, c = inf, inf.scale(-1), 0
			for i := range bins - 1 {
				if count[i] > 0 {
					l, h, c = least(l, blo[i]), most(h, bhi[i]), c+count[i]
				}
				if c == 0 || c == n {
					continue
				}
				if cost := 0.5*area(lo, hi) + float64(c)*area(l, h) + right[i+1]; cost < best {
					best, bestAxis, bestBin = cost, k, i
				}
			}
		}
		if bestAxis < 0 && n <= 8 {
			t.nodes[at].first, t.nodes[at].count = int32(from), int32(n)
			return
		}
		mid := (from + to) / 2
		if bestAxis >= 0 {
			a, b := axis(mlo, bestAxis), axis(mhi, bestAxis)
			mid = from
			for i := from; i < to; i++ {
				if min(int(bins*(axis(items[i].mid, bestAxis)-a)/(b-a)), bins-1) <= bestBin {
					items[i], items[mid] = items[mid], items[i]
					mid++
				}
			}
		}
		left := int32(len(t.nodes))
		t.nodes = append(t.nodes, node{}, node{})
		t.nodes[at].first = left
		split(left, from, mid)
		split(left+1, mid, to)
	}
	if len(prims) > 0 {
		split(0, 0, len(prims))
	}
	t.prims = make([]prim, len(prims))
	t.order = make([]int32, len(prims))
	for i, it := range items {
		t.prims[i], t.order[i] = prims[it.i], it.i
	}
	t.nodes = slices.Clip(t.nodes)
	return t
}

// contact is where a ray meets a prim: at r.at(t), with weights u and v of the
// triangle's second and third corner, or u along a strand and v across it.
type contact struct {
	t, u, v float64
	prim    int32 // index into bvh.prims, or -1
}

const tooNear = 1e-5

// beam is a ray made ready to be cut with boxes.
type beam struct {
	x, y, z    float64
	ix, iy, iz float64 // inverse of the direction
	nx, ny, nz int     // index of the box's side that the ray meets first
}

func newBeam(r ray) beam {
	b := beam{r.o.x, r.o.y, r.o.z, 1 / r.d.x, 1 / r.d.y, 1 / r.d.z, 0, 1, 2}
	if b.ix < 0 {
		b.nx = 3
	}
	if b.iy < 0 {
		b.ny = 4
	}
	if b.iz < 0 {
		b.nz = 5
	}
	return b
}

// enter returns where the ray enters a node's box, infinity if nowhere.
func (b *beam) enter(n *node) float64 {
	t0, t1 := (float64(n.box[b.nx])-b.x)*b.ix, (float64(n.box[3-b.nx])-b.x)*b.ix
	y0, y1 := (float64(n.box[b.ny])-b.y)*b.iy, (float64(n.box[5-b.ny])-b.y)*b.iy
	z0, z1 := (float64(n.box[b.nz])-b.z)*b.iz, (float64(n.box[7-b.nz])-b.z)*b.iz
	if y0 > t0 {
		t0 = y0
	}
	if z0 > t0 {
		t0 = z0
	}
	if y1 < t1 {
		t1 = y1
	}
	if z1 < t1 {
		t1 = z1
	}
	if t0 > t1 || t1 < 0 {
		return math.Inf(1)
	}
	return max(t0, 0)
}

// meet returns the nearest contact before far. With any set, it returns the
// first that it finds.
func (t *bvh) meet(r ray, far float64, any bool) contact {
	c := contact{t: far, prim: -1}
	if len(t.prims) == 0 {
		return c
	}
	b := newBeam(r)
	var stack [96]struct {
		n int32
		t float64
	}
	top := 0
	at := int32(0)
	if b.enter(&t.nodes[0]) >= c.t {
		return c
	}
	for {
		n := &t.nodes[at]
		if n.count > 0 {
			for i := n.first; i < n.first+n.count; i++ {
				if p := &t.prims[i]; !(any && p.pane) && p.meet(r, &c) {
					c.prim = i
					if any {
						return c
					}
				}
			}
		} else {
			near, away := n.first, n.first+1
			tn, ta := b.enter(&t.nodes[near]), b.enter(&t.nodes[away])
			if ta < tn {
				near, away, tn, ta = away, near, ta, tn
			}
			if ta < c.t {
				stack[top].n, stack[top].t = away, ta
				top++
			}
			if tn < c.t {
				at = near
				continue
			}
		}
		for {
			if top == 0 {
				return c
			}
			top--
			if stack[top].t < c.t {
				break
			}
		}
		at = stack[top].n
	}
}

// meet shortens c to this prim's contact and reports whether there is one.
func (p *prim) meet(r ray, c *contact) bool {
	if p.hair {
		return p.meetHair(r, c)
	}
	// Möller and Trumbore.
	q := r.d.cross(p.c)
	det := p.b.dot(q)
	if det == 0 {
		return false
	}
	inv := 1 / det
	s := r.o.sub(p.a)
	u := s.dot(q) * inv
	if u < 0 || u > 1 {
		return false
	}
	q = s.cross(p.b)
	v := r.d.dot(q) * inv
	if v < 0 || u+v > 1 {
		return false
	}
	t := p.c.dot(q) * inv
	if t <= tooNear || t >= c.t {
		return false
	}
	c.t, c.u, c.v = t, u, v
	return true
}

// meetHair treats the strand as a ribbon that faces the ray.
func (p *prim) meetHair(r ray, c *contact) bool {
	w := r.o.sub(p.a)
	db, bb := r.d.dot(p.b), p.b.dot(p.b)
	den := bb - db*db
	if den <= 0 {
		return false
	}
	dw, bw := r.d.dot(w), p.b.dot(w)
	u := (bw - db*dw) / den
	if u < 0 || u > 1 {
		return false
	}
	t := u*db - dw
	if t <= tooNear || t >= c.t {
		return false
	}
	off := w.add(r.d.scale(t)).sub(p.b.scale(u))
	rad := lerp(p.c.x, p.c.y, u)
	d2 := off.dot(off)
	if d2 > rad*rad {
		return false
	}
	v := math.Sqrt(d2) / rad
	if off.dot(r.d.cross(p.b)) < 0 {
		v = -v
	}
	c.t, c.u, c.v = t, u, v
	return true
}
