package scenes

// building is a house of a town: a shop below, flats above, its front in the
// plane z = 0 between x = 0 and x = wide, facing +z.
func building(s *sampler, wide float64) *mesh {
	m := &mesh{}
	floors := 3 + int(s.one()*2.99)
	const ground, storey = 4.2, 3.3
	tall := ground + storey*float64(floors) + 0.5
	var windows, shops []hole
	axes := int(wide / 2.3)
	for i := range axes {
		mid := (float64(i) + 0.5) * wide / float64(axes)
		for f := range floors {
			y := ground + storey*float64(f) + 0.75
			windows = append(windows, hole{mid - 0.55, y, mid + 0.55, y + 1.9})
		}
	}
	bays := max(int(wide/3.6), 2)
	for i := range bays {
		a, b := float64(i)*wide/float64(bays), float64(i+1)*wide/float64(bays)
		shops = append(shops, hole{a + 0.3, 0.55, b - 0.3, 3.35})
	}
	m.use(stWall).wall(0, 0, wide, tall, 0, 0.25, append(append([]hole{}, windows...), shops...))
	m.rect(vec{0, 0, 0}, vec{y: tall}, vec{z: -12}) // the gables
	m.rect(vec{wide, 0, 0}, vec{z: -12}, vec{y: tall})
	m.use(stTrim)
	m.box(vec{0, ground - 0.35, 0}, vec{wide, ground - 0.1, 0.14})
	m.box(vec{0, tall - 0.35, 0}, vec{wide, tall, 0.45})
	m.box(vec{0, tall - 0.6, 0}, vec{wide, tall - 0.35, 0.22})
	m.use(stDark).rect(vec{0, tall, 0.1}, vec{x: wide}, vec{0, 2.6, -3}) // the roof
	for _, h := range windows {
		m.use(stTrim)
		m.box(vec{h.x0 - 0.14, h.y0 - 0.1, 0}, vec{h.x1 + 0.14, h.y0, 0.12})
		m.box(vec{h.x0 - 0.12, h.y1, 0}, vec{h.x1 + 0.12, h.y1 + 0.16, 0.07})
		m.casement(stFrame, stPane, h, -0.12, 1, 2)
		lit := s.one() < 0.46
		if lit {
			m.use(stLit)
		} else {
			m.use(stDark)
		}
		m.rect(vec{h.x0 - 0.2, h.y0 - 0.2, -0.45}, vec{x: h.x1 - h.x0 + 0.4}, vec{y: h.y1 - h.y0 + 0.4})
	}
	open := s.one() < 0.9
	for _, h := range shops {
		m.use(stFrame)
		m.box(vec{h.x0, h.y0, -0.14}, vec{h.x1, h.y0 + 0.09, -0.06})
		m.box(vec{h.x0, h.y1 - 0.55, -0.14}, vec{h.x1, h.y1 - 0.48, -0.06})
		n := 2
		for i := range n + 1 {
			x := lerp(h.x0, h.x1-0.07, float64(i)/float64(n))
			m.box(vec{x, h.y0, -0.14}, vec{x + 0.07, h.y1, -0.06})
		}
		m.use(stPane)
		m.pane = true
		m.rect(vec{h.x0, h.y0, -0.1}, vec{x: h.x1 - h.x0}, vec{y: h.y1 - h.y0})
		m.pane = false
		if open {
			m.use(stShop)
		} else {
			m.use(stDark)
		}
		d, w, t := vec{z: -0.8}, vec{x: h.x1 - h.x0}, vec{y: h.y1 - h.y0}
		m.rect(vec{h.x0, h.y0, -0.9}, w, t)
		m.use(stTrim)
		m.rect(vec{h.x0, h.y0, -0.1}, w, d)
		m.rect(vec{h.x0, h.y1, -0.1}, d, w)
		m.rect(vec{h.x0, h.y0, -0.1}, d, t)
		m.rect(vec{h.x1, h.y0, -0.1}, t, d)
		if open { // what is shown stands dark before the light
			m.use(stDark)
			for range 5 {
				x, y := s.between(h.x0+0.2, h.x1-0.4), h.y0
				m.box(vec{x, y, -0.6}, vec{x + s.between(0.1, 0.4), y + s.between(0.25, 1.3), -0.4})
			}
		}
	}
	if s.one() < 0.6 {
		m.use(stAwning)
		for _, h := range shops {
			m.rect(vec{h.x0 - 0.1, 3.45, 0}, vec{0, -0.45, 1.1}, vec{x: h.x1 - h.x0 + 0.2})
			m.rect(vec{h.x0 - 0.1, 2.8, 1.1}, vec{x: h.x1 - h.x0 + 0.2}, vec{y: 0.2})
		}
	}
	return m
}
