package scenes

import (
	"math"
	"slices"
)

// The front of an old house in the morning sun. One unit is a metre.
var facade = Scene{
	File: "facade.jpg", Title: "House front", Width: 512, Height: 512, Bits: 5,
	look:  look{exposure: 1.25, bloom: 0.04, vignette: 0.3, grain: 0.008, warm: vec{1.02, 1, 0.95}},
	build: buildFacade,
}

const (
	faStucco = iota
	faStone
	faFrame
	faPane
	faShutter
	faDoor
	faIron
	faDark
	faCurtain
	faGround
	faLeaf
	faPetal
	faClay
	faWood
	faLamp
)

func ordered(v []float64) []float64 {
	slices.Sort(v)
	return slices.Compact(v)
}

func buildFacade() radiance {
	m := &mesh{}
	s := scatter(11)
	door := hole{-1.95, 0.3, -0.85, 2.75}
	low := hole{0.95, 1.15, 2.05, 2.65}
	french := hole{-2.0, 3.62, -0.8, 6.0}
	high := hole{0.95, 4.2, 2.05, 5.75}
	m.use(faStucco).wall(-7, 0.55, 7, 9, 0, 0.24, []hole{low, french, high, {door.x0, 0.55, door.x1, door.y1}})
	m.use(faStone).wall(-7, -0.5, 7, 0.55, 0.05, 0.3, []hole{{door.x0, 0.3, door.x1, 0.55}})
	m.box(vec{-7, 0.5, 0}, vec{door.x0, 0.56, 0.06})
	m.box(vec{door.x1, 0.5, 0}, vec{7, 0.56, 0.06})

	// Stone around the openings, sills, steps, the band between the floors.
	for i, h := range []hole{low, high, french, door} {
		const wide, out = 0.15, 0.035
		m.use(faStone)
		m.box(vec{h.x0 - wide, h.y0, 0}, vec{h.x0, h.y1, out})
		m.box(vec{h.x1, h.y0, 0}, vec{h.x1 + wide, h.y1, out})
		m.box(vec{h.x0 - wide - 0.05, h.y1, 0}, vec{h.x1 + wide + 0.05, h.y1 + 0.2, out + 0.02})
		if i < 2 {
			m.box(vec{h.x0 - 0.24, h.y0 - 0.12, 0}, vec{h.x1 + 0.24, h.y0, 0.14})
		}
	}
	m.use(faStone).box(vec{door.x0 - 0.25, -0.1, 0}, vec{door.x1 + 0.25, 0.3, 0.42})
	m.box(vec{door.x0 - 0.25, -0.1, 0}, vec{door.x1 + 0.25, 0.14, 0.78})
	m.box(vec{-7, 3.3, 0}, vec{7, 3.42, 0.06})
	m.box(vec{-7, 3.42, 0}, vec{7, 3.47, 0.1})

	m.casement(faFrame, faPane, low, -0.13, 2, 3)
	m.casement(faFrame, faPane, high, -0.13, 2, 3)
	m.casement(faFrame, faPane, french, -0.13, 2, 5)
	for i, h := range []hole{low, high, french} {
		room(m, h)
		tall := h.y1 - h.y0 - 0.02
		wide := (h.x1 - h.x0) / 2
		open := []float64{0.16, 0.3, 0.12}[i]
		sn, cs := math.Sincos(open)
		m.shutter(faShutter, vec{h.x0 - 0.02, h.y0 + 0.01, 0.06}, -wide, tall, cs, sn)
		sn, cs = math.Sincos(open * 0.8)
		m.shutter(faShutter, vec{h.x1 + 0.02, h.y0 + 0.01, 0.06}, wide, tall, cs, sn)
	}
	doorLeaf(m, door)
	balcony(m, s)
	greenery(m, s, low)
	lantern(m)

	// The eaves and the gutter, the pavement, the tree that we do not see.
	m.use(faWood).rect(vec{-7, 6.75, 0}, vec{0, 0.25, 0.75}, vec{14, 0, 0})
	for x := -6.8; x < 7; x += 0.62 {
		m.box(vec{x, 6.6, 0}, vec{x + 0.1, 6.76, 0.7})
	}
	m.use(faGround).rect(vec{-20, 0, 30}, vec{40, 0, 0}, vec{0, 0, -30})
	sun := vec{-0.74, 0.62, 0.50}.unit()
	for i, c := range []vec{{-1.9, 5.6, 0}, {-3.1, 4.4, 0}, {-3.2, 2.4, 0}, {-0.3, 6.6, 0}, {2.9, 7.4, 0}} {
		m.use(faLeaf).bush(s, c.add(sun.scale(6.5)), grey(1.25), 750-70*i, 0.16)
	}

	w := newWorld(m, []material{
		faStucco: stucco, faStone: limestone, faFrame: paint(srgb(0xd9d4c4), 0.5), faPane: windowPane,
		faShutter: paint(srgb(0x4a6f5e), 0.55), faDoor: paint(srgb(0x3c5a6e), 0.45), faIron: flat(surface{base: srgb(0x1c1c1e), mirror: grey(0.04), rough: 0.4}),
		faDark: flat(surface{base: srgb(0x2c2620)}), faCurtain: flat(surface{base: srgb(0xc9c2b4), through: grey(0.3)}),
		faGround: cobbles, faLeaf: foliage(srgb(0x2f4a1c), srgb(0x5f7f34)), faPetal: petal, faClay: terracotta,
		faWood: weathered, faLamp: flat(surface{base: srgb(0x9a927c), mirror: grey(0.05), rough: 0.2}),
	})
	w.sun, w.sunIrr, w.sunSize = sun, vec{5.2, 4.5, 3.5}, 0.006
	w.sky = acrossTheStreet
	return camera{at: vec{0.35, 2.2, 13.5}, to: vec{0.12, 2.2, 0}, fov: 25.4, shift: 0.38}.film(w)
}

// acrossTheStreet is the sky above the houses opposite, which the panes mirror.
func acrossTheStreet(d vec) vec {
	high := math.Atan2(d.y, math.Hypot(d.x, d.z))
	turn := math.Atan2(d.x, d.z)
	roof := 0.42 + 0.12*math.Floor(2*noise(vec{turn * 3, 1, 1})+0.5) + 0.03*cell(int(math.Floor(turn*9)), 1, 4)
	if d.z > 0 && high < roof {
		shade := srgb(0x6f6152).mix(srgb(0x8d8478), cell(int(math.Floor(turn*3)), 2, 4))
		u, v := fract(turn*11), fract(high*9)
		if u > 0.3 && u < 0.7 && v > 0.25 && v < 0.8 {
			shade = shade.scale(0.4)
		}
		return shade.scale(0.55)
	}
	c := srgb(0xc4d6ea).mix(srgb(0x4b83c8), smoothstep(0, 1.1, high)).scale(0.95)
	cloud := smoothstep(0.0, 0.45, fbm(vec{d.x / (d.y + 0.3) * 1.4, d.z / (d.y + 0.3) * 1.4, 2}, 5))
	return c.mix(vec{1.5, 1.42, 1.34}, 0.8*cloud)
}

// room is what stands behind a window: darkness and curtains.
func room(m *mesh, h hole) {
	m.use(faDark).rect(vec{h.x0 - 0.6, h.y0 - 0.4, -2}, vec{x: h.x1 - h.x0 + 1.2}, vec{y: h.y1 - h.y0 + 0.8})
	drape := func(x0, x1, y0 float64) {
		m.use(faCurtain).grid(60, 8, func(u, v float64) vec {
			x := lerp(x0, x1, u)
			return vec{x + 0.02*math.Sin(9*x)*(1-v), lerp(y0, h.y1, v), -0.32 + 0.03*math.Sin(52*x+2*math.Sin(7*x))}
		})
	}
	w := h.x1 - h.x0
	drape(h.x0-0.1, h.x0+0.30*w, h.y0-0.1)
	drape(h.x1-0.25*w, h.x1+0.1, h.y0-0.1)
}

// doorLeaf is a door of two leaves with panels and a light above.
func doorLeaf(m *mesh, h hole) {
	const z = -0.14
	m.use(faDoor).box(vec{h.x0, h.y0, z - 0.06}, vec{h.x1, h.y1 - 0.42, z})
	mid := (h.x0 + h.x1) / 2
	for _, x := range []float64{h.x0 + 0.09, mid + 0.05} {
		w := mid - h.x0 - 0.14
		for _, y := range [][2]float64{{0.12, 0.62}, {0.74, 1.32}, {1.44, 1.96}} {
			// A sunk panel reads as four bars around it.
			a, b := vec{x, h.y0 + y[0], z}, vec{x + w, h.y0 + y[1], z}
			for _, bar := range [][2]vec{
				{a, {b.x, a.y + 0.035, z + 0.03}}, {{a.x, b.y - 0.035, z}, {b.x, b.y, z + 0.03}},
				{a, {a.x + 0.035, b.y, z + 0.03}}, {{b.x - 0.035, a.y, z}, {b.x, b.y, z + 0.03}},
			} {
				m.box(bar[0], vec{bar[1].x, bar[1].y, bar[1].z})
			}
			m.box(a.add(vec{0.09, 0.09, 0}), vec{b.x - 0.09, b.y - 0.09, z + 0.018})
		}
	}
	m.box(vec{mid - 0.03, h.y0, z}, vec{mid + 0.03, h.y1 - 0.42, z + 0.035})
	m.box(vec{h.x0, h.y1 - 0.45, z - 0.05}, vec{h.x1, h.y1 - 0.38, z + 0.05})
	m.use(faLamp).ellipsoid(vec{mid + 0.09, h.y0 + 1.05, z + 0.07}, grey(0.032), 16, 12)
	light := hole{h.x0, h.y1 - 0.38, h.x1, h.y1}
	m.casement(faFrame, faPane, light, z, 2, 1)
	m.use(faDark).rect(vec{h.x0, h.y1 - 0.4, -0.6}, vec{x: h.x1 - h.x0}, vec{y: 0.5})
}

// balcony is a slab on brackets with an iron railing.
func balcony(m *mesh, s *sampler) {
	const x0, x1, y, out = -2.55, -0.25, 3.6, 0.72
	m.use(faStone).box(vec{x0, y - 0.12, 0}, vec{x1, y, out})
	m.box(vec{x0 + 0.04, y - 0.17, 0}, vec{x1 - 0.04, y - 0.12, out - 0.05})
	for _, x := range []float64{x0 + 0.2, x1 - 0.4} {
		m.grid(1, 20, func(u, v float64) vec {
			return vec{x + 0.2*u, y - 0.17 - 0.4*v*v, 0.62 * (1 - v) * (1 - 0.3*math.Sin(math.Pi*v))}
		})
		for _, side := range []float64{0, 0.2} {
			m.grid(10, 10, func(u, v float64) vec {
				return vec{x + side, y - 0.17 - 0.4*v*v*u, 0.62 * (1 - v) * (1 - 0.3*math.Sin(math.Pi*v))}
			})
		}
	}
	m.use(faIron)
	bar := func(r float64, p ...vec) { m.strand(p, r, r) }
	for _, h := range []float64{0.08, 0.86, 0.97} {
		bar(0.014, vec{x0 + 0.05, y + h, 0}, vec{x0 + 0.05, y + h, out - 0.05}, vec{x1 - 0.05, y + h, out - 0.05}, vec{x1 - 0.05, y + h, 0})
	}
	post := func(p vec, axis vec) {
		bar(0.009, p.add(vec{y: 0.08}), p.add(vec{y: 0.97}))
		var curl []vec // a spiral on either side
		for i := range 24 {
			t := float64(i) / 23
			sn, cs := math.Sincos(5.5 * t)
			r := 0.055 * (1 - 0.7*t)
			curl = append(curl, p.add(axis.scale(r*cs-0.005)).add(vec{y: 0.5 + r*sn}))
		}
		m.strand(curl, 0.006, 0.006)
	}
	for x := x0 + 0.05; x < x1; x += 0.11 {
		post(vec{x, y, out - 0.05}, vec{x: 1})
	}
	for z := 0.06; z < out-0.1; z += 0.11 {
		post(vec{x0 + 0.05, y, z}, vec{z: 1})
		post(vec{x1 - 0.05, y, z}, vec{z: 1})
	}
	for _, x := range []float64{-2.25, -1.75, -1.05, -0.55} {
		flowerpot(m, s, vec{x, y, out - 0.2}, 0.15, x > -1.5)
	}
}

// flowerpot is a clay pot with a plant, in flower or not.
func flowerpot(m *mesh, s *sampler, p vec, r float64, flowering bool) {
	m.use(faClay).lathe(upright(p, r, 0), 32, 24, [][2]float64{
		{0, 0}, {0.6, 0}, {0.65, 0.05}, {0.92, 1.4}, {0.94, 1.45}, {1.03, 1.47}, {1.05, 1.8}, {0.95, 1.82}, {0.9, 1.7}, {0, 1.65},
	}, nil)
	top := p.add(vec{y: 2.5 * r})
	m.use(faLeaf).bush(s, top, vec{1.25 * r, 1.1 * r, 1.25 * r}, 170, 0.4*r+0.03)
	if flowering {
		m.use(faPetal).bush(s, top.add(vec{y: 0.35 * r}), vec{1.3 * r, 1.1 * r, 1.3 * r}, 70, 0.22*r+0.015)
	}
}

// greenery is the box at the lower window, pots at the door, ivy to the right.
func greenery(m *mesh, s *sampler, sill hole) {
	m.use(faClay).box(vec{sill.x0 + 0.03, sill.y0, 0.0}, vec{sill.x1 - 0.03, sill.y0 + 0.16, 0.15})
	for x := sill.x0 + 0.08; x < sill.x1; x += 0.115 {
		c := vec{x, sill.y0 + 0.25 + s.between(-0.02, 0.04), 0.1}
		m.use(faLeaf).bush(s, c, vec{0.13, 0.14, 0.12}, 90, 0.07)
		m.use(faPetal).bush(s, c.add(vec{s.between(-0.05, 0.05), 0.07, 0.03}), vec{0.1, 0.1, 0.1}, 34, 0.042)
	}
	flowerpot(m, s, vec{-2.5, 0, 0.45}, 0.24, false)
	flowerpot(m, s, vec{-0.35, 0, 0.5}, 0.2, true)
	flowerpot(m, s, vec{0.1, 0, 0.42}, 0.13, true)
	m.use(faLeaf)
	for range 15000 {
		x, y := s.between(1.9, 3.9), s.between(0.1, 6.4)
		edge := 3.05 - 0.18*y + 0.5*fbm(vec{y * 0.9, x * 0.4, 3}, 4)
		if x < edge || s.one() > smoothstep(0, 0.3, x-edge)+0.1 {
			continue
		}
		thick := 0.04 + 0.22*smoothstep(0, 0.8, x-edge)
		out := vec{0, 0.25, 1}.add(s.ball().scale(0.6)).unit()
		along := vec{s.between(-1, 1), -0.9, 0.25}.unit()
		size := s.between(0.07, 0.13)
		m.leaf(vec{x, y, 0.02 + thick*s.one()}, along, out, size, 0.85*size)
	}
}

// lantern hangs beside the door.
func lantern(m *mesh) {
	p := vec{-0.42, 2.35, 0.28}
	m.use(faIron).strand([]vec{{p.x, p.y + 0.55, 0}, {p.x, p.y + 0.58, 0.12}, {p.x, p.y + 0.52, 0.28}, {p.x, p.y + 0.36, 0.28}}, 0.012, 0.012)
	m.lathe(upright(p, 1, 0.4), 6, 8, [][2]float64{{0, 0.36}, {0.04, 0.33}, {0.13, 0.27}, {0.12, 0.25}, {0, 0.25}}, nil)
	m.lathe(upright(p, 1, 0.4), 6, 4, [][2]float64{{0, -0.03}, {0.06, -0.02}, {0.07, 0.02}}, nil)
	for i := range 6 {
		s, k := math.Sincos(float64(i)/6*2*math.Pi + 0.4)
		m.strand([]vec{p.add(vec{0.07 * k, 0, 0.07 * s}), p.add(vec{0.11 * k, 0.26, 0.11 * s})}, 0.007, 0.007)
	}
	m.use(faLamp).ellipsoid(p.add(vec{y: 0.12}), vec{0.04, 0.06, 0.04}, 16, 12)
}
