package animation

import (
	"image"
	"image/color"
)

// nearest finds the colour of a palette that is next to another; what it found it
// remembers for all colours that agree in the upper bits.
type nearest struct {
	palette color.Palette
	rgb     [][3]int
	found   []int16 // by 6 bits a channel; -1: not looked for yet
}

func newNearest(p color.Palette) *nearest {
	n := &nearest{palette: p, found: make([]int16, 1<<18)}
	for _, c := range p {
		v := color.NRGBAModel.Convert(c).(color.NRGBA)
		n.rgb = append(n.rgb, [3]int{int(v.R), int(v.G), int(v.B)})
	}
	for i := range n.found {
		n.found[i] = -1
	}
	return n
}

func (n *nearest) index(r, g, b int) uint8 {
	key := r>>2<<12 | g>>2<<6 | b>>2
	if f := n.found[key]; f >= 0 {
		return uint8(f)
	}
	best, least := 0, 1<<30
	for i, c := range n.rgb {
		if i == transparent {
			continue
		}
		dr, dg, db := r-c[0], g-c[1], b-c[2]
		if d := dr*dr + dg*dg + db*db; d < least {
			best, least = i, d
		}
	}
	n.found[key] = int16(best)
	return uint8(best)
}

// spread is the height of the dither's pattern, in levels of 255: about the distance
// of neighbouring colours in a palette of a photograph.
const spread = 16

// dither turns a frame into the palette's colours by an ordered pattern (B. Bayer,
// 1973). Unlike error diffusion it gives equal pixels of two frames equal colours,
// so that what stands still does not flicker and need not be stored again.
func (n *nearest) dither(f *image.NRGBA) *image.Paletted {
	r := f.Bounds()
	out := image.NewPaletted(image.Rect(0, 0, r.Dx(), r.Dy()), n.palette)
	for y := range r.Dy() {
		row := f.Pix[y*f.Stride:]
		for x := range r.Dx() {
			d := (2*bayer(x&7, y&7) - 63) * spread / 128
			p := row[4*x : 4*x+3]
			out.Pix[y*out.Stride+x] = n.index(level(int(p[0])+d), level(int(p[1])+d), level(int(p[2])+d))
		}
	}
	return out
}

func level(v int) int { return min(max(v, 0), 255) }

// bayer is the threshold 0..63 of the 8 x 8 pattern: the bits of x^y and y, from
// the lowest, interleaved from the highest.
func bayer(x, y int) int {
	v := 0
	for bit := range 3 {
		v |= (x^y)>>bit&1<<(5-2*bit) | y>>bit&1<<(4-2*bit)
	}
	return v
}
