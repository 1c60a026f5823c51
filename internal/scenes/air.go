package scenes

import "math"

// morning is a blue sky with clouds that the sun lights from the side.
func morning(sun vec) func(d vec) vec {
	density := func(p vec) float64 {
		cover := 0.55 * noise(vec{p.x * 0.23, p.z * 0.23, 4})
		return clamp01(1.9 * (fbm(vec{p.x, p.z, 12}, 6) + cover - 0.02))
	}
	drift := vec{sun.x, 0, sun.z}.unit()
	return func(d vec) vec {
		up := max(d.y, 0)
		near := max(d.dot(sun), 0)
		c := srgb(0xc9d8e6).scale(0.85).mix(srgb(0x2f6ab8).scale(0.62), math.Pow(smoothstep(-0.05, 0.75, up), 0.75))
		c = c.add(vec{1, 0.85, 0.6}.scale(0.35*math.Pow(near, 8) + 0.9*math.Pow(near, 90)))
		if up <= 0.003 {
			return c
		}
		// High streaks, then the heaps below them.
		q := vec{d.x / (up + 0.1), 0, d.z / (up + 0.1)}
		streak := smoothstep(0.0, 0.7, fbm(vec{q.x*0.7 + 0.4*q.z, q.z * 0.16, 8}, 5))
		c = c.mix(vec{1.05, 1.02, 1.0}, 0.45*streak*smoothstep(0.03, 0.2, up))
		p := vec{d.x / (up + 0.05) * 0.85, 0, d.z / (up + 0.05) * 0.85}
		thick := density(p)
		if thick <= 0 {
			return c
		}
		shadow := 0.0
		for i := range 5 {
			shadow += density(p.add(drift.scale(0.07 * float64(i+1))))
		}
		lit := math.Exp(-0.55*shadow) + 0.12
		cloud := srgb(0x8d9bb0).scale(0.72).mix(vec{1.75, 1.6, 1.42}, clamp01(lit))
		cover := 1 - math.Exp(-4.5*thick)
		far := smoothstep(0.0, 0.14, up) // the haze takes those near the horizon
		return c.mix(cloud, cover*lerp(0.25, 1, far))
	}
}

// chart tabulates a sky, for it is costly to ask. What is below the horizon is
// that of the horizon.
func chart(sky func(d vec) vec) func(d vec) vec {
	const w, h = 2400, 640
	px := make([]vec, w*h)
	for j := range h {
		sn, cs := math.Sincos(math.Pi / 2 * (float64(j) + 0.5) / h)
		for i := range w {
			sa, ca := math.Sincos(2 * math.Pi * (float64(i) + 0.5) / w)
			px[j*w+i] = sky(vec{cs * ca, sn, cs * sa})
		}
	}
	return func(d vec) vec {
		u := math.Atan2(d.z, d.x)/(2*math.Pi)*w - 0.5
		v := min(max(math.Asin(min(max(d.y, 0), 1))/(math.Pi/2)*h-0.5, 0), h-1.001)
		u = math.Mod(u+w, w)
		i, j := int(u), int(v)
		fu, fv := u-float64(i), v-float64(j)
		i %= w
		k := (i + 1) % w
		return px[j*w+i].mix(px[j*w+k], fu).mix(px[(j+1)*w+i].mix(px[(j+1)*w+k], fu), fv)
	}
}
