package scenes

import "math"

// A meadow against the evening sun, with a fast lens. One unit is a metre.
var flowers = Scene{
	File: "flowers.jpg", Title: "Poppy field", Width: 640, Height: 448, Bits: 5,
	look:  look{exposure: 1.1, bloom: 0.12, vignette: 0.35, grain: 0.008, warm: vec{1.03, 1, 0.93}},
	build: buildFlowers,
}

const (
	flSoil = iota
	flGrass
	flPoppy
	flCore
	flStamen
	flStem
	flWhite
	flYellow
	flBlue
	flLeaf
	flTrunk
)

func buildFlowers() radiance {
	m := &mesh{}
	s := scatter(23)
	m.use(flSoil).rect(vec{-200, 0, 20}, vec{400, 0, 0}, vec{0, 0, -400})
	meadow(m, s)
	// The ones in focus, set by hand.
	for _, p := range []struct{ x, z, tall, size, open, lean float64 }{
		{-0.055, -0.95, 0.525, 0.052, 0.62, 0.25}, {0.115, -1.02, 0.455, 0.046, 0.85, -0.35}, {-0.20, -1.08, 0.47, 0.045, 1.0, 0.15},
		{0.27, -1.22, 0.545, 0.048, 0.7, 0.3}, {0.02, -1.2, 0.40, 0.044, 0.9, -0.2}, {-0.34, -1.35, 0.575, 0.05, 0.75, 0.2},
		{0.36, -0.8, 0.40, 0.046, 0.8, 0.2}, {-0.27, -0.62, 0.36, 0.045, 0.9, 0.2},
	} {
		poppy(m, s, vec{p.x, 0, p.z}, p.tall, 1.2*p.size, p.open, p.lean, 14)
	}
	for i := range 26 { // hedge and trees
		x := -34 + 2.7*float64(i) + s.between(-1, 1)
		z := -44 + s.between(-5, 5)
		tall := s.between(2.2, 4.2) + 3.5*smoothstep(4, 26, math.Abs(x+4))
		m.use(flLeaf).bush(s, vec{x, tall * 0.5, z}, vec{s.between(1.8, 3), tall * 0.62, 2}, 900, 0.5)
	}
	w := newWorld(m, []material{
		flSoil: flat(surface{base: srgb(0x4a4a26)}), flGrass: grassBlade, flPoppy: poppyPetal, flCore: flat(surface{base: srgb(0x6f7d3c)}),
		flStamen: flat(surface{base: srgb(0x1a1420)}), flStem: flat(surface{base: srgb(0x6c8040), through: srgb(0x2c3a10)}),
		flWhite: daisyPetal, flYellow: flat(surface{base: srgb(0xe0a818)}), flBlue: bluePetal,
		flLeaf: foliage(srgb(0x243a16), srgb(0x55702c)), flTrunk: flat(surface{base: srgb(0x3a2c20)}),
	})
	w.sun, w.sunIrr, w.sunSize = vec{0.42, 0.36, -0.83}.unit(), vec{5.4, 4.2, 2.8}, 0.006
	w.sky = eveningSky(w.sun)
	w.haze, w.hazeLight = 0.006, func(d vec) vec {
		return vec{0.75, 0.60, 0.44}.scale(0.45 + 0.9*math.Pow(max(d.dot(w.sun), 0), 6))
	}
	return camera{at: vec{0, 0.5, 0}, to: vec{0, 0.488, -0.97}, fov: 31, aperture: 0.010}.film(w)
}

// eveningSky is warm around the sun, with thin clouds.
func eveningSky(sun vec) func(d vec) vec {
	return func(d vec) vec {
		up := max(d.y, 0)
		near := max(d.dot(sun), 0)
		c := srgb(0xf6d2a2).mix(srgb(0x5d92cc), smoothstep(0.02, 0.33, up))
		c = c.scale(0.62).add(vec{1.5, 0.95, 0.45}.scale(0.32*math.Pow(near, 5) + 1.5*math.Pow(near, 60)))
		veil := smoothstep(-0.05, 0.5, fbm(vec{d.x / (up + 0.12) * 0.9, d.z / (up + 0.12) * 0.4, 1}, 4))
		return c.mix(vec{1.0, 0.84, 0.72}, 0.35*veil)
	}
}

// meadow covers the ground as far as the lens tells things apart.
func meadow(m *mesh, s *sampler) {
	place := func(near, far float64) (vec, float64) {
		z := math.Sqrt(lerp(near*near, far*far, s.one()))
		return vec{x: z * s.between(-0.62, 0.62), z: -z}, z
	}
	for _, zone := range []struct {
		near, far float64
		n         int
		thick     float64
	}{{0.35, 4, 11000, 1}, {4, 14, 26000, 1.6}, {14, 45, 26000, 4}} {
		for range zone.n {
			p, _ := place(zone.near, zone.far)
			blade(m, s, p, s.between(0.18, 0.46)*(1+0.4*noise(vec{p.x * 0.8, p.z * 0.8, 1})), 0.0035*zone.thick)
		}
	}
	for range 1700 {
		p, z := place(0.6, 20)
		crowd := fbm(vec{p.x * 0.5, p.z * 0.35, 4}, 2)
		if z < 1.5 && math.Abs(p.x) < 0.5 || s.one() > 0.55+1.2*crowd {
			continue
		}
		detail := 10
		if z > 4 {
			detail = 4
		}
		poppy(m, s, p, s.between(0.38, 0.62), s.between(0.036, 0.05), s.between(0.55, 1.1), s.between(-0.5, 0.5), detail)
	}
	for range 1500 { // far ones are dots
		p, z := place(18, 42)
		m.use(flPoppy)
		c := p.add(vec{y: s.between(0.35, 0.6)})
		r := 0.045 + 0.0006*z
		m.leaf(c, vec{1, 0.1, 0}, vec{0, 0.5, 1}.unit(), r*2, r*2)
	}
	for range 1900 {
		p, z := place(0.7, 14)
		if s.one() < 0.55+0.9*fbm(vec{p.x * 0.6, p.z * 0.5, 9}, 2) {
			daisy(m, s, p, s.between(0.3, 0.5), z < 5)
		} else if s.one() < 0.6 {
			cornflower(m, s, p, s.between(0.36, 0.56), z < 5)
		}
	}
}

// blade is a bent leaf of grass, or a stalk with an ear now and then.
func blade(m *mesh, s *sampler, p vec, tall, wide float64) {
	lean := vec{s.between(-1, 1), 0, s.between(-1, 1)}.scale(0.45 * tall)
	at := func(t float64) vec { return p.add(vec{y: tall * (t - 0.18*t*t)}).add(lean.scale(t * t)) }
	m.use(flGrass)
	if s.one() < 0.12 {
		m.strand([]vec{at(0), at(0.5), at(1), at(1.3)}, 0.0012, 0.0006)
		for i := range 9 {
			q := at(1.28 - 0.03*float64(i))
			m.leaf(q, vec{s.between(-1, 1), 1.4, s.between(-1, 1)}.unit(), vec{s.between(-1, 1), 0, 1}.unit(), 0.017, 0.004)
		}
		return
	}
	side := lean.cross(vec{y: 1}).add(vec{x: 1e-4}).unit().scale(wide)
	const n = 4
	for i := range n {
		a, b := float64(i)/n, float64(i+1)/n
		wa, wb := 1-a*a, 1-b*b
		p0, p1 := at(a), at(b)
		v := func(p vec, u, v float64) vertex { return vertex{p: p, u: u, v: v} }
		m.quad(v(p0.sub(side.scale(wa)), a, 0), v(p0.add(side.scale(wa)), a, 1), v(p1.add(side.scale(wb)), b, 1), v(p1.sub(side.scale(wb)), b, 0))
	}
}

// stalk adds a stem and returns the frame of its flower.
func stalk(m *mesh, s *sampler, p vec, tall, lean, size float64) frame {
	dir := s.between(0, 2*math.Pi)
	sway := vec{math.Cos(dir), 0, math.Sin(dir)}.scale(0.10 * tall * lean)
	at := func(t float64) vec {
		return p.add(vec{y: tall * t}).add(sway.scale(t * t)).add(vec{0.012 * math.Sin(5*t+dir), 0, 0})
	}
	var pts []vec
	for i := range 9 {
		pts = append(pts, at(float64(i)/8))
	}
	m.use(flStem).strand(pts, 0.0022, 0.0016)
	up := vec{y: 1}.add(sway.scale(4 / tall)).add(vec{s.between(-0.25, 0.25), 0, s.between(0, 0.35)})
	return leaning(at(1), size, s.between(0, 6), up)
}

// poppy has four petals that overlap; open says how flat they lie.
func poppy(m *mesh, s *sampler, p vec, tall, size, open, lean float64, detail int) {
	f := stalk(m, s, p, tall, lean, size)
	m.use(flPoppy)
	for k := range 4 {
		seed := float64(m.body) * 1.7
		phi := float64(k)*math.Pi/2 + s.between(-0.15, 0.15)
		lift := (1.25 - 0.75*open) * s.between(0.8, 1.15)
		if k%2 == 1 {
			lift += 0.12
		}
		m.body++
		m.grid(detail, detail, func(u, v float64) vec {
			a := 2*u - 1
			round := 1 - 0.22*a*a*a*a
			edge := 0.06 * v * noise(vec{4 * a, seed, 1})
			r := v * (round + edge)
			e := lift * (0.55 + 0.6*v)
			crinkle := 0.07*v*noise(vec{5*a + seed, 3 * v, 2}) + 0.03*v*noise(vec{13*a + seed, 5 * v, 3})
			ang := phi + a*lerp(0.35, 0.98, math.Sqrt(v))
			sn, cs := math.Sincos(ang)
			rr := r * math.Cos(e)
			return f.at(vec{rr * cs, r*math.Sin(e) + crinkle, rr * sn})
		})
	}
	m.use(flCore).lathe(f, 12, 8, [][2]float64{{0, 0}, {0.1, 0.03}, {0.15, 0.16}, {0.17, 0.24}, {0, 0.27}}, nil)
	if detail > 5 {
		m.use(flStamen)
		for range 70 {
			sn, cs := math.Sincos(s.between(0, 2*math.Pi))
			r, y := s.between(0.2, 0.34), s.between(0.12, 0.3)
			tip := vec{r * cs, y, r * sn}
			m.strand([]vec{f.at(vec{0.08 * cs, 0.03, 0.08 * sn}), f.at(tip)}, 0.0002, 0.0002)
			m.strand([]vec{f.at(tip), f.at(tip.add(vec{0.02 * cs, 0.03, 0.02 * sn}))}, 0.0009, 0.0007)
		}
	}
}

func daisy(m *mesh, s *sampler, p vec, tall float64, near bool) {
	f := stalk(m, s, p, tall, s.between(-1, 1), 0.02)
	n := 9
	if near {
		n = 21
	}
	m.use(flWhite)
	for i := range n {
		sn, cs := math.Sincos(2*math.Pi*float64(i)/float64(n) + s.between(-0.08, 0.08))
		along := f.dir(vec{cs, s.between(-0.15, 0.25), sn}).unit()
		m.leaf(f.at(vec{0.25 * cs, 0, 0.25 * sn}), along, f.y.unit(), 0.02*s.between(0.85, 1.1), 0.12/float64(n))
	}
	m.use(flYellow).lathe(f, 16, 8, [][2]float64{{0, -0.1}, {0.36, -0.05}, {0.42, 0.06}, {0.25, 0.17}, {0, 0.2}}, nil)
}

func cornflower(m *mesh, s *sampler, p vec, tall float64, near bool) {
	f := stalk(m, s, p, tall, s.between(-1, 1), 0.018)
	n := 8
	if near {
		n = 26
	}
	m.use(flBlue)
	for range n {
		sn, cs := math.Sincos(s.between(0, 2*math.Pi))
		along := f.dir(vec{cs, s.between(0.2, 1.6), sn}).unit()
		m.leaf(f.at(vec{0.1 * cs, 0.1, 0.1 * sn}), along, f.dir(vec{-0.4 * cs, 1, -0.4 * sn}).unit(), 0.02*s.between(0.8, 1.2), 0.011)
	}
	m.use(flStem).ellipsoid(f.at(vec{y: -0.1}), vec{0.0055, 0.009, 0.0055}, 10, 8)
}

func poppyPetal(h *hit) surface {
	a := 2*h.u - 1
	vein := fbm(vec{a * 26 * (0.4 + 0.6*h.v), 1.5 * h.v, float64(h.body)}, 3)
	c := srgb(0xc81f10).mix(srgb(0xe2451c), cell(h.body, 1, 2)*0.7+0.2*h.v)
	c = c.scale(0.88 + 0.25*vein)
	blot := smoothstep(0.32, 0.2, h.v+0.05*vein+0.08*a*a)
	c = c.mix(srgb(0x16060e), 0.93*blot)
	return surface{base: c.scale(0.6), through: c.mul(vec{0.75, 0.45, 0.35})}
}

func grassBlade(h *hit) surface {
	k := cell(h.body, 1, 3)
	c := srgb(0x5a7a28).mix(srgb(0x8f9a48), k*k)
	if k > 0.88 {
		c = srgb(0xb09a5c)
	}
	c = c.scale(0.75 + 0.4*h.u)
	return surface{base: c.scale(0.65), through: c.mul(vec{0.7, 0.8, 0.25}).scale(0.7), mirror: grey(0.02), rough: 0.6}
}

func daisyPetal(h *hit) surface {
	return surface{base: srgb(0xe6e4de).scale(0.62), through: srgb(0xd8d4c4).scale(0.3)}
}

func bluePetal(h *hit) surface {
	c := srgb(0x3a50c8).mix(srgb(0x6a6ae0), cell(h.body, 1, 4))
	return surface{base: c.scale(0.65), through: c.scale(0.4)}
}
