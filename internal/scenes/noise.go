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

// cell is a random number in [0, 1) of a lattice cell.
func cell(x, y, z int) float64 {
	return latticeMix(uint64(x)*latticeX ^ uint64(y)*latticeY ^ uint64(z)*latticeZ)
}

// Odd numbers without a pattern in their bits.
const (
	latticeX = 0xd6e8feb86659fd93
	latticeY = 0xa0761d6478bd642f
	latticeZ = 0xe7037ed1a0b428db
)

func latticeMix(h uint64) float64 {
	h = (h ^ h>>32) * 0x9fb21c651e98df25
	return float64((h^h>>29)>>11&(1<<40-1)) * (1.0 / (1 << 40))
}

// noise is value noise in [-1, 1] with cell size 1.
func noise(p vec) float64 {
	fx, fy, fz := math.Floor(p.x), math.Floor(p.y), math.Floor(p.z)
	x, y, z := int(fx), int(fy), int(fz)
	u, v, w := fade(p.x-fx), fade(p.y-fy), fade(p.z-fz)
	x0, y0, z0 := uint64(x)*latticeX, uint64(y)*latticeY, uint64(z)*latticeZ
	x1, y1, z1 := x0+latticeX, y0+latticeY, z0+latticeZ
	a := lerp(latticeMix(x0^y0^z0), latticeMix(x1^y0^z0), u)
	b := lerp(latticeMix(x0^y1^z0), latticeMix(x1^y1^z0), u)
	c := lerp(latticeMix(x0^y0^z1), latticeMix(x1^y0^z1), u)
	d := lerp(latticeMix(x0^y1^z1), latticeMix(x1^y1^z1), u)
	return 2*lerp(lerp(a, b, v), lerp(c, d, v), w) - 1
}

// fade is 0 and 1 at 0 and 1, with slopes of 0.
func fade(t float64) float64 { return t * t * t * (t*(t*6-15) + 10) }

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

// cells returns the distances from (x, y) to the nearest and the second nearest
// of random points, one in each cell of size 1, and a number of the nearest's.
func cells(x, y float64, seed int) (d1, d2, id float64) {
	d1, d2 = 9, 9
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	for j := iy - 1; j <= iy+1; j++ {
		for i := ix - 1; i <= ix+1; i++ {
			px, py := float64(i)+0.1+0.8*cell(i, j, seed), float64(j)+0.1+0.8*cell(i, j, seed+1)
			d := math.Hypot(x-px, y-py)
			if d < d1 {
				d1, d2, id = d, d1, cell(i, j, seed+2)
			} else if d < d2 {
				d2 = d
			}
		}
	}
	return d1, d2, id
}
