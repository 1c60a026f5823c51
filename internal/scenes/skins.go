package scenes

import "math"

// Materials of the still life.

// plaster is a wall that was painted by hand, long ago.
func plaster(h *hit) surface {
	p := h.p
	tone := 0.5 + 0.5*fbm(p.scale(0.35), 5)
	base := srgb(0x7d8070).mix(srgb(0xa8a38e), tone).scale(0.8)
	stain := smoothstep(0.1, 0.5, fbm(vec{p.x * 0.8, p.y * 0.3, 9}, 4))
	base = base.mix(srgb(0x5b5648).scale(0.6), 0.5*stain)
	n := bumped(h.n, p, 0.02, func(q vec) float64 { return 0.035*fbm(q.scale(0.9), 3) + 0.008*fbm(q.scale(7), 2) })
	return surface{base: base, n: n}
}

// planks is oiled oak: long grain with rings cut at a flat angle.
func planks(h *hit) surface {
	const wide = 1.55
	x, z := h.p.x, h.p.z
	if h.flat.y < 0.5 {
		z = 3.12 - h.p.y // the front edge goes on around the corner
	}
	i := math.Floor(z / wide)
	k := cell(int(i), 3, 0)
	zz := z - i*wide
	x += 31 * k
	warp := fbm(vec{x * 0.22, zz * 0.7, k * 9}, 3)
	knot := fbm(vec{x * 0.5, zz * 0.9, 4 + 7*k}, 2)
	rings := (zz*(1.5+2*k) + 1.1*warp + 0.35*knot*knot*4) * 5.5
	ring := fract(rings)
	late := smoothstep(0.35, 0.95, ring) * (1 - smoothstep(0.95, 1, ring))
	fibre := fbm(vec{x * 1.6, z * 42, 1}, 3)
	pore := smoothstep(0.28, 0.6, fbm(vec{x * 3.5, z * 75, 2}, 2)) * (0.35 + 0.65*late)
	base := srgb(0xa87748).mix(srgb(0x6d4526), 0.75*late).scale(0.62 + 0.25*k)
	base = base.scale(1+0.16*fibre+0.1*warp).mix(srgb(0x2c1a0e), 0.65*pore)
	gap := min(zz, wide-zz)
	groove := 1 - smoothstep(0.008, 0.03, gap)
	base = base.mix(srgb(0x120a05), 0.9*groove)
	worn := fbm(vec{h.p.x * 0.7, z * 0.7, 5}, 4)
	n := h.n.add(vec{0, 0, 1}.scale(0.05*fibre + 0.06*pore*noise(vec{x * 3.5, z * 150, 3}))).unit()
	return surface{base: base.scale(0.85), mirror: grey(0.04 * (1 - groove)), rough: clamp01(0.42 + 0.16*worn + 0.1*fibre + 0.2*pore), n: n}
}

// stoneware is bare clay below and a glaze above that ran down before firing.
func stoneware(h *hit) surface {
	a := math.Atan2(h.p.z+1.1, h.p.x+2.35)
	s, k := math.Sincos(a)
	edge := 1.25 + 0.32*fbm(vec{2.2 * k, 2.2 * s, 0.4}, 3) + 0.22*noise(vec{6 * k, 6 * s, 3})
	glazed := smoothstep(edge-0.03, edge+0.03, h.p.y)
	grit := fbm(h.p.scale(14), 3)
	clay := srgb(0x9a6a48).scale(0.8+0.25*grit).mix(srgb(0x3a2418), smoothstep(0.35, 0.6, fbm(h.p.scale(22), 2)))
	// Thin glaze over the throwing rings breaks to brown.
	ring := math.Sin(h.p.y*21+1.3*noise(vec{k, s, h.p.y})) * 0.5
	thick := clamp01(0.65 + 0.5*fbm(vec{1.5 * k, 1.5 * s, 0.5 * h.p.y}, 3) + 0.18*ring + 0.4*smoothstep(edge+0.5, edge, h.p.y))
	rim := smoothstep(3.88, 4.04, h.p.y)
	glaze := srgb(0x7d5a38).mix(srgb(0xd9cdb2), thick*(1-0.8*rim))
	glaze = glaze.mix(srgb(0x4b3826), 0.7*smoothstep(0.42, 0.5, fbm(h.p.scale(11), 2)))
	n := bumped(h.n, h.p, 0.01, func(q vec) float64 {
		r := 0.006 * math.Sin(q.y*21)
		return r + (1-glazed)*0.006*fbm(q.scale(30), 2) + 0.004*fbm(q.scale(3), 2)
	})
	return surface{base: clay.mix(glaze, glazed).scale(0.85), mirror: grey(lerp(0.03, 0.05, glazed)), rough: lerp(0.75, 0.2, glazed), n: n}
}

// celadon is a blue-green glaze, lighter where it is thin: at the rim.
func celadon(h *hit) surface {
	thin := smoothstep(1.26, 1.37, h.p.y)
	pool := 0.5 + 0.5*fbm(h.p.scale(1.6), 3)
	base := srgb(0x1f5a60).mix(srgb(0x3f8b88), pool).mix(srgb(0xb89a72), 0.8*thin)
	if h.p.y < 0.13 {
		base = srgb(0x8a6242)
	}
	speck := smoothstep(0.5, 0.6, fbm(h.p.scale(16), 2))
	n := bumped(h.n, h.p, 0.01, func(q vec) float64 { return 0.006 * fbm(q.scale(2.5), 2) })
	return surface{base: base.mix(srgb(0x16302e), 0.7*speck).scale(0.8), mirror: grey(0.055), rough: 0.12, n: n}
}

func bottleGlass(h *hit) surface {
	// Thicker glass at the silhouette lets less through.
	facing := clamp01(-h.n.dot(h.d))
	base := srgb(0x0a1a0c).mix(srgb(0x24451c), 0.8*facing*facing)
	if h.p.y > 4.9 && h.p.y < 6.1 { // sealed with wax
		return surface{base: srgb(0x5a1414), mirror: grey(0.04), rough: 0.35}
	}
	return surface{base: base.scale(0.6), mirror: grey(0.045), rough: 0.05,
		n: bumped(h.n, h.p, 0.02, func(q vec) float64 { return 0.01 * fbm(q.scale(1.5), 2) })}
}

func appleSkin(h *hit) surface {
	k := cell(h.body, 1, 1)
	s, c := math.Sincos(2 * math.Pi * h.u)
	streak := fbm(vec{9 * c, 9 * s, 1.4*h.v + 10*k}, 4)
	blush := smoothstep(-0.55, 0.35, 0.7*fbm(vec{1.2*c + 9*k, 1.2 * s, 1.5 * h.v}, 2)+0.9*streak+0.25)
	blush *= smoothstep(0.97, 0.84, h.v) * smoothstep(0.02, 0.2, h.v)
	base := srgb(0xc9b04a).mix(srgb(0x8e1a18), blush)
	base = base.mix(srgb(0x7a6a2a), 0.7*smoothstep(0.88, 0.97, h.v))
	dot := smoothstep(0.5, 0.62, noise(vec{24 * c, 24 * s, 30 * h.v}))
	base = base.mix(srgb(0xd8c090), 0.35*dot)
	return surface{base: base.scale(0.85), mirror: grey(0.04), rough: 0.27,
		n: bumped(h.n, h.p, 0.01, func(q vec) float64 { return 0.012 * fbm(q.scale(4), 2) })}
}

func pearSkin(h *hit) surface {
	k := cell(h.body, 1, 1)
	russet := smoothstep(0.05, 0.5, fbm(h.p.scale(2.4).add(grey(9*k)), 4)+0.6*smoothstep(0.8, 1, h.v)+0.3*smoothstep(0.1, 0, h.v))
	base := srgb(0xb5ab3c).mix(srgb(0xc49a3a), clamp01(0.5+fbm(h.p, 2)))
	base = base.mix(srgb(0x8f5f28), 0.75*russet)
	dot := smoothstep(0.42, 0.6, noise(h.p.scale(17)))
	base = base.mix(srgb(0x6b4a1e), 0.55*dot)
	return surface{base: base.scale(0.82), mirror: grey(0.035), rough: 0.42,
		n: bumped(h.n, h.p, 0.01, func(q vec) float64 { return 0.02*fbm(q.scale(3), 2) + 0.002*noise(q.scale(26)) })}
}

// pores is the peel of a citrus fruit: small dents.
func pores(q vec) float64 {
	return -0.012 * smoothstep(0.1, 0.7, noise(q.scale(15))) * (0.6 + 0.4*noise(q.scale(5)))
}

func orangePeel(h *hit) surface {
	base := srgb(0xd9781a).mix(srgb(0xe39a2e), clamp01(0.5+0.8*fbm(h.p.scale(1.1), 3)))
	base = base.mix(srgb(0x5d6a24), 0.9*smoothstep(0.965, 0.99, h.v))
	return surface{base: base.scale(0.85), mirror: grey(0.04), rough: 0.34, n: bumped(h.n, h.p, 0.008, pores)}
}

func lemonPeel(h *hit) surface {
	base := srgb(0xdcc02c).mix(srgb(0xe2cf58), clamp01(0.5+0.8*fbm(h.p.scale(1.4), 3)))
	base = base.mix(srgb(0x7d8a2a), 0.6*smoothstep(0.9, 1, h.v)+0.4*smoothstep(0.08, 0, h.v))
	return surface{base: base.scale(0.85), mirror: grey(0.04), rough: 0.36, n: bumped(h.n, h.p, 0.008, pores)}
}

// grapeSkin is dark with a dusty bloom.
func grapeSkin(h *hit) surface {
	k := cell(h.body, 2, 1)
	base := srgb(0x2a1030).mix(srgb(0x5a1a34), k)
	dust := clamp01(0.35 + 0.8*fbm(h.p.scale(5).add(grey(3*k)), 3))
	return surface{base: base.mix(srgb(0x8d93b4), 0.45*dust), mirror: grey(0.045), rough: lerp(0.12, 0.5, dust)}
}

func linen(h *hit) surface {
	// Threads of about 0.6 mm, with slubs.
	tu := 4.3*h.u*80 + 0.8*noise(vec{h.u * 40, h.v * 300, 0})
	tv := 5.4*h.v*80 + 0.8*noise(vec{h.u * 300, h.v * 40, 5})
	weave := 0.5 + 0.5*math.Sin(math.Pi*tu)*math.Sin(math.Pi*tv)
	slub := fbm(vec{h.u * 10, h.v * 320, 1}, 2) + fbm(vec{h.u * 320, h.v * 10, 2}, 2)
	base := srgb(0xcdc3b0).scale(0.86 + 0.1*weave + 0.09*slub)
	edge := min(h.u, 1-h.u) * 4.3
	if edge > 0.3 && edge < 0.42 || edge > 0.5 && edge < 0.54 {
		base = base.mul(srgb(0x6f86a8).scale(1.3))
	}
	return surface{base: base.scale(0.8), through: grey(0.05)}
}
