package scenes

import "math"

// A street after rain, at dusk. One unit is a metre; the street runs along -z.
var street = Scene{
	File: "street.jpg", Title: "Street at dusk", Width: 640, Height: 448, Bits: 6,
	look:  look{exposure: 1.5, bloom: 0.08, vignette: 0.35, grain: 0.010, warm: vec{1, 1, 1}},
	build: buildStreet,
}

const (
	stRoad = iota
	stSlabs
	stKerb
	stWall
	stTrim
	stFrame
	stPane
	stDark
	stLit
	stShop
	stIron
	stGlobe
	stCar
	stTyre
	stTail
	stHead
	stCoat
	stBark
	stLeaf
	stRail
	stAwning
)

const kerbX, houseX = 3.9, 6.6 // from the middle of the street

func buildStreet() radiance {
	m := &mesh{}
	s := scatter(47)
	m.use(stRoad).rect(vec{-kerbX, 0, 12}, vec{2 * kerbX, 0, 0}, vec{0, 0, -240})
	m.use(stRail)
	for _, x := range []float64{-2.6, -1.165} {
		m.rect(vec{x, 0.004, 12}, vec{0.07, 0, 0}, vec{0, 0, -240})
	}
	for _, side := range []float64{-1, 1} {
		x0, x1 := side*kerbX, side*(houseX+3)
		m.use(stSlabs).rect(vec{min(x0, x1), 0.13, 12}, vec{math.Abs(x1 - x0), 0, 0}, vec{0, 0, -240})
		m.use(stKerb).box(vec{x0 - 0.09, -0.1, -230}, vec{x0 + 0.09, 0.135, 12})
		z := 9.0
		for z > -190 {
			wide := s.between(8, 13)
			h := building(s, wide)
			if side < 0 { // turned to face the street
				m.place(h, frame{vec{z: -1}, vec{y: 1}, vec{x: 1}, vec{-houseX, 0, z}})
			} else {
				m.place(h, frame{vec{z: 1}, vec{y: 1}, vec{x: -1}, vec{houseX, 0, z - wide}})
			}
			z -= wide
		}
	}
	var lamps []lamp
	light := vec{52, 33, 15}
	for i := range 9 {
		for k, x := range []float64{-kerbX - 0.55, kerbX + 0.55} {
			z := -5.5 - 15*float64(i) - 7*float64(k)
			lamps = append(lamps, lampPost(m, vec{x, 0.13, z}, light))
		}
	}
	for i, z := range []float64{-9.5, -17, -24.5, -39, -58} { // parked on the right
		m.place(car(i), upright(vec{2.85, 0, z}, 1, 0.01))
	}
	m.place(car(7), upright(vec{0.75, 0, -21}, 1, 0))
	lamps = append(lamps,
		lamp{p: vec{0.12, 0.78, -18.6}, r: 0.07, light: vec{40, 2, 1}}, lamp{p: vec{1.38, 0.78, -18.6}, r: 0.07, light: vec{40, 2, 1}})
	for i, p := range []vec{{-4.9, 0.13, -8.6}, {-5.3, 0.13, -16}, {5.3, 0.13, -13.5}, {4.9, 0.13, -27}, {-1.6, 0, -31}, {-5.0, 0.13, -30}} {
		walker(m, s, p, i)
	}
	for i := range 5 {
		tree(m, s, vec{-kerbX - 0.75, 0.13, -12.5 - 15*float64(i)})
		tree(m, s, vec{kerbX + 0.75, 0.13, -20 - 15*float64(i)})
	}
	m.use(stIron)
	for i := range 8 { // wires of the tram
		z := -6 - 14*float64(i)
		sag := func(t float64) float64 { return 7.4 - 1.0*4*t*(1-t) }
		var across []vec
		for k := range 13 {
			t := float64(k) / 12
			across = append(across, vec{lerp(-houseX, houseX, t), sag(t), z})
		}
		m.strand(across, 0.012, 0.012)
	}
	m.strand([]vec{{-1.88, 6.35, 10}, {-1.88, 6.35, -160}}, 0.014, 0.014)

	w := newWorld(m, streetMaterials(light))
	w.lamps, w.bounces = lamps, 4
	w.sky = dusk
	w.haze, w.hazeLight = 0.0028, func(d vec) vec { return dusk(vec{d.x, 0.14, d.z}.unit()).scale(0.6) }
	return camera{at: vec{-0.35, 1.62, 3.2}, to: vec{-0.25, 1.98, -20}, fov: 47, focus: 14, aperture: 0.006}.film(w)
}

// dusk is red where the sun went down, at the end of the street.
func dusk(d vec) vec {
	up := max(d.y, 0)
	west := 0.5 - 0.5*d.z
	low := vec{1.0, 0.52, 0.26}.mix(vec{0.20, 0.21, 0.30}, 1-west*west)
	c := low.mix(vec{0.26, 0.36, 0.56}, smoothstep(0.03, 0.26, up)).mix(vec{0.045, 0.085, 0.22}, smoothstep(0.15, 0.75, up))
	p := vec{d.x / (up + 0.15) * 0.9, -d.z / (up + 0.15) * 0.35, 3}
	cloud := smoothstep(0.0, 0.45, fbm(p, 5))
	lit := vec{0.62, 0.30, 0.24}.mix(vec{0.10, 0.11, 0.19}, smoothstep(0.06, 0.5, up))
	return c.mix(lit, 0.7*cloud)
}

// lampPost adds one and returns its light.
func lampPost(m *mesh, p vec, light vec) lamp {
	top := p.add(vec{y: 4.1})
	m.use(stIron).strand([]vec{p, p.add(vec{y: 0.8}), p.add(vec{y: 0.82}), top}, 0.1, 0.035)
	m.strand([]vec{p, p.add(vec{y: 0.8})}, 0.11, 0.08)
	m.ellipsoid(top.add(vec{y: -0.02}), vec{0.12, 0.04, 0.12}, 16, 8)
	c := top.add(vec{y: 0.2})
	m.use(stGlobe).ellipsoid(c, grey(0.19), 24, 16)
	m.use(stIron).ellipsoid(c.add(vec{y: 0.2}), vec{0.09, 0.06, 0.09}, 16, 8)
	return lamp{p: c, r: 0.19, light: light}
}
