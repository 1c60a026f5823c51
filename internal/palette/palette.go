// Package palette chooses few colours for pictures of many, by median cut (P.
// Heckbert, "Color image quantization for frame buffer display", 1982).
package palette

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// Of returns at most n colours that serve all pictures: the heaviest box of pixels
// is halved at its median until there are n boxes.
func Of(n int, pictures ...image.Image) color.Palette {
	var all [][3]uint8
	for _, p := range pictures {
		all = append(all, pixels(p)...)
	}
	boxes := []box{newBox(all)}
	for len(boxes) < n {
		at := 0
		for i, b := range boxes {
			if b.weight > boxes[at].weight {
				at = i
			}
		}
		b := boxes[at]
		if b.weight == 0 {
			break
		}
		slices.SortFunc(b.px, func(p, q [3]uint8) int { return cmp.Compare(p[b.axis], q[b.axis]) })
		middle := len(b.px) / 2
		boxes[at] = newBox(b.px[:middle])
		boxes = append(boxes, newBox(b.px[middle:]))
	}
	colours := make(color.Palette, len(boxes))
	for i, b := range boxes {
		colours[i] = b.mean()
	}
	return colours
}

// pixels samples every pixel in nine, which is enough to choose colours.
func pixels(img image.Image) [][3]uint8 {
	var px [][3]uint8
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y += 3 {
		for x := r.Min.X; x < r.Max.X; x += 3 {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			px = append(px, [3]uint8{c.R, c.G, c.B})
		}
	}
	return px
}

// box is a set of pixels with the axis along which they differ most.
type box struct {
	px     [][3]uint8
	axis   int
	weight float64 // 0: one colour only
}

func newBox(px [][3]uint8) box {
	b := box{px: px}
	for axis := range 3 {
		lo, hi := px[0][axis], px[0][axis]
		for _, p := range px {
			lo, hi = min(lo, p[axis]), max(hi, p[axis])
		}
		// Not by the whole population: a plain ground would take all colours.
		if w := float64(hi-lo) * float64(min(len(px), 4096)); w > b.weight {
			b.axis, b.weight = axis, w
		}
	}
	return b
}

func (b box) mean() color.NRGBA {
	var sum [3]int
	for _, p := range b.px {
		for axis, v := range p {
			sum[axis] += int(v)
		}
	}
	n := len(b.px)
	return color.NRGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}
