package scenes

import "math"

// A lake among mountains on a clear morning. One unit is a kilometre; the view
// goes along -z.
var landscape = Scene{
	File: "landscape.jpg", Title: "Mountain lake", Width: 640, Height: 448, Bits: 5,
	look:  look{exposure: 0.92, bloom: 0.04, vignette: 0.3, grain: 0.007, warm: vec{1.03, 1, 0.96}},
	build: buildLandscape,
}

const (
	laLand = iota
	laWater
	laConifer
	laTrunk
	laStone
	laReed
)

// lakeside is the rough shape of the land: a valley of which the lake fills the
// bottom, walls on both sides, the main peak behind.
func lakeside(x, z float64) float64 {
	far := -z
	axis := 0.35*math.Sin(far*0.55+0.4) - 0.1
	off := x - axis
	floor := 0.62 + 0.16*far*smoothstep(0, 2, far) - 0.55*smoothstep(4.0, 6.2, far)
	if off < 0 {
		floor *= 0.82
	}
	wall := max(math.Abs(off)-floor, -0.4)
	bumps := fbm(vec{x * 0.9, z * 0.9, 3}, 4)
	rise := 0.62*math.Pow(max(wall, 0), 0.9) - 0.09*smoothstep(0.06, -0.25, wall) + 0.05*max(wall, 0)*bumps
	crest := 0.62*ridged(vec{x*0.52 + 4.2, z*0.52 + 1.7, 0.3}, 5) + 0.38*(0.5+0.8*fbm(vec{x * 0.8, z * 0.8, 6}, 5))
	h := rise * (0.35 + 1.35*crest)
	// The end of the valley and the great peak.
	end := smoothstep(4.6, 9.5, far)
	h += end * (0.25 + 0.9*crest)
	peak := math.Hypot(x-1.0, far-9.3)
	h += 1.25 * math.Exp(-peak*peak/1.6) * (0.6 + 0.6*ridged(vec{x * 0.9, z * 0.9, 7}, 5))
	peak = math.Hypot(x+2.6, far-8.2)
	h += 0.75 * math.Exp(-peak*peak/1.3) * (0.5 + 0.7*ridged(vec{x * 0.9, z * 0.9, 9}, 5))
	h = min(h, 1.15+0.62*max(h-1.15, 0)) // no needles
	return h + 0.012*fbm(vec{x * 6, z * 6, 1}, 4)*smoothstep(-0.1, 0.2, wall)
}

func buildLandscape() radiance {
	m := &mesh{}
	s := scatter(61)
	t := newTerrain(640, -7, -13.6, 14, lakeside)
	t.rain(s, 420000, t.size/float64(t.n))
	t.settle(12, 0.95*t.size/float64(t.n))
	height := func(x, z float64) float64 {
		h := t.at(x, z)
		return h + (0.010*fbm(vec{x * 14, z * 14, 2}, 4)+0.004*fbm(vec{x * 60, z * 60, 2}, 2))*smoothstep(0, 0.3, h)
	}
	m.use(laLand).grid(640, 480, func(u, v float64) vec {
		r := 0.5 * math.Pow(13.4/0.5, v)
		sn, cs := math.Sincos(lerp(-0.60, 0.60, u))
		x, z := r*sn, -r*cs
		return vec{x, height(x, z), z}
	})
	m.use(laWater).rect(vec{-9, 0, 1}, vec{18, 0, 0}, vec{0, 0, -9})
	planted := 0
	for planted < 60000 {
		z := -math.Sqrt(s.between(0.5, 26))
		x := z * s.between(-0.62, 0.62)
		h := height(x, z)
		if h < 0.002 || h > 0.75 || forest(vec{x, h, z}, height) < s.one() {
			planted++ // a try, at least: else a bald map would never end
			continue
		}
		planted++
		conifer(m, s, vec{x, h - 0.001, z}, s.between(0.013, 0.027))
	}
	foreground(m, s)

	w := newWorld(m, []material{
		laLand: mountain(height), laWater: lake, laConifer: needles, laTrunk: flat(surface{base: srgb(0x3d3026)}),
		laStone: lakeStone, laReed: foliage(srgb(0x7a7a3c), srgb(0xa89a58)),
	})
	w.sun, w.sunIrr, w.sunSize = vec{-0.78, 0.40, 0.30}.unit(), vec{6.2, 5.2, 3.9}, 0.005
	w.sky = chart(morning(w.sun))
	w.shade = func(p vec) float64 {
		q := p.add(w.sun.scale((2.4 - p.y) / w.sun.y))
		return 1 - 0.75*smoothstep(0.02, 0.3, fbm(vec{q.x * 0.5, q.z * 0.5, 12}, 4))
	}
	w.bounces = 2
	w.haze, w.hazeLight = 0.026, func(d vec) vec {
		toward := math.Pow(0.5+0.5*d.dot(w.sun), 3)
		return srgb(0x9fb8d6).scale(0.75).mix(vec{1.0, 0.86, 0.68}, 0.5*toward)
	}
	return camera{at: vec{0, 0.0042, 0.02}, to: vec{0.12, 0.36, -5}, fov: 34}.film(w)
}

// forest is how likely a tree grows at p.
func forest(p vec, height func(x, z float64) float64) float64 {
	const e = 0.02
	steep := math.Hypot(height(p.x+e, p.z)-height(p.x-e, p.z), height(p.x, p.z+e)-height(p.x, p.z-e)) / (2 * e)
	patch := fbm(vec{p.x * 1.8, p.z * 1.8, 5}, 4)
	return smoothstep(1.15, 0.7, steep) * smoothstep(0.72, 0.45, p.y+0.25*patch) * smoothstep(-0.25, 0.05, patch+0.1)
}

// conifer is a spruce as it looks from afar: tiers of boughs.
func conifer(m *mesh, s *sampler, p vec, tall float64) {
	m.use(laConifer)
	const tiers, sides = 4, 6
	for i := range tiers {
		a := float64(i) / tiers
		top := p.add(vec{y: tall * (1.02 - 0.78*a + 0.1*a)})
		low, r := tall*(0.70-0.62*a), tall*(0.07+0.15*a)
		turn := s.between(0, 6)
		if i == 0 {
			top = p.add(vec{y: tall})
		}
		var ring [sides]vec
		for k := range ring {
			sn, cs := math.Sincos(turn + 2*math.Pi*float64(k)/sides)
			q := r * s.between(0.65, 1.25)
			ring[k] = p.add(vec{q * cs, low - 0.02*tall*s.one(), q * sn})
		}
		for k := range ring {
			m.triangle(vertex{p: top}, vertex{p: ring[(k+1)%sides]}, vertex{p: ring[k]})
		}
	}
	m.body += int32(s.between(0, 9))
}

// foreground is the near shore: stones in the shallows and reeds.
func foreground(m *mesh, s *sampler) {
	const metre = 0.001
	for _, p := range []struct{ x, z, r float64 }{
		{-2.9, -9.2, 0.75}, {-1.9, -10.4, 0.42}, {-3.9, -11.5, 1.0}, {-2.4, -8.1, 0.3}, {-1.2, -9.0, 0.22}, {3.4, -13.5, 0.55},
		{4.3, -14.5, 0.8}, {2.7, -12.4, 0.25}, {-5.2, -13.5, 1.2}, {-0.8, -8.0, 0.15}, {-3.3, -7.4, 0.4}, {5.2, -13.2, 0.35},
	} {
		k := s.between(0, 50)
		m.use(laStone).grid(56, 40, func(u, v float64) vec {
			sn, cs := math.Sincos(-2 * math.Pi * u)
			sv, cv := math.Sincos(math.Pi * (v - 0.5))
			d := vec{cv * cs, sv, cv * sn}
			r := p.r * (1 + 0.35*fbm(d.scale(1.1).add(grey(k)), 3) + 0.05*fbm(d.scale(5).add(grey(k)), 2))
			return vec{p.x + 1.25*r*d.x, 0.62*r*d.y - 0.12*p.r, p.z + r*d.z}.scale(metre)
		})
	}
	m.use(laReed)
	for range 900 {
		x := s.between(-7.5, -2.6)
		if s.one() < 0.25 {
			x = s.between(3.6, 7)
		}
		z := -10 - 2.2*noise(vec{x, 1, 1}) + s.between(-2.5, 2.5)
		if noise(vec{x * 0.9, z * 0.9, 5}) < 0 {
			continue
		}
		tall := s.between(0.5, 1.25)
		along := vec{s.between(-0.25, 0.25), 1, s.between(-0.2, 0.2)}.unit()
		m.leaf(vec{x, -0.05, z}.scale(metre), along, vec{s.between(-0.6, 0.6), 0, 1}.unit(), tall*metre, 0.022*metre)
	}
}
