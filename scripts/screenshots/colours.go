package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
)

// fewerColours writes a PNG anew with so many colours at most, found by median cut (P.
// Heckbert, "Color image quantization for frame buffer display", 1982) and
// dithered (Floyd and Steinberg, 1976): about a third of the bytes.
func fewerColours(b []byte, colours int) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewPaletted(img.Bounds(), palette(img, colours))
	draw.FloydSteinberg.Draw(out, out.Bounds(), img, img.Bounds().Min)
	var buf bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&buf, out)
	return buf.Bytes(), err
}

// palette returns at most n colours: the heaviest box of pixels is halved at its
// median until there are n boxes.
func palette(img image.Image, n int) color.Palette {
	boxes := []box{newBox(pixels(img))}
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
