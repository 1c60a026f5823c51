package scenes

import "math"

// hairs plants n of them where the cat faces the eye.
func (c *cat) hairs(m *mesh, s *sampler, eye vec, n int) {
	body := field(c.at)
	for planted := 0; planted < n; {
		p := vec{s.between(-2.4, 4.9), s.between(0, 3), s.between(-2, 2.9)}
		if math.Abs(body(p)) > 0.05 {
			continue
		}
		planted++
		normal := body.slope(p)
		p = p.sub(normal.scale(body(p)))
		if normal.dot(eye.sub(p).unit()) < -0.25 || p.y < 0.03 {
			continue
		}
		c.hair(m, s, p, normal)
	}
	for _, side := range []float64{1, -1} {
		for range n / 16 {
			u, v := s.pair()
			v *= 0.94
			c.earHair(m, s, side, u, v)
		}
	}
}

// hair plants one at p.
func (c *cat) hair(m *mesh, s *sampler, p, normal vec) {
	q := c.inHead(p)
	head := smoothstep(0.25, -0.1, headAt(q)-c.bodyAt(p))
	// On the head the coat runs from the nose backwards, on the body to the tail.
	flow := c.head.dir(q.sub(vec{0, -0.05, 1.25}).unit().add(vec{y: -0.25 * smoothstep(0, -0.6, q.y)}))
	flow = vec{0.85, -0.55, -0.05}.mix(flow, head)
	long := lerp(0.34, 0.19, head)
	lift := lerp(0.42, 0.34, head)
	if head > 0.5 {
		long *= lerp(0.25, 1, smoothstep(0.95, 0.2, q.z)) * (1 + 0.7*smoothstep(0.5, 0.9, math.Abs(q.x))*smoothstep(0.2, -0.4, q.y))
		if eyelid(q) > 0.3 {
			long *= 0.35
		}
	} else {
		for _, paw := range c.paws() {
			near := smoothstep(0.55, 0.35, limb(p, paw[0], paw[1], 0, 0))
			flow = flow.mix(paw[1].sub(paw[0]).unit().add(vec{y: -0.2}), near)
			long = lerp(long, 0.13, near*smoothstep(0.6, 1.6, p.z))
		}
		chest := smoothstep(1.2, 0.5, p.sub(vec{-0.6, 0.7, 1.2}).len())
		flow = flow.mix(vec{-0.1, -1, 0.3}, chest)
		for i := range len(c.tail) - 1 {
			if limb(p, c.tail[i], c.tail[i+1], 0, 0) < 0.42 {
				flow, lift = c.tail[i+1].sub(c.tail[i]).unit(), 0.5
			}
		}
	}
	// Hairs stick together in locks.
	lock := vec{noise(p.scale(5)), noise(p.scale(5).add(grey(31))), noise(p.scale(5).add(grey(67)))}
	wild := s.ball()
	flow = flow.add(lock.scale(0.45)).add(wild.scale(0.22))
	flow = flow.sub(normal.scale(flow.dot(normal))).unit()
	long *= s.between(0.65, 1.2)
	var pts [5]vec
	for i := range pts {
		t := float64(i) / 4
		pts[i] = p.add(flow.scale(long * t)).add(normal.scale(long * lift * (t - 0.45*t*t)))
		pts[i].y = max(pts[i].y, 0.01)
	}
	m.body++
	m.tinted(pts[:], 0.006, 0.0018, c.colour(p, q, head).scale(s.between(0.8, 1.15)))
}

// earHair plants a short hair on the back or the rim of an ear, a long white
// one inside.
func (c *cat) earHair(m *mesh, s *sampler, side, u, v float64) {
	p := c.ear(side, u, v)
	m.body++
	out := c.head.z
	up := c.ear(side, u, min(v+0.05, 1)).sub(p).unit()
	rim := smoothstep(0.75, 0.95, math.Abs(2*u-1)) + smoothstep(0.85, 1, v)
	if rim > 0.3 || s.one() < 0.35 {
		d := up.add(out.scale(s.between(-0.6, 0.25))).add(s.ball().scale(0.35)).unit()
		m.tinted([]vec{p, p.add(d.scale(0.05)), p.add(d.scale(0.1))}, 0.007, 0.002, srgb(0x6b5440).scale(s.between(0.6, 1.2)))
		return
	}
	if inner := (2*u - 1) * side; inner < 0.1 && v < 0.6 && s.one() < 0.5 {
		d := up.add(c.head.x.scale(side * 0.25)).add(out.scale(0.5)).add(s.ball().scale(0.3)).unit()
		l := s.between(0.15, 0.4) * (1 - v)
		m.tinted([]vec{p, p.add(d.scale(0.5 * l)), p.add(d.scale(l)).sub(vec{y: 0.1 * l})}, 0.006, 0.0015, srgb(0xd8ccb8))
	}
}

// eyelid is 1 along the slit of a closed eye, q in the head's frame.
func eyelid(q vec) float64 {
	x := math.Abs(q.x) - 0.44
	slit := 0.0 + 0.55*x*x - 0.10*x - 0.02
	return smoothstep(0.06, 0.015, math.Abs(q.y-slit)) * smoothstep(0.27, 0.2, math.Abs(x)) * smoothstep(0.3, 0.5, q.z)
}

// colour is that of the hair planted at p; q is p in the head's frame.
func (c *cat) colour(p, q vec, head float64) vec {
	buff, dark, white := srgb(0xb28f63), srgb(0x2b221b), srgb(0xe9e2d4)
	col := buff.mix(srgb(0x8d7a62), clamp01(0.5+0.8*fbm(p.scale(0.8), 2)))
	x := math.Abs(q.x)
	if head > 0.5 {
		wob := 0.35 * noise(q.scale(2.2))
		brow := math.Sin(15*x*(1-0.25*q.z)+1.9+wob*2) * smoothstep(0.12, 0.35, q.y) * smoothstep(0.85, 0.6, x)
		cheek := math.Sin(13*(q.y+0.25*x)-0.8+wob*2) * smoothstep(0.45, 0.65, x) * smoothstep(0.35, 0.1, q.y)
		col = col.mix(dark, 0.85*smoothstep(0.15, 0.6, brow)+0.8*smoothstep(0.2, 0.7, cheek))
		// Light around the eyes, white muzzle, chin and blaze of the nose.
		e := vec{x - 0.44, (q.y - 0.02) * 1.4, 0}.len()
		col = col.mix(srgb(0xd9c29c), 0.8*smoothstep(0.34, 0.22, e)*smoothstep(0.2, 0.5, q.z))
		col = col.mix(srgb(0xa86d48), 0.6*smoothstep(0.14, 0.05, x)*smoothstep(0.55, 0.8, q.z)*smoothstep(-0.15, 0.05, q.y))
		snout := vec{(x - 0.17) * 1.1, (q.y + 0.42) * 1.25, (q.z - 0.8) * 0.8}.len()
		col = col.mix(white, smoothstep(0.46, 0.34, snout))
		return col.mix(srgb(0x15100c), eyelid(q))
	}
	stripe := math.Sin(8.5*p.x + 2*p.z + 2.2*noise(vec{p.x * 0.9, p.y * 1.1, p.z * 0.9}) - 1.1*p.y)
	stripe = smoothstep(0.15, 0.7, stripe+0.25*noise(p.scale(3)))
	col = col.mix(dark, 0.82*stripe*smoothstep(0.15, 0.7, p.y))
	for i := range len(c.tail) - 1 {
		if limb(p, c.tail[i], c.tail[i+1], 0, 0) < 0.42 {
			col = buff.mix(dark, smoothstep(-0.2, 0.3, math.Sin(9.5*p.x+1+0.8*noise(p.scale(2)))))
			if p.x < 1.45 {
				col = dark
			}
		}
	}
	chest := smoothstep(1.15, 0.75, p.sub(vec{-0.75, 0.6, 1.35}).len())
	feet := smoothstep(1.45, 1.75, p.z) * smoothstep(0.75, 0.6, p.y) * smoothstep(0.75, 0.45, p.x)
	return col.mix(white, max(chest, feet))
}

// hide is the skin's material: what shows between the hairs has their colour.
func (c *cat) hide(h *hit) surface {
	q := c.inHead(h.p)
	head := smoothstep(0.25, -0.1, headAt(q)-c.bodyAt(h.p))
	return surface{base: c.colour(h.p, q, head).scale(0.6)}
}

// hairColour is a hair's material: darker at the root, banded, light at the tip.
func hairColour(h *hit) surface {
	c := h.tint.scale(lerp(0.7, 1.25, smoothstep(0, 0.7, h.u)))
	return surface{base: c.scale(0.7), through: c.scale(0.6), mirror: grey(0.045), rough: 0.38}
}
