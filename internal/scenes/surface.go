package scenes

import "math"

// hit is a point of a scene's surface that a ray has met.
type hit struct {
	p       vec
	d       vec     // direction of the ray
	t       float64 // length of the ray
	n       vec     // smooth normal, towards the ray
	flat    vec     // normal of the triangle, towards the ray
	tangent vec     // direction of a strand, or zero
	tint    vec     // colour that the strand was given
	back    bool    // the ray comes from inside
	u, v    float64
	body    int // number of the thing
}

// surface is what light does at a point: a layer that reflects like a mirror,
// rough or not, upon one that scatters.
type surface struct {
	n       vec // normal, bumps included
	base    vec // share of light scattered back
	through vec // share of light scattered to the other side
	mirror  vec // reflectance of the upper layer at normal incidence
	rough   float64
	pass    vec // share of light that goes straight through, as through a pane
	emit    vec
	lamp    bool // emit is the light of one of the world's lamps
}

// material tells the surface at a point. The normal it is given is kept unless
// it sets one.
type material func(h *hit) surface

// bumped tilts normal n by the slope of the height field f at p.
func bumped(n, p vec, size float64, f func(vec) float64) vec {
	f0 := f(p)
	g := vec{f(p.add(vec{x: size})) - f0, f(p.add(vec{y: size})) - f0, f(p.add(vec{z: size})) - f0}.scale(1 / size)
	return n.sub(g.sub(n.scale(g.dot(n)))).unit()
}

// fresnel is Schlick's approximation. What has no upper layer has none at any
// angle.
func fresnel(f0 vec, cos float64) vec {
	if f0 == (vec{}) {
		return f0
	}
	k := 1 - clamp01(cos)
	k2 := k * k
	return f0.mix(grey(1), k2*k2*k)
}

// ggx returns the density of facets and the shadowing term G/(4 nl nv) of the
// microfacet model of Walter et al. 2007, with Smith's masking by Hammon 2017.
func ggx(rough, nh, nl, nv float64) float64 {
	a := rough * rough
	a2 := a * a
	d := nh*nh*(a2-1) + 1
	g := 0.5 / (lerp(2*nl*nv, nl+nv, a) + 1e-9)
	return a2 / (math.Pi * d * d) * g
}

// reflect returns the light scattered to -d of what arrives from l, cosine
// included. Mirrors less rough than sharp are left out: following their
// reflections finds what light they send with less noise.
func (s *surface) reflect(d, l vec, sharp float64) vec {
	nl, nv := s.n.dot(l), -s.n.dot(d)
	f := fresnel(s.mirror, nv)
	if nl <= 0 {
		return s.through.mul(grey(1).sub(f)).scale(-nl / math.Pi)
	}
	c := s.base.mul(grey(1).sub(f)).scale(nl / math.Pi)
	if s.mirror.max() > 0 && s.rough >= sharp && nv > 0 {
		h := l.sub(d).unit()
		c = c.add(fresnel(s.mirror, h.dot(l)).scale(ggx(s.rough, s.n.dot(h), nl, nv) * nl))
	}
	return c
}

// basis returns two unit vectors that make a right-handed frame with n.
func basis(n vec) (vec, vec) {
	a := vec{1, 0, 0}
	if math.Abs(n.x) > 0.7 {
		a = vec{0, 1, 0}
	}
	x := a.cross(n).unit()
	return x, n.cross(x)
}

// cosine returns a direction about n with density cos/pi.
func cosine(n vec, s *sampler) vec {
	a, b := s.disk()
	x, y := basis(n)
	return x.scale(a).add(y.scale(b)).add(n.scale(math.Sqrt(max(1-a*a-b*b, 0))))
}

// bounce draws where light that leaves towards -d came from, and the factor it
// was scattered with. mirrored tells whether the upper layer sent it.
func (s *surface) bounce(d vec, r *sampler) (l, factor vec, mirrored, ok bool) {
	nv := max(-s.n.dot(d), 1e-3)
	f := fresnel(s.mirror, nv)
	spec, base, thru := f.luminance(), s.base.luminance(), s.through.luminance()
	if s.pass.max() > 0 {
		if r.one() < spec {
			return d.mirror(s.n), f.scale(1 / spec), true, true
		}
		return d, s.pass, true, true
	}
	scatter := (1 - spec) * (base + thru)
	if spec+scatter <= 0 {
		return
	}
	pick := r.one() * (spec + scatter)
	if pick < spec {
		h := s.facet(d, r)
		l = d.mirror(h)
		nl := s.n.dot(l)
		if nl <= 0 {
			return
		}
		a := s.rough * s.rough
		// G2/G1 of Smith's masking.
		g1 := 2 * nv / (nv + math.Sqrt(a*a+(1-a*a)*nv*nv))
		g2 := 2 * nl * nv / (lerp(2*nl*nv, nl+nv, a) + 1e-9)
		return l, fresnel(s.mirror, h.dot(l)).scale(g2 / g1 * (spec + scatter) / spec), true, true
	}
	rest := grey(1).sub(f).scale((spec + scatter) / scatter)
	if pick-spec < (1-spec)*base {
		return cosine(s.n, r), s.base.mul(rest).scale((base + thru) / base), false, true
	}
	return cosine(s.n.scale(-1), r), s.through.mul(rest).scale((base + thru) / thru), false, true
}

// facet draws the normal of a visible microfacet (Heitz 2018).
func (s *surface) facet(d vec, r *sampler) vec {
	a := s.rough * s.rough
	x, y := basis(s.n)
	v := vec{-a * d.dot(x), -a * d.dot(y), -d.dot(s.n)}.unit()
	t := vec{1, 0, 0}
	if l := math.Hypot(v.x, v.y); l > 1e-9 {
		t = vec{-v.y / l, v.x / l, 0}
	}
	b := v.cross(t)
	p, q := r.disk()
	w := 0.5 * (1 + v.z)
	q = (1-w)*math.Sqrt(max(1-p*p, 0)) + w*q
	h := t.scale(p).add(b.scale(q)).add(v.scale(math.Sqrt(max(1-p*p-q*q, 0))))
	return x.scale(a * h.x).add(y.scale(a * h.y)).add(s.n.scale(max(h.z, 1e-6))).unit()
}
