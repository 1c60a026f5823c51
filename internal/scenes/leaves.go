package scenes

import "math"

// ball returns a point in the unit ball.
func (s *sampler) ball() vec {
	for {
		a, b := s.pair()
		p := vec{2*a - 1, 2*b - 1, 2*s.one() - 1}
		if p.dot(p) <= 1 {
			return p
		}
	}
}

// between returns a number in [a, b).
func (s *sampler) between(a, b float64) float64 { return lerp(a, b, s.one()) }

// scatter is a sampler for building things, one after the other.
func scatter(seed uint64) *sampler { return &sampler{pixel: hash(seed)} }

// leaf adds a folded blade of four triangles from p along the unit vector
// along, facing n, long units long.
func (m *mesh) leaf(p, along, n vec, long, wide float64) {
	side := along.cross(n).unit().scale(wide / 2)
	n = side.cross(along).unit()
	fold, droop := n.scale(0.25*wide), n.scale(-0.12*long)
	tip := p.add(along.scale(long)).add(droop)
	mid := p.add(along.scale(0.5 * long)).sub(fold)
	l := p.add(along.scale(0.42 * long)).add(side)
	r := p.add(along.scale(0.42 * long)).sub(side)
	nl, nr := n.sub(side.scale(0.5/wide)).unit(), n.add(side.scale(0.5/wide)).unit()
	v := func(p, n vec, u, v float64) vertex { return vertex{p, n, u, v} }
	m.body++
	m.triangle(v(p, nl, 0, 0.5), v(mid, nl, 0.5, 0.5), v(l, nl, 0.42, 1))
	m.triangle(v(l, nl, 0.42, 1), v(mid, nl, 0.5, 0.5), v(tip, nl, 1, 0.5))
	m.triangle(v(p, nr, 0, 0.5), v(r, nr, 0.42, 0), v(mid, nr, 0.5, 0.5))
	m.triangle(v(r, nr, 0.42, 0), v(tip, nr, 1, 0.5), v(mid, nr, 0.5, 0.5))
}

// bush scatters n leaves in the outer part of an ellipsoid.
func (m *mesh) bush(s *sampler, c, r vec, n int, long float64) {
	for range n {
		d := s.ball()
		if d.len() < 1e-3 {
			continue
		}
		p := d.unit().scale(math.Pow(d.len(), 0.5))
		out := d.unit().add(s.ball().scale(0.8)).unit()
		along := out.cross(s.ball()).unit().add(out.scale(0.3)).unit()
		size := long * s.between(0.7, 1.3)
		m.leaf(c.add(p.mul(r)), along, out, size, 0.7*size)
	}
}

// foliage is a leaf's material: light comes through.
func foliage(dark, light vec) material {
	return func(h *hit) surface {
		k := cell(h.body, 5, 5)
		c := dark.mix(light, k).scale(0.85 + 0.3*cell(h.body, 6, 5))
		vein := smoothstep(0.06, 0.0, math.Abs(h.v-0.5))
		c = c.scale(1 + 0.35*vein)
		return surface{base: c, through: c.mul(vec{0.75, 0.8, 0.3}), mirror: grey(0.035), rough: 0.4}
	}
}
