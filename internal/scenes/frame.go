package scenes

import "math"

// frame places things: it turns, scales and moves points.
type frame struct{ x, y, z, o vec }

// upright is a frame about o, scaled by s and turned by the angle yaw about the
// vertical.
func upright(o vec, s, yaw float64) frame {
	sn, cs := math.Sincos(yaw)
	return frame{vec{s * cs, 0, -s * sn}, vec{0, s, 0}, vec{s * sn, 0, s * cs}, o}
}

// leaning turns the frame so that its vertical points to up.
func leaning(o vec, s, yaw float64, up vec) frame {
	up = up.unit()
	x, z := basis(up)
	sn, cs := math.Sincos(yaw)
	return frame{x.scale(s * cs).add(z.scale(s * sn)), up.scale(s), x.cross(up).scale(s * cs).add(z.cross(up).scale(s * sn)), o}
}

func (f frame) dir(p vec) vec { return f.x.scale(p.x).add(f.y.scale(p.y)).add(f.z.scale(p.z)) }
func (f frame) at(p vec) vec  { return f.o.add(f.dir(p)) }

// lathe turns a profile of (radius, height) about the frame's vertical; a
// smooth curve runs through its points. lobes, if given, scales the radius by
// angle and height.
func (m *mesh) lathe(f frame, around, along int, profile [][2]float64, lobes func(angle, v float64) float64) {
	m.grid(around, along, func(u, v float64) vec {
		r, y := spline(profile, v)
		angle := -2 * math.Pi * u
		if lobes != nil {
			r *= lobes(angle, v)
		}
		s, k := math.Sincos(angle)
		return f.at(vec{r * k, y, r * s})
	})
}

// spline is a Catmull-Rom curve through the points, over t in [0, 1].
func spline(p [][2]float64, t float64) (float64, float64) {
	n := len(p) - 1
	x := min(max(t, 0), 1) * float64(n)
	i := min(int(x), n-1)
	x -= float64(i)
	at := func(i int) [2]float64 { return p[min(max(i, 0), n)] }
	curve := func(k int) float64 {
		a, b, c, d := at(i - 1)[k], at(i)[k], at(i + 1)[k], at(i + 2)[k]
		return b + 0.5*x*(c-a+x*(2*a-5*b+4*c-d+x*(3*(b-c)+d-a)))
	}
	return curve(0), curve(1)
}
