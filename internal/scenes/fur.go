package scenes

import "math"

// A tabby cat asleep by the window.
var fur = Scene{
	File: "fur.jpg", Title: "Sleeping tabby", Width: 512, Height: 512, Bits: 5,
	look:  look{exposure: 1.15, bloom: 0.07, vignette: 0.35, grain: 0.008, warm: vec{1.03, 1, 0.95}},
	build: buildFur,
}

const (
	fuWool = iota
	fuPile
	fuSkin
	fuHair
	fuInnerEar
	fuNose
	fuWhisker
	fuMouth
)

func buildFur() radiance {
	m := &mesh{}
	s := scatter(31)
	c := newCat()
	eye := vec{-0.75, 2.15, 10.5}
	ground := func(x, z float64) float64 {
		return 0.16*fbm(vec{x * 0.55, z * 0.55, 2}, 3) - 0.07 - 0.10*smoothstep(2.8, 5, z)
	}
	m.use(fuWool).grid(200, 120, func(u, v float64) vec {
		x, z := lerp(-9, 9, u), lerp(6, -5, v)
		return vec{x, ground(x, z), z}
	})
	m.use(fuPile)
	fuzz(m, s, ground)
	m.use(fuSkin).skin(func(p vec) float64 { return c.at(p) + 0.015 }, vec{-2.6, -0.2, -2.6}, vec{5.4, 3.1, 3.1}, 0.07)
	for _, side := range []float64{1, -1} {
		m.use(fuInnerEar).grid(16, 16, func(u, v float64) vec { return c.ear(side, u, v) })
	}
	m.use(fuHair)
	c.hairs(m, s, eye, 330000)
	nose(m, c)
	whiskers(m, s, c)
	window := lamp{p: vec{-9, 1, 1}, a: vec{0, 8, 0}, b: vec{4, 0, 8}, light: vec{4.6, 4.9, 5.4}}

	w := newWorld(m, []material{
		fuWool: wool, fuPile: pile, fuSkin: c.hide, fuHair: hairColour,
		fuInnerEar: flat(surface{base: srgb(0xc08a78).scale(0.7), through: srgb(0xc06a50).scale(0.35)}),
		fuNose:     noseLeather, fuWhisker: flat(surface{base: srgb(0xf0ece4), mirror: grey(0.05), rough: 0.3}),
		fuMouth: flat(surface{base: srgb(0x2a1a14)}),
	})
	w.lamps = []lamp{window}
	w.sun, w.sunIrr, w.sunSize = vec{0.62, 0.66, -0.32}.unit(), vec{9, 7.2, 5.2}, 0.02
	w.sky = func(d vec) vec { // a room and a garden behind, out of focus
		c := srgb(0x6d6552).mix(srgb(0xb9a888), clamp01(0.5+1.2*d.x)).scale(0.55 + 0.35*d.y)
		if d.z < 0 {
			for i := range 26 {
				f := 2 * math.Pi
				p := vec{math.Sin(f*cell(i, 1, 1)) * 0.5, 0.28*cell(i, 2, 1) - 0.06, -1}.unit()
				r := 0.025 + 0.035*cell(i, 3, 1)
				c = c.add(srgb(0xb9b56a).mix(srgb(0xe8cfa0), cell(i, 4, 1)).scale(0.35 * smoothstep(r, 0.6*r, d.sub(p).len())))
			}
		}
		return c
	}
	return camera{at: eye, to: vec{0.1, 1.2, 1.0}, fov: 25, focus: 8.5, aperture: 0.14}.film(w)
}

// nose is its leather, and the line below it.
func nose(m *mesh, c *cat) {
	m.use(fuNose).grid(20, 16, func(u, v float64) vec {
		a := 2*u - 1
		wide := 0.15 * math.Pow(1-v, 0.6) * (1 - 0.1*v)
		return c.head.at(vec{-a * wide, -0.13 - 0.14*v - 0.02*a*a*(1-v), 1.16 + 0.05*math.Sin(math.Pi*(0.15+0.75*v)) - 0.07*a*a*(1-v) - 0.1*v*v})
	})
	m.use(fuMouth)
	line := func(p ...vec) {
		for i := range p {
			p[i] = c.head.at(p[i])
		}
		m.strand(p, 0.012, 0.008)
	}
	line(vec{0, -0.27, 1.08}, vec{0, -0.36, 1.06}, vec{0, -0.42, 1.0})
	for _, side := range []float64{1, -1} {
		line(vec{0, -0.42, 1.0}, vec{side * 0.12, -0.5, 0.99}, vec{side * 0.26, -0.52, 0.93}, vec{side * 0.36, -0.48, 0.84})
	}
}

func whiskers(m *mesh, s *sampler, c *cat) {
	m.use(fuWhisker)
	for _, side := range []float64{1, -1} {
		for i := range 10 {
			a := -0.34 + 0.05*float64(i%4) - 0.06*float64(i/4)
			p := vec{side * (0.3 + 0.04*float64(i/4)), a, 1.0 - 0.06*float64(i/4)}
			d := vec{side, s.between(-0.25, 0.3), s.between(-0.25, 0.35)}.unit()
			long := s.between(1.0, 1.7)
			var pts []vec
			for k := range 9 {
				t := float64(k) / 8
				pts = append(pts, c.head.at(p.add(d.scale(long*t)).add(vec{y: -0.22 * t * t * long, z: -0.25 * t * t * long})))
			}
			m.strand(pts, 0.0065, 0.002)
		}
	}
}

func noseLeather(h *hit) surface {
	c := srgb(0xb5695c).mix(srgb(0x7a3f38), clamp01(0.4+0.8*fbm(h.p.scale(9), 3)))
	return surface{base: c.scale(0.8), mirror: grey(0.05), rough: 0.35,
		n: bumped(h.n, h.p, 0.004, func(q vec) float64 { return 0.006 * noise(q.scale(50)) })}
}

// wool is a felted blanket with a broad check.
func wool(h *hit) surface {
	p := h.p
	u, v := p.x+0.35*p.z, p.z-0.35*p.x
	band := func(t float64) float64 { return smoothstep(0.32, 0.34, math.Abs(fract(t/2.6)-0.5)) }
	c := srgb(0x8f9a9c).mix(srgb(0x4d6470), 0.5*(band(u)+band(v)))
	thread := 0.5 + 0.5*math.Sin(55*u)*math.Sin(55*v)
	fuzz := fbm(p.scale(16), 4)
	c = c.scale(0.85 + 0.12*thread + 0.35*fuzz)
	n := bumped(h.n, p, 0.008, func(q vec) float64 { return 0.05 * fbm(q.scale(9), 4) })
	return surface{base: c.scale(0.8), n: n}
}

// pile takes the colour of the wool that it grows from.
func pile(h *hit) surface {
	f := wool(&hit{p: h.p, n: vec{y: 1}})
	return surface{base: f.base.scale(0.9), through: f.base.scale(0.35)}
}

// fuzz is the blanket's pile, near the eye.
func fuzz(m *mesh, s *sampler, ground func(x, z float64) float64) {
	for range 60000 {
		x, z := s.between(-3.6, 4), s.between(-0.5, 4.8)
		p := vec{x, ground(x, z) - 0.005, z}
		d := vec{s.between(-1, 1), s.between(0.2, 1), s.between(-1, 1)}.unit()
		bend := s.ball().scale(0.6)
		l := s.between(0.03, 0.085)
		m.body++
		m.strand([]vec{p, p.add(d.scale(0.5 * l)), p.add(d.add(bend).scale(l))}, 0.004, 0.002)
	}
}
