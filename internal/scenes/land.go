package scenes

// Materials of the landscape.

// mountain is forest floor, meadow, scree, rock and snow, by height and slope.
func mountain(height func(x, z float64) float64) material {
	return func(h *hit) surface {
		p := h.p
		n := bumped(h.n, p, 0.0015, func(q vec) float64 {
			return 0.008*fbm(q.scale(45), 4) + 0.0045*fbm(vec{q.x * 30, q.y * 140, q.z * 30}, 3)
		})
		n = h.n.mix(n, smoothstep(0.03, 0.25, p.y)*0.9).unit()
		flatness := h.n.y + 0.06*fbm(p.scale(14), 4)
		layer := fbm(vec{p.x * 4, p.y * 38, p.z * 4}, 4)
		rock := srgb(0x8a8078).mix(srgb(0x5f5a58), clamp01(0.5+0.9*layer)).mix(srgb(0x9c8468), 0.35*smoothstep(0.1, 0.5, fbm(p.scale(3), 3)))
		scree := srgb(0x857c70).scale(0.9 + 0.2*fbm(p.scale(120), 2))
		grass := srgb(0x6a7434).mix(srgb(0x8c8a4e), clamp01(0.5+fbm(p.scale(5), 4)))
		c := rock.mix(scree, smoothstep(0.66, 0.8, flatness))
		meadow := smoothstep(0.55, 0.72, flatness) * smoothstep(1.05, 0.65, p.y+0.2*fbm(p.scale(2), 3))
		c = c.mix(grass, meadow)
		wood := clamp01(1.4 * forest(p, height) * smoothstep(0.9, 0.45, p.y))
		dark := srgb(0x2a3a22).mix(srgb(0x3c4a28), clamp01(0.5+fbm(p.scale(60), 2)))
		c = c.mix(dark, wood*smoothstep(2.0, 4.2, p.len()))
		snow := smoothstep(0.05, 0.16, 0.55*(p.y-1.05)+0.45*(flatness-0.62)+0.10*fbm(p.scale(5), 4))
		c = c.mix(srgb(0xeef2f6), snow)
		shore := smoothstep(0.008, 0.001, p.y)
		c = c.mix(srgb(0x8f8672), 0.8*shore)
		return surface{base: c.scale(0.85), n: n}
	}
}

// lake mirrors the sky where it is calm; a breeze roughens parts of it.
func lake(h *hit) surface {
	p := h.p
	breeze := smoothstep(-0.15, 0.35, fbm(vec{p.x * 1.4, p.z * 0.8, 2}, 4)) * smoothstep(0.02, 0.5, h.t)
	a := lerp(0.006, 0.04, breeze)
	wave := func(x, z, k float64) (float64, float64) {
		return noise(vec{x, z, k}), noise(vec{x + 57, z, k})
	}
	// Swell of metres, ripples of decimetres.
	x1, z1 := wave(p.x*260, p.z*420, 1)
	x2, z2 := wave(p.x*1400, p.z*2100, 2)
	x3, z3 := wave(p.x*6000, p.z*8000, 3)
	n := vec{a * (0.5*x1 + 0.7*x2 + 0.5*x3), 1, a * (0.6*z1 + z2 + 0.8*z3)}.unit()
	return surface{base: vec{0.010, 0.032, 0.036}, mirror: grey(0.022), rough: 0.02, n: n}
}

func needles(h *hit) surface {
	k := cell(h.body, 1, 6)
	c := srgb(0x24361c).mix(srgb(0x44552a), k)
	if k > 0.93 {
		c = srgb(0x8a7a34) // a larch
	}
	return surface{base: c, through: c.scale(0.25), n: h.n.add(vec{noise(h.p.scale(700)), 0.35, noise(h.p.scale(700).add(grey(9)))}.scale(0.6)).unit()}
}

func lakeStone(h *hit) surface {
	p := h.p.scale(1000)
	c := srgb(0x7d7a74).mix(srgb(0x56534e), clamp01(0.5+0.9*fbm(p.scale(2), 5)))
	lichen := smoothstep(0.15, 0.35, fbm(p.scale(3.5).add(grey(5)), 4))
	c = c.mix(srgb(0xa09a6c), 0.5*lichen)
	damp := smoothstep(0.09, 0.03, p.y)
	n := bumped(h.n, p, 0.01, func(q vec) float64 { return 0.03 * fbm(q.scale(5), 4) })
	return surface{base: c.scale(lerp(0.85, 0.4, damp)), mirror: grey(0.04 * damp), rough: 0.3, n: n}
}
