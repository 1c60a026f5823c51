package scenes

import "math"

// The still life: fruit and pots on a table of planks, a window to the left.
// One unit is ten centimetres.
var stillLife = Scene{
	File: "stilllife.jpg", Title: "Fruit and pots", Width: 640, Height: 448, Bits: 6,
	look:  look{exposure: 2.4, bloom: 0.05, vignette: 0.45, grain: 0.008, warm: vec{1.03, 1, 0.94}},
	build: buildStillLife,
}

const (
	slWall = iota
	slWood
	slWindow
	slBar
	slJug
	slBowl
	slBottle
	slApple
	slPear
	slOrange
	slLemon
	slGrape
	slStem
	slCloth
)

func buildStillLife() radiance {
	m := &mesh{}
	m.use(slWall).rect(vec{-30, -12, -5}, vec{60, 0, 0}, vec{0, 40, 0})
	m.use(slWood).rect(vec{-11, 0, 3}, vec{22, 0, 0}, vec{0, 0, -8})
	m.rect(vec{-11, -0.9, 3.12}, vec{22, 0, 0}, vec{0, 0.78, 0})
	m.grid(4, 8, func(u, v float64) vec { // the rounded edge between the two
		s, k := math.Sincos(v * math.Pi / 2)
		return vec{-11 + 22*u, -0.12 + 0.12*s, 3 + 0.12*k}
	})
	window := lamp{p: vec{-10, 1.5, -3.5}, a: vec{0, 8, 0}, b: vec{0, 0, 8}, light: vec{5.2, 5.6, 6.2}}
	m.use(slWindow).rect(window.p, window.a, window.b)
	m.use(slBar)
	for i := range 4 {
		z := -3.7 + 2.75*float64(i)
		m.box(vec{-9.9, 1.3, z - 0.12}, vec{-9.5, 9.7, z + 0.12})
		y := 1.4 + 2.7*float64(i)
		m.box(vec{-9.9, y - 0.12, -3.7}, vec{-9.5, y + 0.12, 4.7})
	}
	pots(m)
	fruit(m)
	cloth(m)

	w := newWorld(m, []material{
		slWall: plaster, slWood: planks, slWindow: flat(surface{emit: window.light, lamp: true}),
		slBar: flat(surface{base: srgb(0x8c8478)}),
		slJug: stoneware, slBowl: celadon, slBottle: bottleGlass,
		slApple: appleSkin, slPear: pearSkin, slOrange: orangePeel, slLemon: lemonPeel, slGrape: grapeSkin,
		slStem: flat(surface{base: srgb(0x4a3620), mirror: grey(0.03), rough: 0.6}), slCloth: linen,
	})
	w.lamps, w.sharp = []lamp{window}, 0.45
	// The rest of the room, which we do not see.
	w.sky = func(d vec) vec { return srgb(0x9a8468).scale(0.16 + 0.10*d.z + 0.05*d.y) }
	return camera{at: vec{0.5, 4.3, 15}, to: vec{0.25, 1.35, 0}, fov: 24, focus: 14.7, aperture: 0.09}.film(w)
}

// flat is a material that is the same everywhere.
func flat(s surface) material { return func(*hit) surface { return s } }

func pots(m *mesh) {
	jug := upright(vec{-2.35, 0, -1.1}, 1, 0)
	m.use(slJug).lathe(jug, 96, 120, [][2]float64{
		{0, 0.02}, {0.72, 0}, {0.86, 0.06}, {1.08, 0.5}, {1.32, 1.15}, {1.36, 1.7}, {1.16, 2.3}, {0.78, 2.85},
		{0.62, 3.25}, {0.62, 3.6}, {0.74, 3.95}, {0.80, 4.04}, {0.76, 4.06}, {0.68, 3.95}, {0.55, 3.6}, {0.54, 3.2},
		{0.9, 2.4}, {1.1, 1.6}, {0.9, 0.5}, {0, 0.3},
	}, nil)
	m.tube(20, 40, func(t float64) vec {
		a := lerp(-1.25, 1.45, t)
		return jug.at(vec{-0.62 - 1.0*math.Cos(a)*(1-0.25*t), 2.55 + 1.12*math.Sin(a), 0.12})
	}, func(t float64) float64 { return 0.15 - 0.03*math.Sin(math.Pi*t) })

	m.use(slBowl).lathe(upright(vec{1.15, 0, -0.75}, 1.16, 0), 128, 120, [][2]float64{
		{0, 0.1}, {0.66, 0.1}, {0.7, 0}, {0.8, 0}, {0.82, 0.16}, {1.25, 0.38}, {1.7, 0.8}, {1.95, 1.28}, {2.02, 1.36},
		{1.99, 1.38}, {1.9, 1.3}, {1.6, 0.85}, {1.1, 0.45}, {0.5, 0.3}, {0, 0.28},
	}, nil)

	m.use(slBottle).lathe(upright(vec{3.75, 0, -2.3}, 1, 0), 80, 120, [][2]float64{
		{0, 0.02}, {0.62, 0}, {0.72, 0.1}, {0.74, 0.5}, {0.74, 2}, {0.74, 3.2}, {0.68, 3.75}, {0.42, 4.3}, {0.28, 4.7},
		{0.27, 5.3}, {0.27, 5.75}, {0.33, 5.8}, {0.34, 6}, {0.28, 6.04}, {0.2, 6}, {0.2, 5},
	}, nil)
}

var (
	appleProfile = [][2]float64{
		{0, 0.2}, {0.12, 0.14}, {0.34, 0.02}, {0.62, 0.12}, {0.86, 0.5}, {0.97, 0.98}, {0.92, 1.36}, {0.7, 1.68},
		{0.42, 1.76}, {0.2, 1.66}, {0.07, 1.5}, {0, 1.42},
	}
	pearProfile = [][2]float64{
		{0, 0.12}, {0.14, 0.06}, {0.4, 0.03}, {0.76, 0.3}, {0.93, 0.8}, {0.84, 1.32}, {0.58, 1.78}, {0.42, 2.2},
		{0.3, 2.5}, {0.13, 2.6}, {0.03, 2.54}, {0, 2.52},
	}
	orangeProfile = [][2]float64{
		{0, 0.03}, {0.3, 0.02}, {0.66, 0.22}, {0.92, 0.62}, {0.98, 1.0}, {0.9, 1.38}, {0.64, 1.72}, {0.3, 1.9},
		{0.1, 1.915}, {0.03, 1.88}, {0, 1.87},
	}
	lemonProfile = [][2]float64{
		{0, -1.42}, {0.09, -1.4}, {0.17, -1.25}, {0.42, -1.0}, {0.74, -0.5}, {0.84, 0}, {0.74, 0.5}, {0.42, 0.98},
		{0.2, 1.2}, {0.12, 1.36}, {0, 1.4},
	}
)

// fruit puts them into the bowl and around it.
func fruit(m *mesh) {
	lobes := func(n, seed float64) func(a, v float64) float64 {
		return func(a, v float64) float64 {
			s, k := math.Sincos(a)
			return 1 + 0.02*math.Cos(n*a+seed)*(1-0.6*v) + 0.045*fbm(vec{k, s, 1.3*v + seed}, 2)
		}
	}
	stem := func(f frame, y, long float64) {
		m.use(slStem).tube(10, 10, func(t float64) vec {
			return f.at(vec{0.16 * t * t, y + long*t, 0.1 * t * t})
		}, func(t float64) float64 { return f.y.len() * (0.035 + 0.03*t*t*t) })
	}
	apple := func(o vec, s, yaw float64, up vec) {
		f := leaning(o, s, yaw, up)
		m.use(slApple).lathe(f, 72, 72, appleProfile, lobes(5, yaw))
		stem(f, 1.45, 0.55)
	}
	orange := func(o vec, s, yaw float64, up vec) {
		m.use(slOrange).lathe(leaning(o, s, yaw, up), 72, 72, orangeProfile, lobes(0, yaw))
	}
	// In the bowl.
	orange(vec{0.42, 0.78, -0.25}, 0.8, 1, vec{-0.3, 1, 0.5})
	orange(vec{2.15, 0.84, -1.25}, 0.8, 2, vec{0.4, 1, -0.2})
	apple(vec{1.82, 0.75, 0.02}, 0.76, 3.5, vec{0.3, 1, 0.5})
	apple(vec{0.3, 0.86, -1.6}, 0.78, 1, vec{-0.4, 1, -0.1})
	orange(vec{1.12, 1.62, -0.8}, 0.8, 4, vec{0.1, 1, 0.6})
	// On the table.
	apple(vec{-1.05, -0.01, 1.25}, 0.74, 0.4, vec{0.12, 1, 0.16})
	pear := leaning(vec{3.35, -0.02, 0.35}, 0.82, 2, vec{-0.1, 1, 0.02})
	m.use(slPear).lathe(pear, 72, 90, pearProfile, lobes(3, 2))
	stem(pear, 2.5, 0.5)
	m.use(slLemon).lathe(leaning(vec{2.35, 0.58, 1.75}, 0.7, 0, vec{0.9, 0.06, 0.35}), 72, 72, lemonProfile, lobes(0, 5))
	m.use(slPear).lathe(leaning(vec{-4.05, 0.62, 0.65}, 0.72, 1, vec{0.75, 0.08, 0.62}), 72, 90, pearProfile, lobes(3, 8))
	grapes(m)
}

// grapes is a bunch that lies on the table: balls that keep clear of each other.
func grapes(m *mesh) {
	r := sampler{pixel: 4242, bits: 0}
	axis, side := vec{0.96, 0, 0.28}, vec{-0.28, 0, 0.96}
	from := vec{-0.45, 0, 2.35}
	var balls []vec
	for range 4000 {
		a, b := r.pair()
		c, _ := r.pair()
		wide := 0.72 * math.Sqrt(1-a) * (0.4 + 0.6*smoothstep(0, 0.25, a))
		size := 0.21
		p := from.add(axis.scale(2.2 * a)).add(side.scale(wide * (2*b - 1)))
		p.y = size + max(0, 1.2*wide-size)*c*math.Sqrt(max(0, 1-(2*b-1)*(2*b-1)))
		free := true
		for _, q := range balls {
			if d := q.sub(p); d.len() < 0.36 {
				free = false
				break
			}
		}
		if free {
			balls = append(balls, p)
		}
	}
	for i, p := range balls {
		size := 0.2 + 0.025*cell(i, 7, 1)
		m.use(slGrape).ellipsoid(p, vec{size, size * 1.05, size}, 28, 18)
	}
	m.use(slStem).tube(8, 16, func(t float64) vec {
		return from.add(axis.scale(0.3 - 1.0*t)).add(vec{0, 0.5 + 0.25*math.Sin(3*t), 0.1 * t})
	}, func(float64) float64 { return 0.035 })
}

// cloth lies under the bowl and hangs over the table's edge.
func cloth(m *mesh) {
	m.use(slCloth).grid(260, 220, func(u, v float64) vec {
		long := 5.4 * v // from behind the bowl to below the edge
		x := 0.1 + 4.3*u + 0.25*(1-v) + 0.08*math.Sin(3*v)
		fold := fbm(vec{x * 0.9, long * 0.45, 3}, 3)
		hang := smoothstep(3.1, 4.2, long)
		ripple := math.Sin(4.1*x+1.1*fold*3) * (0.015 + 0.16*hang)
		rise := 0.02 + 0.5*math.Pow(max(0, fold+0.12), 2)*smoothstep(0, 0.8, long)*(1-hang) + max(0, ripple)*(1-hang)
		z, y := -0.1+long, rise
		const edge = 3.1
		if over := z - edge; over > 0 {
			y = rise + 0.05 - over
			z = edge + 0.12 + ripple + 0.1*hang
			if over < 0.3 { // bends over the edge
				a := over / 0.3 * math.Pi / 2
				y = rise - 0.19*(1-math.Cos(a)) - 0.06*over
				z = edge + (0.12+ripple+0.1*hang)*math.Sin(a)
			}
		}
		return vec{x, y, z}
	})
}
