package scenes

import "math"

// hole is an opening in a wall: x and y of its lower left and upper right.
type hole struct{ x0, y0, x1, y1 float64 }

// wall adds a wall in the plane z between (x0, y0) and (x1, y1), facing +z,
// with holes that are deep units deep.
func (m *mesh) wall(x0, y0, x1, y1, z, deep float64, holes []hole) {
	xs, ys := []float64{x0, x1}, []float64{y0, y1}
	for _, h := range holes {
		xs, ys = append(xs, h.x0, h.x1), append(ys, h.y0, h.y1)
	}
	xs, ys = ordered(xs), ordered(ys)
	inside := func(x, y float64) bool {
		for _, h := range holes {
			if x > h.x0 && x < h.x1 && y > h.y0 && y < h.y1 {
				return true
			}
		}
		return false
	}
	for j := range len(ys) - 1 {
		for i := range len(xs) - 1 {
			if !inside((xs[i]+xs[i+1])/2, (ys[j]+ys[j+1])/2) {
				m.rect(vec{xs[i], ys[j], z}, vec{x: xs[i+1] - xs[i]}, vec{y: ys[j+1] - ys[j]})
			}
		}
	}
	for _, h := range holes {
		w, t, d := vec{x: h.x1 - h.x0}, vec{y: h.y1 - h.y0}, vec{z: -deep}
		m.rect(vec{h.x0, h.y0, z}, w, d)
		m.rect(vec{h.x0, h.y1, z}, d, w)
		m.rect(vec{h.x0, h.y0, z}, d, t)
		m.rect(vec{h.x1, h.y0, z}, t, d)
	}
}

// casement adds a window of two sashes into a hole, z being the plane of its
// frame's front: panes with nx columns and ny rows in each sash.
func (m *mesh) casement(frame, pane int, h hole, z float64, nx, ny int) {
	const bar, deep = 0.05, 0.045
	m.use(frame)
	m.box(vec{h.x0, h.y0, z - deep}, vec{h.x1, h.y0 + 1.4*bar, z})
	m.box(vec{h.x0, h.y1 - bar, z - deep}, vec{h.x1, h.y1, z})
	m.box(vec{h.x0, h.y0, z - deep}, vec{h.x0 + bar, h.y1, z})
	m.box(vec{h.x1 - bar, h.y0, z - deep}, vec{h.x1, h.y1, z})
	mid := (h.x0 + h.x1) / 2
	m.box(vec{mid - bar, h.y0, z - deep}, vec{mid + bar, h.y1, z + 0.01})
	for k, x0 := range []float64{h.x0 + bar, mid + bar} {
		x1 := []float64{mid - bar, h.x1 - bar}[k]
		for i := 1; i < nx; i++ {
			x := lerp(x0, x1, float64(i)/float64(nx))
			m.box(vec{x - 0.012, h.y0, z - 0.03}, vec{x + 0.012, h.y1, z - 0.005})
		}
		for j := 1; j < ny; j++ {
			y := lerp(h.y0, h.y1, float64(j)/float64(ny))
			m.box(vec{x0, y - 0.012, z - 0.03}, vec{x1, y + 0.012, z - 0.005})
		}
		// Every pane of old glass leans a little its own way.
		for j := range ny {
			for i := range nx {
				a, b := lerp(x0, x1, float64(i)/float64(nx)), lerp(x0, x1, float64(i+1)/float64(nx))
				c, d := lerp(h.y0, h.y1, float64(j)/float64(ny)), lerp(h.y0, h.y1, float64(j+1)/float64(ny))
				m.use(pane)
				t := func(n int) float64 { return 0.006 * (cell(int(m.body), n, 77) - 0.5) }
				m.pane = true
				m.quad(vertex{p: vec{a, c, z - 0.02 + t(1)}}, vertex{p: vec{b, c, z - 0.02 + t(2)}},
					vertex{p: vec{b, d, z - 0.02 + t(3)}}, vertex{p: vec{a, d, z - 0.02 + t(1) + t(3) - t(2)}})
				m.pane = false
			}
		}
	}
}

// shutter adds a louvred shutter that hangs at hinge and opens by the angle
// whose cosine and sine are given; wide is negative if it opens to the left.
func (m *mesh) shutter(mat int, hinge vec, wide, tall, cos, sin float64) {
	along, out := vec{wide * cos, 0, 0}.add(vec{z: math.Abs(wide) * sin}), vec{-sin, 0, cos}
	if wide > 0 {
		out.x = -sin
	} else {
		out.x = sin
	}
	slab := func(u0, u1, y0, y1, thick, tilt float64) {
		p := hinge.add(along.scale(u0)).add(vec{y: y0})
		a, b := along.scale(u1-u0), vec{0, y1 - y0, 0}.add(out.scale(tilt))
		if wide < 0 {
			p, a = p.add(a), a.scale(-1)
		}
		t := out.scale(thick)
		m.rect(p.add(t), a, b)
		m.rect(p, b, a)
		m.rect(p, t, b)
		m.rect(p.add(a), b, t)
		m.rect(p.add(b), t, a)
		m.rect(p, a, t)
	}
	m.use(mat)
	const stile, thick = 0.13, 0.035
	slab(0, stile, 0, tall, thick, 0)
	slab(1-stile, 1, 0, tall, thick, 0)
	slab(stile, 1-stile, 0, 0.09, thick, 0)
	slab(stile, 1-stile, tall-0.08, tall, thick, 0)
	slab(stile, 1-stile, tall/2-0.035, tall/2+0.035, thick, 0)
	n := int(tall / 0.052)
	for i := range n {
		y := 0.09 + (tall-0.19)*float64(i)/float64(n)
		slab(stile, 1-stile, y, y+0.045, 0.008, -0.028)
	}
}
