package scenes

import "math"

// vec is a point, a direction or a linear RGB colour.
type vec struct{ x, y, z float64 }

func grey(v float64) vec { return vec{v, v, v} }

func (a vec) add(b vec) vec            { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec            { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(b vec) vec            { return vec{a.x * b.x, a.y * b.y, a.z * b.z} }
func (a vec) scale(s float64) vec      { return vec{a.x * s, a.y * s, a.z * s} }
func (a vec) dot(b vec) float64        { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) len() float64             { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec                { return a.scale(1 / a.len()) }
func (a vec) mix(b vec, t float64) vec { return a.add(b.sub(a).scale(t)) }
func (a vec) max() float64             { return max(a.x, a.y, a.z) }
func (a vec) cross(b vec) vec {
	return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

// mirror reflects direction a at a surface with unit normal n.
func (a vec) mirror(n vec) vec { return a.sub(n.scale(2 * a.dot(n))) }

// luminance is that of Rec. 709 primaries.
func (a vec) luminance() float64 { return 0.2126*a.x + 0.7152*a.y + 0.0722*a.z }

// srgb is the linear colour of an sRGB one, written 0xRRGGBB.
func srgb(hex int) vec {
	return vec{linear[hex>>16&255], linear[hex>>8&255], linear[hex&255]}
}

var linear = func() (t [256]float64) {
	for i := range t {
		v := float64(i) / 255
		if v <= 0.04045 {
			t[i] = v / 12.92
		} else {
			t[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return t
}()

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

func clamp01(v float64) float64 { return min(max(v, 0), 1) }

// smoothstep rises from 0 at a to 1 at b.
func smoothstep(a, b, v float64) float64 {
	t := clamp01((v - a) / (b - a))
	return t * t * (3 - 2*t)
}

func fract(v float64) float64 { return v - math.Floor(v) }
