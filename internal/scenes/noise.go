package scenes

import "math"

// hash mixes the bits of x (the finaliser of SplitMix64).
func hash(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unitFloat maps the top bits of h to [0, 1).
func unitFloat(h uint64) float64 { return float64(h>>11) * (1.0 / (1 << 53)) }

func latticeHash(x, y, z int) uint64 {
	return hash(uint64(x)*0x8da6b343 ^ uint64(y)*0xd8163841<<16 ^ uint64(z)*0xcb1ab31f<<32)
}

// cell is a random number in [0, 1) of a lattice cell.
func cell(x, y, z int) float64 { return unitFloat(latticeHash(x, y, z)) }

// noise is value noise in [-1, 1] with cell size 1.
func noise(p vec) float64 {
	fx, fy, fz := math.Floor(p.x), math.Floor(p.y), math.Floor(p.z)
	x, y, z := int(fx), int(fy), int(fz)
	fade := func(t float64) float64 { return t * t * t * (t*(t*6-15) + 10) }
	u, v, w := fade(p.x-fx), fade(p.y-fy), fade(p.z-fz)
	row := func(y, z int) float64 { return lerp(cell(x, y, z), cell(x+1, y, z), u) }
	return 2*lerp(lerp(row(y, z), row(y+1, z), v), lerp(row(y, z+1), row(y+1, z+1), v), w) - 1
}

// fbm sums octaves of noise, each of half the size and half the height; the
// result keeps within about [-1, 1].
func fbm(p vec, octaves int) float64 {
	sum, amp, norm := 0.0, 1.0, 0.0
	for range octaves {
		sum += amp * noise(p)
		norm += amp
		amp /= 2
		// Turned and shifted, so that the octaves' lattices never line up.
		p = vec{1.6*p.x + 1.2*p.y + 17.3, -1.2*p.x + 1.6*p.y + 5.1, 2*p.z + 9.7}
	}
	return sum / norm
}

// ridged is fbm of sharp crests, in [0, 1].
func ridged(p vec, octaves int) float64 {
	sum, amp, norm, weight := 0.0, 1.0, 0.0, 1.0
	for range octaves {
		r := 1 - math.Abs(noise(p))
		r *= r * weight
		sum += amp * r
		norm += amp
		weight = clamp01(1.6 * r)
		amp /= 2
		p = vec{1.6*p.x + 1.2*p.y + 17.3, -1.2*p.x + 1.6*p.y + 5.1, 2*p.z + 9.7}
	}
	return sum / norm
}
