package scenes

import "math"

// cat is a tabby that sleeps with its head on its paws. One unit is half the
// width of its head.
type cat struct {
	head frame // x to its left, y up, z along the nose
	tail []vec
}

func newCat() *cat {
	up := vec{0.10, 1, 0.16}.unit()
	nose := vec{-0.30, -0.24, 1}
	z := nose.sub(up.scale(nose.dot(up))).unit()
	return &cat{
		head: frame{up.cross(z), up, z, vec{-0.55, 1.22, 1.25}},
		tail: []vec{{4.6, 0.5, 0.6}, {4.2, 0.36, 1.9}, {3.0, 0.32, 2.45}, {1.9, 0.3, 2.5}, {1.15, 0.28, 2.35}},
	}
}

// inHead returns p in the head's own frame.
func (c *cat) inHead(p vec) vec {
	d := p.sub(c.head.o)
	return vec{d.dot(c.head.x), d.dot(c.head.y), d.dot(c.head.z)}
}

func both(p vec) vec { return vec{math.Abs(p.x), p.y, p.z} }

// headAt is the field of the head, p in the head's frame.
func headAt(p vec) float64 {
	q := both(p)
	d := egg(q, vec{0, 0.08, -0.1}, vec{0.98, 0.84, 0.92})
	d = blend(d, egg(q, vec{0.5, -0.3, 0.3}, vec{0.48, 0.4, 0.46}), 0.3)
	d = blend(d, limb(q, vec{0, 0.42, 0.62}, vec{0, -0.1, 1.0}, 0.2, 0.15), 0.3)
	d = blend(d, egg(q, vec{0.2, -0.34, 0.84}, vec{0.27, 0.22, 0.26}), 0.12)
	d = blend(d, egg(q, vec{0, -0.55, 0.72}, vec{0.2, 0.15, 0.2}), 0.12)
	return blend(d, egg(q, vec{0.43, 0.08, 0.62}, vec{0.22, 0.17, 0.2}), 0.1)
}

// bodyAt is the field of all the rest.
func (c *cat) bodyAt(p vec) float64 {
	d := egg(p, vec{2.2, 1.35, -0.9}, vec{2.7, 1.35, 1.45})
	d = blend(d, egg(p, vec{0.35, 1.15, -0.15}, vec{1.3, 1.15, 1.2}), 0.7)
	d = blend(d, egg(p, vec{3.6, 1.0, 0.25}, vec{1.45, 1.05, 1.2}), 0.35)
	d = blend(d, limb(p, vec{-0.35, 0.75, 0.7}, c.head.o, 0.85, 0.75), 0.6)
	for _, paw := range c.paws() {
		d = blend(d, limb(p, paw[0], paw[1], 0.34, 0.27), 0.25)
		d = blend(d, egg(p, paw[1].add(vec{0, 0.02, 0.12}), vec{0.3, 0.24, 0.36}), 0.12)
	}
	for i := range len(c.tail) - 1 {
		d = blend(d, limb(p, c.tail[i], c.tail[i+1], 0.29, 0.28), 0.1)
	}
	return d
}

// paws are the front legs, from elbow to toes.
func (c *cat) paws() [2][2]vec {
	return [2][2]vec{
		{{0.1, 0.36, 0.9}, {-0.25, 0.25, 2.2}},
		{{-1.1, 0.36, 0.8}, {-1.15, 0.25, 2.15}},
	}
}

func (c *cat) at(p vec) float64 { return blend(headAt(c.inHead(p)), c.bodyAt(p), 0.3) }

// ear returns the point of an ear's shell; side is 1 for the cat's left.
func (c *cat) ear(side, u, v float64) vec {
	a := 2*u - 1
	wide := 0.40 * math.Pow(1-v, 0.75) * (1 + 0.25*math.Sin(math.Pi*v))
	// The shell curls forward at its edges.
	curl := 0.26 * (1 - v) * (1 - a*a)
	return c.head.at(vec{
		side * (0.60 + 0.16*v + wide*a*0.9),
		0.60 + 0.80*v - 0.13*a*(1-v),
		-0.02 - curl - 0.12*v + 0.05*a,
	})
}
