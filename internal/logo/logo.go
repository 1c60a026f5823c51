// Package logo draws the mark of Unmask, for pages and for windows.
package logo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
)

// The logo is a square of 4 x 4 patches: the bright ones are seen, the dim ones
// are filled in. One drawing serves the SVG and the PNG icons.
const (
	logoSide   = 96.0 // units
	logoRound  = 22.0
	patchSide  = 15.0
	patchStep  = 18.0
	patchRound = 3.5
	patchStart = (logoSide - 3*patchStep - patchSide) / 2
)

// seen are the bright patches of the logo.
var seen = [4][4]bool{
	{true, false, false, true},
	{false, true, false, false},
	{false, false, true, true},
	{true, false, false, false},
}

var (
	// Seen is the colour of the patches that are seen.
	Seen = color.NRGBA{0x7b, 0xe6, 0xc4, 0xff}

	logoGround = color.NRGBA{0x0b, 0x3b, 0x33, 0xff}
	dimColour  = color.NRGBA{0x1c, 0x5a, 0x4e, 0xff}
)

func patchColour(row, col int) color.NRGBA {
	if seen[row][col] {
		return Seen
	}
	return dimColour
}

// SVG is the logo as a file.
func SVG() []byte {
	var b bytes.Buffer
	rect := func(x, y, side, round float64, c color.NRGBA) {
		fmt.Fprintf(&b, `<rect x="%g" y="%g" width="%g" height="%g" rx="%g" fill="#%02x%02x%02x"/>`,
			x, y, side, side, round, c.R, c.G, c.B)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g">`, logoSide, logoSide)
	rect(0, 0, logoSide, logoRound, logoGround)
	for row := range 4 {
		for col := range 4 {
			rect(patchStart+float64(col)*patchStep, patchStart+float64(row)*patchStep, patchSide, patchRound, patchColour(row, col))
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// Draw is the logo with side pixels.
func Draw(side int) *image.NRGBA { return render(side, logoSide, logoAt) }

// Maskable is the logo for systems that cut icons to a form of their own: its ground
// goes to the edges, and the patches keep within the circle of 0.4 sides that every
// form leaves (W3C, Web Application Manifest, "maskable").
func Maskable(side int) *image.NRGBA {
	const extent = 124.0 // units: the patches reach 34.5 * sqrt(2) = 48.8 from the middle
	const margin = (extent - logoSide) / 2
	return render(side, extent, func(u, v float64) (color.NRGBA, bool) {
		if c, ok := logoAt(u-margin, v-margin); ok {
			return c, true
		}
		return logoGround, true
	})
}

// render draws a square of extent x extent units with 16 samples for each pixel.
func render(side int, extent float64, at func(u, v float64) (c color.NRGBA, ok bool)) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	const grid = 4
	for y := range side {
		for x := range side {
			var r, g, b, a float64
			for s := range grid * grid {
				u := (float64(x) + (float64(s%grid)+0.5)/grid) * extent / float64(side)
				v := (float64(y) + (float64(s/grid)+0.5)/grid) * extent / float64(side)
				if c, ok := at(u, v); ok {
					r, g, b, a = r+float64(c.R), g+float64(c.G), b+float64(c.B), a+1
				}
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{
					uint8(math.Round(r / a)), uint8(math.Round(g / a)), uint8(math.Round(b / a)),
					uint8(math.Round(255 * a / (grid * grid))),
				})
			}
		}
	}
	return img
}

// logoAt is the colour at a point of the logo; ok is false outside of it.
func logoAt(u, v float64) (c color.NRGBA, ok bool) {
	if !inRound(u, v, logoSide, logoRound) {
		return c, false
	}
	row, col := math.Floor((v-patchStart)/patchStep), math.Floor((u-patchStart)/patchStep)
	if row < 0 || row > 3 || col < 0 || col > 3 {
		return logoGround, true
	}
	if inRound(u-patchStart-col*patchStep, v-patchStart-row*patchStep, patchSide, patchRound) {
		return patchColour(int(row), int(col)), true
	}
	return logoGround, true
}

// inRound tells whether a point lies in a square at the origin with round corners.
func inRound(u, v, side, round float64) bool {
	dx := math.Max(math.Max(round-u, u-(side-round)), 0)
	dy := math.Max(math.Max(round-v, v-(side-round)), 0)
	return u >= 0 && v >= 0 && u <= side && v <= side && dx*dx+dy*dy <= round*round
}
