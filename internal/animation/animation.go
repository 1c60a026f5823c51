// Package animation writes small animated GIF files of photographs: one palette for
// all frames, and of each frame only what differs from the last.
package animation

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"

	"unmask/internal/palette"
)

// MostFrames and MostPixels of all frames bound what an encoder holds in memory.
const (
	MostFrames = 64
	MostPixels = 32 << 20
)

// transparent is the palette's index for "as in the frame before".
const transparent = 0

// GIF writes frames of one size, each shown for its delay in milliseconds, in an
// endless loop.
func GIF(frames []*image.NRGBA, delays []int) ([]byte, error) {
	switch n := len(frames); {
	case n == 0 || n > MostFrames:
		return nil, fmt.Errorf("animation: %d frames: want 1 to %d", n, MostFrames)
	case len(delays) != n:
		return nil, fmt.Errorf("animation: %d delays for %d frames", len(delays), n)
	}
	size := frames[0].Bounds()
	if size.Empty() || size.Dx() > 1<<16-1 || size.Dy() > 1<<16-1 || size.Dx()*size.Dy() > MostPixels/len(frames) {
		return nil, fmt.Errorf("animation: %d frames of %d x %d pixels are more than a file may hold", len(frames), size.Dx(), size.Dy())
	}
	pictures := make([]image.Image, len(frames))
	for i, f := range frames {
		if f.Bounds() != size {
			return nil, fmt.Errorf("animation: frame %d is %v, the first %v", i, f.Bounds(), size)
		}
		pictures[i] = f
	}
	colours := append(color.Palette{color.NRGBA{}}, palette.Of(255, pictures...)...)
	near := newNearest(colours)
	out := &gif.GIF{Config: image.Config{ColorModel: colours, Width: size.Dx(), Height: size.Dy()}}
	var last *image.Paletted
	for i, f := range frames {
		next := near.dither(f)
		out.Image = append(out.Image, changes(last, next))
		out.Delay = append(out.Delay, max(2, (delays[i]+5)/10))
		out.Disposal = append(out.Disposal, gif.DisposalNone)
		last = next
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, out)
	return b.Bytes(), err
}

// changes is the smallest part of next that holds what differs from last, with
// equal pixels transparent, which compress to almost nothing.
func changes(last, next *image.Paletted) *image.Paletted {
	if last == nil {
		return next
	}
	width := next.Rect.Dx()
	var box image.Rectangle
	for i, v := range next.Pix {
		if v != last.Pix[i] {
			x, y := i%width, i/width
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	if box.Empty() {
		box = image.Rect(0, 0, 1, 1) // a frame has a pixel at least
	}
	out := image.NewPaletted(box, next.Palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if i := y*width + x; next.Pix[i] != last.Pix[i] {
				out.SetColorIndex(x, y, next.Pix[i])
			} else {
				out.SetColorIndex(x, y, transparent)
			}
		}
	}
	return out
}
