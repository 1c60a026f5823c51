package scenes

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// film is a picture of linear radiance, row by row.
type film struct {
	w, h int
	px   []vec
}

// radiance answers what light arrives at a point of the picture: x to the right
// in [-w/h, w/h], y upwards in [-1, 1].
type radiance func(x, y float64, s *sampler) vec

// expose averages 1<<bits samples for each pixel, on all cores, and cleans the
// picture. The result does not depend on how many cores there are.
func expose(w, h, bits int, seed uint64, at radiance) *film {
	halves := [2]*film{{w, h, make([]vec, w*h)}, {w, h, make([]vec, w*h)}}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for y := int(next.Add(1)) - 1; y < h; y = int(next.Add(1)) - 1 {
				for k, f := range halves {
					for x := range w {
						f.px[y*w+x] = f.pixel(x, y, bits-1, seed+uint64(k), at)
					}
				}
			}
		})
	}
	wg.Wait()
	return cleaned(halves[0], halves[1])
}

// brightest bounds a single sample, relative to middle grey at 0.18: rare light
// paths would else leave white dots.
const brightest = 24

func (f *film) pixel(x, y, bits int, seed uint64, at radiance) vec {
	n := 1 << bits
	var sum vec
	for i := range n {
		s := sampler{pixel: hash(seed ^ hash(uint64(y)<<32|uint64(x))), i: uint64(i), bits: bits}
		u, v := s.pair()
		// A tent of two pixels' width keeps edges free of stairs.
		c := at((2*(float64(x)+0.5+tent(u))-float64(f.w))/float64(f.h), 1-2*(float64(y)+0.5+tent(v))/float64(f.h), &s)
		if m := c.max(); m > brightest {
			c = c.scale(brightest / m)
		}
		sum = sum.add(c)
	}
	return sum.scale(1 / float64(n))
}

// tent maps a uniform number to the tent distribution on [-1, 1], narrowed to
// what a sharp lens shows.
func tent(u float64) float64 {
	const width = 0.8
	if u < 0.5 {
		return width * (math.Sqrt(2*u) - 1)
	}
	return width * (1 - math.Sqrt(2-2*u))
}

// look is how a film is developed.
type look struct {
	exposure float64
	bloom    float64 // share of light that strays in the lens
	vignette float64 // loss of light in the corners
	grain    float64 // standard deviation of the grain, of 1
	warm     vec     // colour balance, a factor by channel
}

// develop makes the picture that a camera would store.
func (f *film) develop(l look, seed uint64) *image.RGBA {
	stray := f.glow()
	img := image.NewRGBA(image.Rect(0, 0, f.w, f.h))
	for y := range f.h {
		for x := range f.w {
			i := y*f.w + x
			c := f.px[i].mix(stray[i], l.bloom)
			dx, dy := 2*float64(x)/float64(f.w)-1, 2*float64(y)/float64(f.h)-1
			r2 := (dx*dx + dy*dy) / 2
			c = c.mul(l.warm).scale(l.exposure * (1 - l.vignette*r2*r2))
			// Grain of about one pixel, less of it in highlights.
			g := l.grain * (cell(x, y, int(seed)) + cell(x, y, int(seed)+1) + cell(x, y, int(seed)+2) - 1.5) * 2
			channel := func(v float64) uint8 {
				v = tone(v)
				return uint8(255*clamp01(v+g*(1-0.7*v)) + 0.5)
			}
			img.SetRGBA(x, y, color.RGBA{channel(c.x), channel(c.y), channel(c.z), 255})
		}
	}
	return img
}

// tone maps linear light to a display value in [0, 1) along a film's S-curve:
// soft shoulder, gentle toe, middle grey 0.18 to about 0.46.
func tone(v float64) float64 {
	v = max(v, 0)
	v = v * (v*2.2 + 0.05) / (v*(v*2.05+0.62) + 0.11)
	v = min(v, 1)
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// glow blurs the film widely: the mean of two blurs of very different width.
func (f *film) glow() []vec {
	narrow := f.blur(f.px, max(f.h/90, 1))
	wide := f.blur(narrow, max(f.h/14, 1))
	for i := range wide {
		wide[i] = wide[i].mix(narrow[i], 0.5)
	}
	return wide
}

// blur is three box blurs of radius r, which is close to a Gaussian.
func (f *film) blur(px []vec, r int) []vec {
	for range 3 {
		px = box(px, f.w, f.h, r)
		px = box(px, f.h, f.w, r)
	}
	return px
}

// box blurs the rows of a picture, its edges repeated, and transposes it.
func box(px []vec, w, h, r int) []vec {
	out := make([]vec, len(px))
	for y := range h {
		row := px[y*w : (y+1)*w]
		var sum vec
		for x := -r; x <= r; x++ {
			sum = sum.add(row[min(max(x, 0), w-1)])
		}
		for x := range w {
			out[x*h+y] = sum.scale(1 / float64(2*r+1))
			sum = sum.add(row[min(x+r+1, w-1)]).sub(row[max(x-r, 0)])
		}
	}
	return out
}
