package scenes

import "math"

var plain = look{exposure: 1, bloom: 0.08, vignette: 0.35, grain: 0.012, warm: grey(1)}

var landscape = Scene{File: "landscape.jpg", Title: "Mountain lake", Width: 672, Height: 448, Bits: 3, look: plain, build: func() radiance {
	sky := func(x, y float64) vec {
		c := srgb(0xf3d3b0).mix(srgb(0x4f86c0), clamp01(0.15+y*1.1))
		p := vec{x / (0.25 + y), 1.6 / (0.25 + y), 0}
		return c.mix(srgb(0xfff2e6), 0.85*smoothstep(0.05, 0.6, fbm(p, 6)+0.1))
	}
	up := func(x, y float64) vec {
		c := sky(x, max(y, 0))
		for i := 5; i >= 0; i-- {
			d := float64(i)
			h := 0.08 + 0.09*d*ridged(vec{x*1.1 + 7.7*d, d, 0.5}, 8)
			if y < h {
				n := fbm(vec{x * 9, y * 14, d}, 5)
				rock := srgb(0x3c4a3a).mix(srgb(0xa8937c), clamp01(0.4+n+(y-0.1)))
				c = rock.mix(srgb(0xa9bcd2), 0.14*d)
			}
		}
		return c
	}
	return func(x, y float64, s *sampler) vec {
		y += 0.15
		if y > 0 {
			return up(x, y)
		}
		w := fbm(vec{x * 3 / (0.03 - y), 2 / (0.03 - y), 0}, 4)
		return up(x+0.02*w, -y+0.05*w*math.Sqrt(-y)).mul(srgb(0x9fb6c4)).mix(srgb(0x16323a), clamp01(-y*0.8))
	}
}}

// ball shades a sphere lit from the upper left and reports whether x, y lies on it.
func ball(x, y, cx, cy, r float64, skin vec) (vec, bool) {
	dx, dy := (x-cx)/r, (y-cy)/r
	d := dx*dx + dy*dy
	if d > 1 {
		return vec{}, false
	}
	n := vec{dx, dy, math.Sqrt(1 - d)}
	l := vec{-0.6, 0.6, 0.5}.unit()
	lit := 0.12 + 1.1*max(n.dot(l), 0)
	return skin.scale(lit).add(grey(0.6 * math.Pow(max(l.scale(-1).mirror(n).z, 0), 40))), true
}

var stillLife = Scene{File: "stilllife.jpg", Title: "Fruit and pots", Width: 672, Height: 448, Bits: 3, look: plain, build: func() radiance {
	return func(x, y float64, s *sampler) vec {
		for i, skin := range []int{0xb23a2a, 0xd98a2b, 0x8aa23c, 0x7a4a35, 0xc9b8a0} {
			r := []float64{0.26, 0.24, 0.25, 0.42, 0.34}[i]
			cx := []float64{-0.3, 0.25, 0.75, -0.85, 0.45}[i]
			cy := r - 0.62 + []float64{0, 0, 0.03, 0.15, 0.25}[i]
			if c, ok := ball(x, y, cx, cy, r, srgb(skin).scale(1+0.3*fbm(vec{x * 9, y * 9, float64(i)}, 4))); ok {
				return c
			}
		}
		if y < -0.3 {
			g := fbm(vec{x * 2, 40 * (y + 0.1*fbm(vec{x, y * 4, 0}, 3)), 3}, 5)
			return srgb(0x8a5a34).scale(0.7 + 0.5*g + 0.2*x*-1)
		}
		return srgb(0x8f8a80).scale(0.6 - 0.3*x + 0.1*fbm(vec{x * 3, y * 3, 1}, 5))
	}
}}

var facade = Scene{File: "facade.jpg", Title: "House front", Width: 512, Height: 512, Bits: 3, look: plain, build: func() radiance {
	return func(x, y float64, s *sampler) vec {
		u, v := fract(x*1.4+0.5)-0.5, fract(y*0.95+0.5)-0.5
		wall := srgb(0xd0a878).scale(0.75 + 0.2*fbm(vec{x * 6, y * 6, 0}, 6) - 0.15*x)
		switch {
		case math.Abs(u) < 0.2 && math.Abs(v) < 0.32:
			if math.Abs(u) > 0.17 || math.Abs(v) > 0.29 || math.Abs(u) < 0.012 || math.Abs(v-0.05) < 0.012 {
				return srgb(0xe8e4da).scale(0.9)
			}
			return srgb(0x2a3a48).mix(srgb(0x9db8cc), clamp01(0.3+0.6*y+0.5*fbm(vec{x * 2, y * 2, 4}, 4)))
		case u > 0.2 && u < 0.27 && math.Abs(v+0.03) < 0.34:
			return wall.scale(0.4)
		}
		return wall
	}
}}

var flowers = Scene{File: "flowers.jpg", Title: "Poppies", Width: 672, Height: 448, Bits: 3, look: plain, build: func() radiance {
	return func(x, y float64, s *sampler) vec {
		c := srgb(0x4c6a2c).mix(srgb(0xbcd0d8), smoothstep(0.2, 0.8, y)).scale(0.8 + 0.5*fbm(vec{x * 14, y * 3, 0}, 4))
		for i := range 90 {
			d := 1 - float64(i)/90
			cx, cy := (2*cell(i, 1, 9)-1)*1.6, 0.45*d-0.9*(1-d)+0.3*cell(i, 2, 9)
			r := 0.02 + 0.16*(1-d)*(1-d)
			blur := 0.02 + 0.5*math.Abs(d-0.3)
			dx, dy := x-cx, (y-cy)*1.3
			a := math.Atan2(dy, dx)
			e := math.Hypot(dx, dy) / (r * (1 + 0.12*math.Sin(4*a+float64(i))))
			red := srgb(0xc8281c).scale(0.5 + 0.7*smoothstep(0, 1, e))
			c = c.mix(red, 1-smoothstep(1-blur, 1+blur, e))
		}
		return c
	}
}}

var fur = Scene{File: "fur.jpg", Title: "Striped fur", Width: 512, Height: 512, Bits: 3, look: plain, build: func() radiance {
	return func(x, y float64, s *sampler) vec {
		a := 0.5*fbm(vec{x, y, 0}, 3) + 0.3
		u, v := x*math.Cos(a)+y*math.Sin(a), -x*math.Sin(a)+y*math.Cos(a)
		strand := fbm(vec{u * 6, v * 60, 1}, 4)
		stripe := smoothstep(-0.1, 0.15, math.Sin(7*u+3*fbm(vec{x * 1.5, y * 1.5, 7}, 3)+strand*0.6)-0.2)
		return srgb(0xc07a38).mix(srgb(0x1c140f), stripe).scale(0.7 + 0.8*strand + 0.35*y - 0.2*x)
	}
}}

var street = Scene{File: "street.jpg", Title: "Street at dusk", Width: 672, Height: 448, Bits: 3, look: plain, build: func() radiance {
	var up func(x, y float64) vec
	up = func(x, y float64) vec {
		c := srgb(0xe8a06a).mix(srgb(0x2a4068), clamp01(0.2+y))
		side := math.Abs(x)
		if y < 0.06+side*0.75 && side > 0.12 {
			z := 1 / side
			u, v := z*4, y*z*3
			c = srgb(0x2a2a34).scale(0.5)
			if fract(u) > 0.4 && fract(v) > 0.45 && cell(int(u), int(v), int(math.Copysign(3, x))) > 0.5 {
				c = srgb(0xffc070)
			}
		}
		for i := range 6 {
			z := 1 / (0.15 + 0.17*float64(i))
			for _, sx := range []float64{-0.75, 0.75} {
				d := math.Hypot(x-sx/z*1.4, y-0.5/z*1.4)
				c = c.add(srgb(0xffb060).scale(0.002 / (d*d*z + 0.0005)))
			}
		}
		return c
	}
	return func(x, y float64, s *sampler) vec {
		y += 0.2
		if y > 0 {
			return up(x, y)
		}
		w := fbm(vec{x / (0.02 - y) * 2, 4 / (0.02 - y), 0}, 4)
		return up(x+0.05*w, -y*1.1+0.1*w).scale(0.45).add(srgb(0x202630).scale(0.4))
	}
}}
