package scenes

import "math"

// Materials of the street.

func streetMaterials(light vec) []material {
	return []material{
		stRoad: asphalt, stSlabs: slabs, stKerb: flat(surface{base: srgb(0x5f5d5a), mirror: grey(0.03), rough: 0.3}),
		stWall: townWall, stTrim: flat(surface{base: srgb(0x8d8578)}), stFrame: flat(surface{base: srgb(0x4a4640), mirror: grey(0.04), rough: 0.4}),
		stPane: windowPane, stDark: flat(surface{base: srgb(0x1c1d22)}), stLit: litRoom, stShop: shopLight,
		stIron: flat(surface{base: srgb(0x18191b), mirror: grey(0.05), rough: 0.35}), stGlobe: flat(surface{emit: light, lamp: true}),
		stCar: carPaint, stTyre: flat(surface{base: srgb(0x121214), mirror: grey(0.04), rough: 0.3}),
		stTail: flat(surface{emit: vec{14, 0.7, 0.4}}), stHead: flat(surface{emit: vec{20, 18, 14}}),
		stCoat: coats, stBark: flat(surface{base: srgb(0x2c261f), mirror: grey(0.03), rough: 0.5}), stLeaf: foliage(srgb(0x7a5a1c), srgb(0xa8842c)),
		stRail: flat(surface{base: srgb(0x30302f), mirror: grey(0.45), rough: 0.16}), stAwning: awning,
	}
}

// wet is how much water stands at a point of the ground: 1 in a puddle.
func wet(p vec) float64 {
	return smoothstep(-0.06, 0.16, fbm(vec{p.x * 0.55, p.z * 0.33, 8}, 4)+0.06*math.Cos(p.x*1.6))
}

// asphalt is dark, with grit, patches and worn paint, under a film of water.
func asphalt(h *hit) surface {
	p := h.p
	pool := wet(p)
	grit := fbm(p.scale(38), 2)
	base := srgb(0x34343a).scale(0.8 + 0.35*grit + 0.3*fbm(p.scale(0.8), 3))
	patch := smoothstep(0.24, 0.27, noise(vec{p.x * 0.7, p.z * 0.23, 4}))
	base = base.mix(srgb(0x1f1f22), 0.6*patch)
	if math.Abs(p.x-0.05) < 0.06 && fract(p.z/6) < 0.5 {
		base = base.mix(srgb(0xb5b2a8), 0.75*smoothstep(-0.35, 0.1, fbm(p.scale(7), 3)))
	}
	crack := smoothstep(0.03, 0.0, math.Abs(fbm(vec{p.x * 0.9, p.z * 0.5, 2}, 5)-0.1)) * smoothstep(0, 0.4, noise(p.scale(0.4)))
	base = base.scale(1 - 0.6*crack)
	rippled := bumped(h.n, p, 0.02, func(q vec) float64 { return 0.0012 * noise(vec{q.x * 9, q.z * 5, 1}) })
	rough := bumped(h.n, p, 0.006, func(q vec) float64 { return 0.0035*noise(q.scale(70)) + 0.004*fbm(q.scale(11), 2) })
	return surface{base: base.scale(lerp(0.45, 0.25, pool)), mirror: grey(lerp(0.03, 0.04, pool)), rough: lerp(0.30, 0.05, pool),
		n: rough.mix(rippled, pool).unit()}
}

func slabs(h *hit) surface {
	p := h.p
	u, v := fract(p.x/0.8), fract(p.z/0.6)
	k := cell(int(math.Floor(p.x/0.8)), int(math.Floor(p.z/0.6)), 2)
	base := srgb(0x6a665f).scale(0.65 + 0.3*k + 0.2*fbm(p.scale(9), 3))
	gap := max(smoothstep(0.03, 0.01, min(u, 1-u)), smoothstep(0.04, 0.015, min(v, 1-v)))
	base = base.scale(1 - 0.7*gap)
	pool := 0.8 * wet(p.add(vec{z: 40}))
	tilt := vec{k - 0.5, 0, cell(int(math.Floor(p.x/0.8)), int(math.Floor(p.z/0.6)), 3) - 0.5}
	n := h.n.add(tilt.scale(0.02)).unit()
	return surface{base: base.scale(lerp(0.7, 0.4, pool)), mirror: grey(0.035), rough: lerp(0.3, 0.08, pool), n: n}
}

// townWall has a colour for each house.
func townWall(h *hit) surface {
	k := int(math.Floor(h.p.z / 11))
	if h.p.x > 0 {
		k += 100
	}
	tint := []int{0xa89078, 0x9a8a80, 0x8f7a66, 0xb09c84, 0x7f6a5e, 0xa3998a}[int(6*cell(k, 1, 1))]
	base := srgb(tint).scale(0.8 + 0.3*fbm(h.p.scale(0.9), 4))
	base = base.scale(1 - 0.35*smoothstep(0, 0.5, fbm(vec{h.p.x * 3, h.p.y * 0.3, h.p.z * 3}, 3)))
	if h.p.y < 4 { // blocks of stone below
		joint := smoothstep(0.05, 0.02, min(fract(h.p.y/0.5), 1-fract(h.p.y/0.5)))
		base = base.scale(1 - 0.4*joint)
	}
	return surface{base: base.scale(0.8), n: bumped(h.n, h.p, 0.03, func(q vec) float64 { return 0.02 * fbm(q.scale(3), 3) })}
}

// litRoom is the light of a room behind a curtain.
func litRoom(h *hit) surface {
	k, b := cell(h.body, 1, 9), cell(h.body, 2, 9)
	c := vec{1.9, 1.15, 0.5}.mix(vec{1.7, 1.35, 0.9}, k).scale(0.35 + 0.9*b)
	w := 1.5
	side := min(h.u, w-h.u) / w
	fold := 0.85 + 0.15*math.Sin(60*h.u+3*noise(grey(h.u*4)))
	curtain := 1 - 0.55*smoothstep(0.34, 0.28, side)*b
	return surface{base: grey(0.3), emit: c.scale(curtain * fold * (0.6 + 0.25*h.v))}
}

// shopLight is a shop's back wall: shelves with things, lit from above.
func shopLight(h *hit) surface {
	k := cell(h.body, 3, 9)
	c := vec{3.2, 2.1, 1.0}.mix(vec{2.5, 2.4, 2.1}, k*k)
	shelf := fract(h.v / 0.55)
	i, j := int(math.Floor(h.u/0.16)), int(math.Floor(h.v/0.55))
	tall := 0.3 + 0.6*cell(i, j, 10+h.body)
	thing := vec{cell(i, j, 1), cell(i, j, 2), cell(i, j, 3)}.scale(0.45).add(vec{0.5, 0.42, 0.33})
	if shelf < 0.06 {
		c = c.scale(0.3)
	} else if shelf < tall && cell(i, j, 5) > 0.2 {
		c = c.mul(thing)
	}
	return surface{base: grey(0.3), emit: c.scale(0.5 + 0.35*h.v)}
}

func carPaint(h *hit) surface {
	c := []int{0x1a2430, 0x4a1416, 0x8d9196, 0x20222a, 0x2f3b34, 0x6b6f74, 0x14161a, 0x3a4048}[h.body%8]
	glass := h.n.y < 0.55 && h.p.y > 0.96
	if glass {
		return surface{base: grey(0.01), mirror: grey(0.06), rough: 0.04}
	}
	drops := bumped(h.n, h.p, 0.006, func(q vec) float64 { return 0.002 * smoothstep(0.3, 0.7, noise(q.scale(45))) })
	return surface{base: srgb(c).scale(0.8), mirror: grey(0.06), rough: 0.08, n: drops}
}

func coats(h *hit) surface {
	c := []int{0x1d1f26, 0x3a2a22, 0x2a3038, 0x5a2020, 0x24221f, 0x303a44}[h.body%6]
	return surface{base: srgb(c)}
}

func awning(h *hit) surface {
	c := []int{0x7a1f1f, 0x1f3f34, 0x2a3550}[h.body%3]
	col := srgb(c)
	if fract(h.v*2.2) < 0.5 && h.body%2 == 0 {
		col = srgb(0xc9c0ae)
	}
	return surface{base: col.scale(0.7), through: col.scale(0.25)}
}
