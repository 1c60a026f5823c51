package scenes

import "math"

// block is roughly the distance to a box with round edges about c.
func block(p, c, r vec, n float64) float64 {
	d := p.sub(c)
	k := math.Pow(math.Pow(math.Abs(d.x/r.x), n)+math.Pow(math.Abs(d.y/r.y), n)+math.Pow(math.Abs(d.z/r.z), n), 1/n)
	return (k - 1) * min(r.x, r.y, r.z)
}

// car is a saloon about the origin, driving along -z.
func car(kind int) *mesh {
	m := &mesh{}
	tall := []float64{1.42, 1.5, 1.38}[kind%3]
	shape := func(p vec) float64 {
		d := block(p, vec{0, 0.62, 0}, vec{0.88, 0.36, 2.15}, 5)
		lean := 0.25 * (p.y - 0.9)
		d = blend(d, block(vec{p.x * (1 + 0.6*lean), p.y, p.z}, vec{0, 0.98, 0.25}, vec{0.78, tall - 0.98, 1.25}, 3), 0.12)
		for _, z := range []float64{-1.35, 1.35} { // the arches
			a := math.Hypot(p.y-0.33, p.z-z) - 0.37
			d = max(d, -max(a, 0.62-math.Abs(p.x)))
		}
		return d
	}
	m.use(stCar)
	m.body += int32(kind)
	m.skin(shape, vec{-1.1, 0.1, -2.4}, vec{1.1, 1.7, 2.4}, 0.055)
	m.use(stTyre)
	for _, z := range []float64{-1.35, 1.35} {
		for _, x := range []float64{-0.8, 0.8} {
			m.lathe(leaning(vec{x, 0.32, z}, 1, 0, vec{x: 1}), 28, 10, [][2]float64{{0, -0.1}, {0.29, -0.1}, {0.32, -0.06}, {0.32, 0.06}, {0.29, 0.1}, {0, 0.1}}, nil)
		}
	}
	lights := stTyre // off
	if kind == 7 {
		lights = stTail
	}
	m.use(lights)
	for _, x := range []float64{-0.63, 0.63} {
		m.ellipsoid(vec{x, 0.78, 2.08}, vec{0.17, 0.075, 0.07}, 16, 10)
	}
	m.use(stTrim).box(vec{-0.26, 0.55, 2.13}, vec{0.26, 0.66, 2.16})
	return m
}

// walker is somebody in a coat, with or without an umbrella.
func walker(m *mesh, s *sampler, o vec, i int) {
	stride := 0.16 + 0.06*float64(i%3)
	turn := []float64{0.1, 3.0, -0.2, 3.3, 0.4, 0}[i%6]
	f := upright(o, 1, turn)
	shape := func(p vec) float64 {
		d := limb(p, vec{0, 1.38, 0}, vec{0, 0.75, 0.02}, 0.17, 0.22)
		d = blend(d, limb(p, vec{-0.17, 1.42, 0}, vec{0.17, 1.42, 0}, 0.09, 0.09), 0.1)
		d = blend(d, limb(p, vec{-0.22, 1.38, 0}, vec{-0.25, 0.95, 0.05}, 0.07, 0.055), 0.05)
		if i%2 == 0 {
			d = blend(d, limb(p, vec{0.22, 1.38, 0}, vec{0.2, 1.2, -0.25}, 0.07, 0.055), 0.05)
		} else {
			d = blend(d, limb(p, vec{0.22, 1.38, 0}, vec{0.26, 0.95, -0.05}, 0.07, 0.055), 0.05)
		}
		d = blend(d, limb(p, vec{0.09, 0.85, 0}, vec{0.09, 0.07, stride}, 0.1, 0.055), 0.06)
		d = blend(d, limb(p, vec{-0.09, 0.85, 0}, vec{-0.09, 0.07, -stride}, 0.1, 0.055), 0.06)
		d = blend(d, egg(p, vec{0, 1.66, -0.01}, vec{0.095, 0.125, 0.11}), 0.05)
		return d
	}
	w := &mesh{}
	w.use(stCoat)
	w.body += int32(i)
	w.skin(shape, vec{-0.5, 0, -0.5}, vec{0.5, 1.9, 0.5}, 0.035)
	if i%2 == 0 {
		w.body += 9
		w.strand([]vec{{0.2, 1.15, -0.25}, {0.14, 2.12, -0.18}}, 0.012, 0.01)
		w.grid(8, 8, func(u, v float64) vec {
			sn, cs := math.Sincos(2 * math.Pi * u)
			return vec{0.14 + 0.56*v*cs, 2.12 - 0.26*v*v, -0.18 + 0.56*v*sn}
		})
	}
	m.place(w, f)
}

// tree is a young plane tree in autumn.
func tree(m *mesh, s *sampler, o vec) {
	var grow func(p, d vec, long, r float64, depth int)
	grow = func(p, d vec, long, r float64, depth int) {
		bend := s.ball().scale(0.25)
		mid := p.add(d.add(bend.scale(0.3)).unit().scale(long * 0.5))
		d2 := d.add(bend).unit()
		end := mid.add(d2.scale(long * 0.5))
		m.use(stBark).strand([]vec{p, mid, end}, r, r*0.7)
		if depth == 0 {
			m.use(stLeaf)
			for range 9 {
				m.leaf(end.add(s.ball().scale(0.35)), s.ball().add(vec{y: -0.5}).unit(), s.ball().add(vec{y: 0.3}).unit(), 0.13, 0.11)
			}
			return
		}
		for range 2 + int(s.one()*1.7) {
			grow(end, d2.add(s.ball().scale(0.9)).add(vec{y: 0.15}).unit(), long*s.between(0.62, 0.8), r*0.62, depth-1)
		}
	}
	grow(o, vec{s.between(-0.05, 0.05), 1, s.between(-0.05, 0.05)}.unit(), 2.6, 0.10, 5)
}
