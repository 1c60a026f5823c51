package scenes

import (
	"math"
	"testing"
)

// ground is a wide floor of one material, traced with many samples along d.
func ground(f surface, d vec, change func(*world)) vec {
	m := &mesh{}
	m.rect(vec{-1e3, 0, 1e3}, vec{x: 2e3}, vec{z: -2e3})
	w := newWorld(m, []material{flat(f)})
	if change != nil {
		change(w)
	}
	const bits = 14
	var sum vec
	for i := range uint64(1) << bits {
		s := sampler{pixel: 5, i: i, bits: bits}
		sum = sum.add(w.trace(ray{d.unit().scale(-2), d.unit()}, &s))
	}
	return sum.scale(1.0 / (1 << bits))
}

func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s: got %v, want %v within %v of it", what, got, want, share)
	}
}

// TestFurnace: under a sky of 1, a matte floor sends out its albedo at any
// angle, a mirror all of it but what the masking of facets, an approximation,
// loses at a glance; and nothing sends out more than it gets.
func TestFurnace(t *testing.T) {
	white := func(w *world) { w.sky = func(vec) vec { return grey(1) } }
	for _, d := range []vec{{0, -1, 0}, {1, -1, 0}, {1, -0.05, 0}} {
		near(t, "matte", ground(surface{base: grey(0.5)}, d, white).y, 0.5, 1e-9)
		near(t, "clear mirror upon black", ground(surface{mirror: grey(1), rough: 0.05}, d, white).y, 1, 0.05)
		if got := ground(surface{base: grey(1), mirror: grey(0.05), rough: 0.4}, d, white).y; got > 1.001 || got < 0.4 {
			t.Errorf("glossy white along %v sends out %v of what it gets", d, got)
		}
	}
}

// TestLamps: what is aimed at a lamp agrees with the irradiance in books, and
// with what the paths find that meet it by chance.
func TestLamps(t *testing.T) {
	down := vec{0.3, -1, 0}
	floor := surface{base: grey(0.5)}
	got := ground(floor, down, func(w *world) {
		w.lamps = []lamp{{p: vec{0, 4, 0}, r: 0.01, light: grey(1000)}}
	})
	near(t, "ball", got.y, 0.5*1000*0.01*0.01/16, 0.01)
	got = ground(floor, down, func(w *world) { w.sun, w.sunIrr = vec{0, 1, 1}.unit(), grey(3) })
	near(t, "sun", got.y, 0.5/math.Pi*3*math.Sqrt2/2, 0.01)

	rect := lamp{p: vec{-2, 2, -2}, a: vec{x: 4}, b: vec{z: 4}, light: grey(1)}
	for _, f := range []surface{floor, {base: grey(0.3), mirror: grey(0.3), rough: 0.5}} {
		aimed := ground(f, down, func(w *world) { w.lamps = []lamp{rect} })
		met := ground(f, down, func(w *world) {
			w.sky = func(d vec) vec { // the rectangle seen from the origin
				if x, z := d.x/d.y, d.z/d.y; d.y > 0 && max(math.Abs(x), math.Abs(z)) < 1 {
					return grey(1)
				}
				return vec{}
			}
		})
		near(t, "rectangle", aimed.y, met.y, 0.02)
	}
}

// TestBVH: the tree finds what a look at every prim finds.
func TestBVH(t *testing.T) {
	s := scatter(3)
	m := &mesh{}
	for range 400 {
		p := s.ball()
		m.triangle(vertex{p: p}, vertex{p: p.add(s.ball().scale(0.2))}, vertex{p: p.add(s.ball().scale(0.2))})
		m.strand([]vec{p, p.add(s.ball().scale(0.3)), s.ball()}, 0.02, 0.001)
	}
	m.box(vec{-0.1, -0.1, -0.1}, vec{0.1, 0.1, 0.1}) // flat boxes, shared edges
	tree := newBVH(m.prims)
	hits := 0
	for i := range 3000 {
		r := ray{s.ball().scale(2), s.ball().unit()}
		if i%10 == 0 {
			r.d = vec{x: 1} // parallel to sides
		}
		want := contact{t: math.Inf(1), prim: -1}
		for k := range m.prims {
			if m.prims[k].meet(r, &want) {
				want.prim = int32(k)
			}
		}
		got := tree.meet(r, math.Inf(1), false)
		if got.t != want.t {
			t.Fatalf("ray %v: met at %v, want %v", r, got.t, want.t)
		}
		if any := tree.meet(r, math.Inf(1), true).prim >= 0; any != (want.prim >= 0) {
			t.Fatalf("ray %v: any contact %v, want %v", r, any, !any)
		}
		if want.prim >= 0 {
			hits++
		}
	}
	if hits < 200 || hits > 2800 {
		t.Errorf("%d of 3000 rays hit: too few or too many for a test", hits)
	}
}

// TestCleaned: noise goes, an edge stays.
func TestCleaned(t *testing.T) {
	const w, h = 48, 32
	clean := func(x, y float64) float64 {
		if x < 0 {
			return 0.1
		}
		return 0.6
	}
	noisy := func(x, y float64, s *sampler) vec { return grey(clean(x, y) * s.between(0, 2)) }
	mistake := func(f *film) float64 {
		sum := 0.0
		for i, c := range f.px {
			if x := i % w; x != w/2 && x != w/2-1 { // those the edge runs through
				want := clean(float64(x-w/2)+0.5, 0)
				sum += math.Abs(c.y-want) / want
			}
		}
		return sum / float64(len(f.px))
	}
	raw := &film{w, h, make([]vec, w*h)}
	for i := range raw.px {
		raw.px[i] = raw.pixel(i%w, i/w, 4, 1, noisy)
	}
	if before, after := mistake(raw), mistake(expose(w, h, 4, 1, noisy)); after > before/2 {
		t.Errorf("the noise is %.3f with cleaning, %.3f without: want less than half", after, before)
	}
}
