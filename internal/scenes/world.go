package scenes

import "math"

// lamp is a source of light that is small enough to be aimed at: a rectangle
// with corner p and sides a and b, or a ball about p where r is set.
type lamp struct {
	p, a, b vec
	r       float64
	light   vec // radiance
}

// world is a scene for path tracing.
type world struct {
	*bvh
	corners [][3]corner
	mats    []material
	sky     func(d vec) vec     // radiance from far away, without the sun
	sun     vec                 // direction to the sun
	sunIrr  vec                 // its irradiance
	sunSize float64             // sine of its angular radius
	shade   func(p vec) float64 // share of it that clouds let through to p; nil for all
	lamps   []lamp              // their surfaces are part of the mesh, too, or unseen
	bounces int
	// sharp is how rough a mirror may be for its rays to see the lamps; rougher
	// ones have the lamps aimed at. Large lamps want more.
	sharp float64
	// haze is the share of light lost by unit of length; its own colour depends
	// on the direction.
	haze      float64
	hazeLight func(d vec) vec
}

func newWorld(m *mesh, mats []material) *world {
	w := &world{bvh: newBVH(m.prims), mats: mats, bounces: 4, sharp: 0.09, sky: func(vec) vec { return vec{} }}
	w.corners = make([][3]corner, len(m.corners))
	for i, o := range w.order {
		w.corners[i] = m.corners[o]
	}
	return w
}

// hit looks up what a ray has met.
func (w *world) hit(r ray, c contact) hit {
	p := &w.prims[c.prim]
	k := &w.corners[c.prim]
	h := hit{p: r.at(c.t), d: r.d, t: c.t, body: int(p.body)}
	if p.hair {
		h.tangent = p.b.unit()
		side := h.tangent.cross(r.d).unit()
		front := side.cross(h.tangent)
		if front.dot(r.d) > 0 {
			front = front.scale(-1)
		}
		h.n = front.scale(math.Sqrt(max(1-c.v*c.v, 0.01))).add(side.scale(-c.v)).unit()
		h.flat = front
		h.u, h.v = lerp(float64(k[0].u), float64(k[1].u), c.u), c.v
		h.tint = vec{float64(k[0].n[0]), float64(k[0].n[1]), float64(k[0].n[2])}
		return h
	}
	h.flat = p.b.cross(p.c).unit()
	wt := [3]float64{1 - c.u - c.v, c.u, c.v}
	for i, f := range wt {
		h.n = h.n.add(vec{float64(k[i].n[0]), float64(k[i].n[1]), float64(k[i].n[2])}.scale(f))
		h.u += f * float64(k[i].u)
		h.v += f * float64(k[i].v)
	}
	if h.n == (vec{}) {
		h.n = h.flat
	}
	h.n = h.n.unit()
	if h.n.dot(h.flat) < 0 {
		h.flat = h.flat.scale(-1)
	}
	if h.flat.dot(r.d) > 0 {
		h.back = true
		h.n, h.flat = h.n.scale(-1), h.flat.scale(-1)
	}
	return h
}

// trace follows a path of light backwards.
func (w *world) trace(r ray, s *sampler) vec {
	var sum vec
	factor := grey(1)
	sees := true
	for i := 0; ; i++ {
		c := w.meet(r, math.Inf(1), false)
		if i == 0 && w.haze > 0 && c.prim >= 0 {
			clear := math.Exp(-w.haze * c.t)
			sum = w.hazeLight(r.d).scale(1 - clear)
			factor = factor.scale(clear)
		}
		if c.prim < 0 {
			return sum.add(factor.mul(w.sky(r.d)))
		}
		h := w.hit(r, c)
		f := w.mats[w.prims[c.prim].mat](&h)
		if f.n == (vec{}) {
			f.n = h.n
		}
		if f.n.dot(r.d) > -0.02 {
			// A bump or a smooth normal that looks away from the ray.
			f.n = f.n.sub(r.d.scale(f.n.dot(r.d) + 0.02)).unit()
		}
		if sees || !f.lamp {
			sum = sum.add(dim(factor.mul(f.emit), i))
		}
		if i == w.bounces {
			return sum
		}
		sum = sum.add(dim(factor.mul(w.direct(&h, &f, s)), i))
		l, k, mirrored, ok := f.bounce(r.d, s)
		if !ok {
			return sum
		}
		// Caustics, lamps seen in a mirror from a dull thing, are left out: they would be noise.
		factor, sees = factor.mul(k), sees && mirrored && f.rough < w.sharp
		if m := factor.max(); i >= 2 {
			if m < 1e-4 || s.one() >= min(m, 0.95) {
				return sum
			}
			factor = factor.scale(1 / min(m, 0.95))
		}
		r = ray{w.lift(&h, l), l}
	}
}

// dim bounds the light of a path with i bounces: the rare bright ones would
// leave white dots.
func dim(c vec, i int) vec {
	const bound = 1.5
	if m := c.max(); i > 0 && m > bound {
		return c.scale(bound / m)
	}
	return c
}

// lift moves a point off its surface, to the side of l.
func (w *world) lift(h *hit, l vec) vec {
	const e = 2e-5
	off := h.flat
	if off.dot(l) < 0 {
		off = off.scale(-1)
	}
	return h.p.add(off.scale(e * (1 + h.t)))
}

// direct is the light of sun and lamps that a surface sends towards the ray.
func (w *world) direct(h *hit, f *surface, s *sampler) vec {
	var sum vec
	if f.pass.max() > 0 {
		return sum
	}
	if w.sunIrr.max() > 0 {
		a, b := s.disk()
		x, y := basis(w.sun)
		l := w.sun.add(x.scale(a * w.sunSize)).add(y.scale(b * w.sunSize)).unit()
		if c := f.reflect(h.d, l, 0.09); c.max() > 0 && w.meet(ray{w.lift(h, l), l}, math.Inf(1), true).prim < 0 {
			if w.shade != nil {
				c = c.scale(w.shade(h.p))
			}
			sum = sum.add(c.mul(w.sunIrr))
		}
	}
	if len(w.lamps) > 0 {
		sum = sum.add(w.lampLight(h, f, s))
	}
	return sum
}

const maxLamps = 64

// lampLight samples one lamp, the likelier the more light it could send.
func (w *world) lampLight(h *hit, f *surface, s *sampler) vec {
	var weights [maxLamps]float64 // a slice would be made anew at every point
	total := 0.0
	for i := range w.lamps {
		total += w.lamps[i].reach(h.p)
		weights[i] = total
	}
	if total <= 0 {
		return vec{}
	}
	pick := s.one() * total
	i := 0
	for weights[i] < pick && i < len(w.lamps)-1 {
		i++
	}
	share := w.lamps[i].reach(h.p) / total
	l, dist, irr := w.lamps[i].aim(h.p, s)
	if irr <= 0 {
		return vec{}
	}
	c := f.reflect(h.d, l, w.sharp)
	if c.max() <= 0 || w.meet(ray{w.lift(h, l), l}, dist, true).prim >= 0 {
		return vec{}
	}
	return c.mul(w.lamps[i].light).scale(irr / share)
}

// reach estimates the irradiance at p.
func (l *lamp) reach(p vec) float64 {
	if l.r > 0 {
		d := l.p.sub(p)
		return l.light.luminance() * l.r * l.r / (d.dot(d) + l.r*l.r)
	}
	d := l.p.add(l.a.scale(0.5)).add(l.b.scale(0.5)).sub(p)
	n := l.a.cross(l.b)
	if n.dot(d) >= 0 {
		return 0
	}
	return l.light.luminance() * n.len() / (d.dot(d) + n.len())
}

// aim draws a point of the lamp: its direction from p, how far the way there
// must be free, and the solid angle that it stands for.
func (l *lamp) aim(p vec, s *sampler) (dir vec, dist, solid float64) {
	if l.r > 0 {
		// A disk that faces p.
		d := l.p.sub(p)
		dist = d.len()
		x, y := basis(d.scale(1 / dist))
		a, b := s.disk()
		q := d.add(x.scale(a * l.r)).add(y.scale(b * l.r))
		dist = q.len()
		return q.scale(1 / dist), dist - 1.02*l.r - 1e-3, math.Pi * l.r * l.r / (dist * dist)
	}
	u, v := s.pair()
	d := l.p.add(l.a.scale(u)).add(l.b.scale(v)).sub(p)
	dist = d.len()
	dir = d.scale(1 / dist)
	cos := -l.a.cross(l.b).dot(dir)
	return dir, dist * (1 - 1e-4), cos / (dist * dist)
}
