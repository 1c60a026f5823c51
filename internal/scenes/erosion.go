package scenes

import "math"

// terrain is a map of heights over a square, sampled smoothly.
type terrain struct {
	n      int
	h      []float64
	x0, z0 float64 // corner
	size   float64 // side
}

func newTerrain(n int, x0, z0, size float64, height func(x, z float64) float64) *terrain {
	t := &terrain{n, make([]float64, n*n), x0, z0, size}
	for j := range n {
		for i := range n {
			t.h[j*n+i] = height(x0+size*float64(i)/float64(n-1), z0+size*float64(j)/float64(n-1))
		}
	}
	return t
}

// spot returns the cell of a place in cells, and where in it the place is.
func (t *terrain) spot(u, v float64) (i, j int, fu, fv float64) {
	i = min(max(int(u), 0), t.n-2)
	j = min(max(int(v), 0), t.n-2)
	return i, j, clamp01(u - float64(i)), clamp01(v - float64(j))
}

// slope returns the height and its gradient by cells at a place in cells.
func (t *terrain) slope(u, v float64) (h, gu, gv float64) {
	i, j, fu, fv := t.spot(u, v)
	k := j*t.n + i
	a, b, c, d := t.h[k], t.h[k+1], t.h[k+t.n], t.h[k+t.n+1]
	return lerp(lerp(a, b, fu), lerp(c, d, fu), fv), lerp(b-a, d-c, fv), lerp(c-a, d-b, fu)
}

// at returns the height at a place: a cubic spline through the map.
func (t *terrain) at(x, z float64) float64 {
	u, v := (x-t.x0)/t.size*float64(t.n-1), (z-t.z0)/t.size*float64(t.n-1)
	i, j, fu, fv := t.spot(u, v)
	var rows [4]float64
	for k := range rows {
		y := min(max(j+k-1, 0), t.n-1)
		var p [4]float64
		for l := range p {
			p[l] = t.h[y*t.n+min(max(i+l-1, 0), t.n-1)]
		}
		rows[k] = cubic(p, fu)
	}
	return cubic(rows, fv)
}

// cubic is a uniform B-spline: smoother than the map, as scree is.
func cubic(p [4]float64, t float64) float64 {
	t2, t3 := t*t, t*t*t
	return (p[0]*(1-3*t+3*t2-t3) + p[1]*(4-6*t2+3*t3) + p[2]*(1+3*t+3*t2-3*t3) + p[3]*t3) / 6
}

// rain lets n drops run down: they carry soil from the steep to the flat and cut
// the valleys. drop is the length of a cell in the unit of the heights.
func (t *terrain) rain(s *sampler, n int, drop float64) {
	const inertia, capacity, minSlope, dissolve, settle, dry, steps = 0.12, 5.0, 0.02, 0.25, 0.25, 0.015, 70
	for range n {
		u, v := s.pair()
		u, v = u*float64(t.n-2), v*float64(t.n-2)
		du, dv, speed, water, load := 0.0, 0.0, 1.0, 1.0, 0.0
		h, gu, gv := t.slope(u, v)
		for range steps {
			du, dv = du*inertia-gu*(1-inertia), dv*inertia-gv*(1-inertia)
			l := math.Hypot(du, dv)
			if l == 0 {
				break
			}
			du, dv = du/l, dv/l
			nu, nv := u+du, v+dv
			if nu < 1 || nv < 1 || nu > float64(t.n-3) || nv > float64(t.n-3) {
				break
			}
			nh, ngu, ngv := t.slope(nu, nv)
			fall := (h - nh) / drop
			room := max(fall, minSlope) * speed * water * capacity * drop * 0.1
			switch {
			case fall < 0: // fills the pit behind it
				give := min(-fall*drop, load)
				t.put(u, v, give)
				load -= give
			case load > room:
				give := (load - room) * settle
				t.put(u, v, give)
				load -= give
			default:
				take := min((room-load)*dissolve, fall*drop)
				t.dig(u, v, take)
				load += take
			}
			speed = math.Sqrt(max(speed*speed+fall*2, 0.01))
			speed = min(speed, 4)
			water *= 1 - dry
			u, v = nu, nv
			h, gu, gv = nh, ngu, ngv
		}
	}
}

// settle lets scree slide until no cell lies more than steep above its
// neighbour, or rounds are over.
func (t *terrain) settle(rounds int, steep float64) {
	for range rounds {
		for k := t.n; k < len(t.h)-t.n; k++ {
			for _, o := range [4]int{k - 1, k + 1, k - t.n, k + t.n} {
				if over := t.h[k] - t.h[o] - steep; over > 0 {
					t.h[k] -= over / 4
					t.h[o] += over / 4
				}
			}
		}
	}
}

// put adds soil at a place.
func (t *terrain) put(u, v, amount float64) {
	i, j, fu, fv := t.spot(u, v)
	k := j*t.n + i
	t.h[k] += amount * (1 - fu) * (1 - fv)
	t.h[k+1] += amount * fu * (1 - fv)
	t.h[k+t.n] += amount * (1 - fu) * fv
	t.h[k+t.n+1] += amount * fu * fv
}

// dig takes soil from around a place, over a wider brush than put so that the
// beds keep from becoming slits.
func (t *terrain) dig(u, v, amount float64) {
	i, j, _, _ := t.spot(u, v)
	if i < 1 || j < 1 || i > t.n-3 || j > t.n-3 {
		return
	}
	for dj := -1; dj <= 1; dj++ {
		for di := -1; di <= 1; di++ {
			k := []float64{0.25, 0.125, 0.0625}[di*di+dj*dj]
			t.h[(j+dj)*t.n+i+di] -= amount * k
		}
	}
}
