package app

// point is one of a curve; x is in epochs.
type point struct{ x, y float64 }

// maxPoints bounds a curve: beyond them two neighbours become their mean.
const maxPoints = 480

// curve is a long series in bounded memory.
type curve struct {
	points []point
	each   int // values in a point
	sum    float64
	n      int
}

// add puts a value behind the others.
func (c *curve) add(x, y float64) {
	c.each = max(1, c.each)
	c.sum += y
	if c.n++; c.n < c.each {
		return
	}
	c.points = append(c.points, point{x, c.sum / float64(c.n)})
	c.sum, c.n = 0, 0
	if len(c.points) > maxPoints {
		for i := range len(c.points) / 2 {
			a, b := c.points[2*i], c.points[2*i+1]
			c.points[i] = point{b.x, (a.y + b.y) / 2}
		}
		c.points = c.points[:len(c.points)/2]
		c.each *= 2
	}
}

// cut drops what lies at x and beyond.
func (c *curve) cut(x float64) {
	c.sum, c.n = 0, 0
	for len(c.points) > 0 && c.points[len(c.points)-1].x >= x {
		c.points = c.points[:len(c.points)-1]
	}
}

// smooth is the exponential mean that shows where noisy values go.
func (c *curve) smooth() []point {
	out := make([]point, len(c.points))
	// Of about a twentieth of what there is, so that short curves are not delayed.
	keep := 1 - 1/(1+float64(len(c.points))/20)
	mean := 0.0
	for i, p := range c.points {
		if i == 0 {
			mean = p.y
		}
		mean = keep*mean + (1-keep)*p.y
		out[i] = point{p.x, mean}
	}
	return out
}
