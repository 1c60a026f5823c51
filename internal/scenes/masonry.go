package scenes

import "math"

// Materials of the house front.

// stucco is lime plaster with ochre wash: streaks of rain, patches gone to the
// brick.
func stucco(h *hit) surface {
	p := h.p
	wash := fbm(p.scale(0.7), 5)
	fine := fbm(p.scale(5), 4)
	base := srgb(0xd9b27e).mix(srgb(0xc99a68), clamp01(0.5+0.9*wash)).scale(0.9 + 0.14*fine)
	base = base.mix(srgb(0xe3c69a), 0.6*smoothstep(0.15, 0.5, fbm(p.scale(1.3).add(grey(7)), 5)))
	rain := fbm(vec{p.x * 5, p.y * 0.35, 3}, 4)
	base = base.scale(1 - 0.32*smoothstep(0.05, 0.5, rain)*(0.4+0.6*smoothstep(3.3, 2.2, math.Mod(p.y, 3.3))))
	damp := smoothstep(1.5, 0.5, p.y+0.5*fbm(p.scale(1.7), 4))
	base = base.mix(srgb(0x8d7f6c), 0.6*damp)
	lost := fbm(vec{p.x*0.9 + 3, p.y * 0.9, 6}, 5) + 0.25*damp
	hollow := smoothstep(0.30, 0.33, lost)
	n := bumped(h.n, p, 0.012, func(q vec) float64 {
		deep := smoothstep(0.30, 0.33, fbm(vec{q.x*0.9 + 3, q.y * 0.9, 6}, 5)+0.25*damp)
		return 0.030*fbm(q.scale(3), 4) + 0.006*fbm(q.scale(26), 2) - 0.02*deep
	})
	if hollow > 0 {
		b, bn := brick(p, h.n)
		base, n = base.mix(b, hollow), n.mix(bn, 0.7*hollow).unit()
	}
	return surface{base: base.scale(0.8), n: n}
}

// brick is running bond, and the wall's normal with it.
func brick(p, n vec) (vec, vec) {
	const long, tall = 0.24, 0.075
	row := math.Floor(p.y / tall)
	x := p.x/long + 0.5*math.Mod(row, 2)
	u, v := fract(x), fract(p.y/tall)
	k := cell(int(math.Floor(x)), int(row), 8)
	c := srgb(0x9a5238).mix(srgb(0xb9825c), k).scale(0.8 + 0.3*fbm(p.scale(12), 3))
	gap := max(smoothstep(0.06, 0.02, min(u, 1-u)), smoothstep(0.16, 0.06, min(v, 1-v)))
	return c.mix(srgb(0xb3a890), gap), n.add(vec{y: 0.5 * (smoothstep(0.85, 1, v) - smoothstep(0.15, 0, v))}).unit()
}

func limestone(h *hit) surface {
	p := h.p
	base := srgb(0xc7bca6).mix(srgb(0xa79c88), clamp01(0.5+0.9*fbm(p.scale(2.2), 5)))
	base = base.scale(0.92 + 0.16*fbm(p.scale(14), 3))
	soot := smoothstep(0.0, 0.5, fbm(vec{p.x * 4, p.y * 1.2, p.z * 4}, 4))
	base = base.mix(srgb(0x6c6458), 0.55*soot)
	if p.y < 0.55 && h.n.z > 0.5 { // joints of the plinth
		row := math.Floor((p.y + 0.05) / 0.3)
		u, v := fract(p.x/0.62+0.5*row), fract((p.y+0.05)/0.3)
		joint := max(smoothstep(0.02, 0.005, min(u, 1-u)), smoothstep(0.04, 0.01, min(v, 1-v)))
		base = base.scale(0.85+0.25*cell(int(math.Floor(p.x/0.62+0.5*row)), int(row), 2)).mix(srgb(0x4d463c), 0.8*joint)
	}
	n := bumped(h.n, p, 0.01, func(q vec) float64 { return 0.014*fbm(q.scale(7), 4) + 0.003*noise(q.scale(60)) })
	return surface{base: base.scale(0.8), n: n}
}

// paint is oil paint on wood that has seen some winters.
func paint(c vec, rough float64) material {
	return func(h *hit) surface {
		p := h.p.scale(1)
		k := cell(h.body, 3, 3)
		grain := fbm(vec{p.x * 30, p.y * 4, p.z * 30}, 3)
		base := c.scale(0.9 + 0.12*k + 0.14*grain)
		base = base.mix(c.mix(grey(0.5), 0.4), 0.5*smoothstep(-0.1, 0.6, fbm(p.scale(3), 4)))
		chip := smoothstep(0.40, 0.46, fbm(vec{p.x * 9, p.y * 5, p.z*9 + k}, 4))
		base = base.mix(srgb(0x8a7a66), 0.85*chip)
		return surface{base: base.scale(0.85), mirror: grey(0.04 * (1 - chip)), rough: rough}
	}
}

func windowPane(h *hit) surface {
	return surface{pass: srgb(0xd8e2dc), mirror: grey(0.09), n: bumped(h.n, h.p, 0.02, func(q vec) float64 { return 0.004 * noise(q.scale(4)) })}
}

func cobbles(h *hit) surface {
	x, z := h.p.x*7, h.p.z*7
	d1, d2, id := cells(x, z, 3)
	gap := smoothstep(0.16, 0.02, d2-d1)
	base := srgb(0x8b8378).mix(srgb(0x6d6962), id).scale(0.8 + 0.25*fbm(h.p.scale(18), 3))
	base = base.mix(srgb(0x3b352b), 0.85*gap)
	n := bumped(h.n, h.p, 0.004, func(q vec) float64 {
		a, b, _ := cells(q.x*7, q.z*7, 3)
		return 0.03 * smoothstep(0, 0.4, b-a)
	})
	return surface{base: base.scale(0.8), mirror: grey(0.03), rough: 0.5, n: n}
}

func petal(h *hit) surface {
	c := srgb(0xc01c24).mix(srgb(0xe0565c), cell(h.body, 4, 4))
	return surface{base: c.scale(0.9), through: c.scale(0.45)}
}

func terracotta(h *hit) surface {
	c := srgb(0xa65f3c).scale(0.85 + 0.3*fbm(h.p.scale(9), 4))
	lime := smoothstep(0.1, 0.5, fbm(h.p.scale(5).add(grey(3)), 4))
	return surface{base: c.mix(srgb(0xc9b8a4), 0.5*lime).scale(0.85)}
}

func weathered(h *hit) surface {
	c := srgb(0x6e5a44).scale(0.8 + 0.4*fbm(vec{h.p.x * 20, h.p.y * 20, h.p.z * 2}, 3))
	return surface{base: c}
}
