package scenes

import "math"

// camera is a thin lens.
type camera struct {
	at, to   vec
	fov      float64 // vertical angle of view, degrees
	focus    float64 // distance of what is sharp; 0 for that of to
	aperture float64 // radius of the lens
	shift    float64 // moves the picture up by this share of half its height, verticals staying parallel
}

// film returns the radiance on the camera's film.
func (c camera) film(w *world) radiance {
	forward := c.to.sub(c.at)
	focus := c.focus
	if focus == 0 {
		focus = forward.len()
	}
	forward = forward.unit()
	right := forward.cross(vec{0, 1, 0}).unit()
	up := right.cross(forward)
	size := math.Tan(c.fov * math.Pi / 360)
	return func(x, y float64, s *sampler) vec {
		d := forward.add(right.scale(x * size)).add(up.scale((y + c.shift) * size))
		r := ray{c.at, d.unit()}
		if c.aperture > 0 {
			a, b := s.disk()
			off := right.scale(a * c.aperture).add(up.scale(b * c.aperture))
			r = ray{c.at.add(off), d.scale(focus).sub(off).unit()}
		}
		return w.trace(r, s)
	}
}
