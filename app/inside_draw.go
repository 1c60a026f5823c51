package app

import (
	"fmt"
	"math"
	"slices"

	"unmask/session"
)

// image gives RGBA pixels an address.
func (i *inside) image(rgba []byte, width, height int) picture {
	return picture{i.object(bitmapFile(rgba, width, height), "image/bmp"), width, height}
}

// replace shows other pixels in the place of a picture.
func (i *inside) replace(p *picture, rgba []byte, width, height int) {
	i.empty(p)
	*p = i.image(rgba, width, height)
}

// empty leaves the place of a picture empty.
func (i *inside) empty(p *picture) {
	if p.url != "" {
		i.revoke(p.url)
	}
	*p = picture{}
}

// drawPhoto shows what the network sees, and what it makes of it where that is known.
func (i *inside) drawPhoto() {
	if key := fmt.Sprint(i.gotID, i.mask.Bits()); key != i.photoKey {
		i.photoKey = key
		i.replace(&i.photo, maskedPixels(i.pixels, i.mask), i.picture.Width, i.picture.Height)
	}
	switch {
	case len(i.composite) != 4*i.picture.Width*i.picture.Height:
		i.empty(&i.filled)
		i.filledOf = nil
	case i.filledOf != &i.composite[0]:
		i.filledOf = &i.composite[0]
		i.replace(&i.filled, i.composite, i.picture.Width, i.picture.Height)
	}
}

// atlasGap is the space between two channels, in pixels of the atlas.
const atlasGap = 2

// grid is how many channels stand side by side, how many pixels of the atlas a position
// has in either direction, and the steps from one channel to the next.
func (i *inside) grid() (across, zoom, stepX, stepY int) {
	c := i.channels
	zoom = max(1, 14/min(c.Rows, c.Cols)) // or the gaps would be as large as the maps
	stepX, stepY = zoom*c.Cols+atlasGap, zoom*c.Rows+atlasGap
	const aspect = 1.6
	across = int(math.Ceil(math.Sqrt(aspect * float64(c.Count*stepY) / float64(stepX))))
	return min(across, c.Count), zoom, stepX, stepY
}

// levelFrame is the colour of the frame around the chosen channel in the atlas.
const levelFrame = session.LevelMax + 1

// levelColours are the colours of a map's bytes.
var levelColours = func() (c [256][3]byte) {
	copy(c[:], heatTable(session.LevelMax+1))
	c[levelFrame] = [3]byte{0x2f, 0xc4, 0x9b}
	c[session.LevelHidden] = quietRGB
	return c
}()

// drawAtlas lays all maps out in their order. They stay the bytes that they are, so
// that half a million positions cost a copy.
func (i *inside) drawAtlas() {
	c := i.channels
	across, zoom, stepX, stepY := i.grid()
	down := (c.Count + across - 1) / across
	width, height := across*stepX+atlasGap, down*stepY+atlasGap
	i.atlasFile, i.atlas.width, i.atlas.height = indexedFile(levelColours, width, height), width, height
	for at, k := range i.order {
		left, top := at%across*stepX+atlasGap, at/across*stepY+atlasGap
		for row := range c.Rows {
			line := i.planes[(k*c.Rows+row)*c.Cols:][:c.Cols]
			for y := range zoom {
				out := i.atlasFile.line(top + row*zoom + y)[left:]
				if zoom == 1 {
					copy(out, line)
					continue
				}
				for x := range out[:c.Cols*zoom] {
					out[x] = line[x/zoom]
				}
			}
		}
	}
}

// frameChosen moves the frame of the atlas to the chosen channel.
func (i *inside) frameChosen() {
	across, _, stepX, stepY := i.grid()
	frame := func(at int, level byte) {
		left, top, width, height := at%across*stepX, at/across*stepY, stepX+atlasGap, stepY+atlasGap
		for y := range height {
			line := i.atlasFile.line(top + y)[left:][:width]
			for x := range line {
				if x < atlasGap || y < atlasGap || x >= width-atlasGap || y >= height-atlasGap {
					line[x] = level
				}
			}
		}
	}
	if i.framed >= 0 {
		frame(i.framed, 0)
	}
	i.framed = slices.Index(i.order, i.chosen)
	frame(i.framed, levelFrame)
	if i.atlas.url != "" {
		i.revoke(i.atlas.url)
	}
	i.atlas.url = i.object(i.atlasFile.bytes, "image/bmp")
}

// drawLarge lays the chosen channel over the photo in grey.
func (i *inside) drawLarge() {
	c, width, height := i.channels, i.picture.Width, i.picture.Height
	if len(i.pixels) != 4*width*height {
		return
	}
	plane := i.planes[i.chosen*c.Rows*c.Cols:][:c.Rows*c.Cols]
	out := make([]byte, len(i.pixels))
	for y := range height {
		for x := range width {
			p := 4 * (y*width + x)
			level := plane[y*c.Rows/height*c.Cols+x*c.Cols/width]
			colour := levelColours[level]
			if level != session.LevelHidden {
				grey := (2*int(i.pixels[p]) + 5*int(i.pixels[p+1]) + int(i.pixels[p+2])) / 8
				for k := range colour {
					colour[k] = byte((grey + 3*int(colour[k])) / 4)
				}
			}
			out[p], out[p+1], out[p+2], out[p+3] = colour[0], colour[1], colour[2], 255
		}
	}
	i.replace(&i.large, out, width, height)
}

// leakPixels paints a map of reach: visible positions light, what leaked in the
// colour of a warning, the rest dark.
func leakPixels(reached []byte) []byte {
	colours := map[byte][3]byte{
		session.ReachNone: {0x23, 0x2b, 0x2f}, session.ReachLeaked: {0xe8, 0x8b, 0x3a}, session.ReachVisible: {0xd8, 0xe4, 0xe0},
	}
	out := make([]byte, 4*len(reached))
	for p, r := range reached {
		c := colours[r]
		out[4*p], out[4*p+1], out[4*p+2], out[4*p+3] = c[0], c[1], c[2], 255
	}
	return out
}
