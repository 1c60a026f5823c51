package desktop

import (
	"fmt"
	"image"
	"math"

	"unmask/internal/desktop/scene"
)

// drawFeatures shows every channel of the chosen layer.
func (a *App) drawFeatures() {
	f, c, t := &a.features, a.canvas, a.theme
	stage := a.stage()
	words := ""
	switch {
	case !a.studio.live():
		words = "Drop a photo to look inside the network."
	case a.studio.weights == nil:
		words = "There is no network yet: drop a weights file."
	case len(f.layers) == 0 && a.studio.mask.Count() == len(a.studio.mask.Hidden) && !f.whole:
		words = "Every patch is hidden: there is nothing to see."
	case len(f.layers) == 0:
		words = "Computing…"
	}
	r := a.statusLine(f.gotID < f.askedID)
	if words != "" {
		c.Box(stage, 12, t.Sunken, t.Line)
		c.Centre(stage, mediumWords, t.Muted, words)
		c.Text(r.X+42, r.Y+33, bodyFont, t.Ink, "Features are what each block of the network passes on.")
		return
	}
	l := f.layers[f.chosen]
	head := scene.Rect{X: stage.X, Y: stage.Y, W: stage.W, H: 30}
	c.Text(head.X, head.Y+16, headFont, t.Ink, l.title())
	c.Right(head.X+head.W, head.Y+16, smallFont, t.Muted, fmt.Sprintf("%d channels of %d × %d", l.c, l.w, l.h))
	place := scene.Rect{X: stage.X, Y: stage.Y + 30, W: stage.W, H: stage.H - 30}
	img := f.showGrid(place.W, place.H)
	g := fitted(place, img.Bounds().Size(), a.scale)
	c.Picture(scene.Picture{Rect: g, Image: img, Sharp: true})
	a.drawChannel(l, g, img, r)
}

// drawChannel outlines the map under the mouse and says what it is.
func (a *App) drawChannel(l layer, g scene.Rect, img *image.RGBA, r scene.Rect) {
	f, c, t := &a.features, a.canvas, a.theme
	size := img.Bounds().Size()
	unit := g.W / float64(size.X)
	words := fmt.Sprintf("Each square is one channel, from its least value, dark, to its greatest, bright. Cosine distance of channels %.2f.", f.distance)
	if a.over(g) {
		col := int((a.in.X - g.X) / unit / float64(l.w+gridGap))
		row := int((a.in.Y - g.Y) / unit / float64(l.h+gridGap))
		if k := row*f.gridOf.columns + col; k < l.c {
			b := scene.Rect{X: g.X + float64(col*(l.w+gridGap))*unit, Y: g.Y + float64(row*(l.h+gridGap))*unit, W: float64(l.w) * unit, H: float64(l.h) * unit}
			c.Outline(b.Inset(-2), 2, t.Accent)
			words = fmt.Sprintf("Channel %d of %d: %.3g to %.3g", k+1, l.c, l.lo[k], l.hi[k])
			if l.lo[k] > l.hi[k] {
				words = fmt.Sprintf("Channel %d of %d: zero everywhere", k+1, l.c)
			}
		}
	}
	lines := clip(bodyFont.Wrap(words, r.W-60), 2)
	y := r.Y + 33.0
	if len(lines) == 2 {
		y -= 10
	}
	for _, line := range lines {
		c.Text(r.X+42, y, bodyFont, t.Ink, line)
		y += bodyFont.Pitch()
	}
}

// fitted is the largest place in the middle of r for pixels that all become squares
// of one size; on a screen with scale pixels a unit, of whole pixels where that
// costs little of the place.
func fitted(r scene.Rect, size image.Point, scale float64) scene.Rect {
	k := min(r.W/float64(size.X), r.H/float64(size.Y)) * scale
	if whole := math.Floor(k); whole > 0.85*k {
		k = whole
	}
	w, h := float64(size.X)*k/scale, float64(size.Y)*k/scale
	return scene.Rect{X: math.Round((r.X+(r.W-w)/2)*scale) / scale, Y: math.Round((r.Y+(r.H-h)/2)*scale) / scale, W: w, H: h}
}

// drawLayers lists the layers; the wheel scrolls where they need more room.
func (a *App) drawLayers() {
	f, c, t, r := &a.features, a.canvas, a.theme, a.side()
	y := a.head(r, r.Y+4, "What is looked at")
	which := 0
	if f.whole {
		which = 1
	}
	a.choice(scene.Rect{X: r.X, Y: y, W: r.W, H: controlHeight}, []string{"Visible patches", "Whole picture"}, which, false, func(i int) {
		if (i == 1) != f.whole {
			a.toggleWhole()
		}
	})
	y = a.head(r, y+controlHeight+6, "Layer")
	const pitch = 30.0
	room := int((r.Y + r.H - margin - y) / pitch)
	last := max(len(f.layers)-room, 0)
	f.first = min(max(f.first, 0), last)
	if f.chosen < f.first {
		f.first = f.chosen
	} else if f.chosen >= f.first+room {
		f.first = f.chosen - room + 1
	}
	list := scene.Rect{X: r.X, Y: y, W: r.W, H: float64(room) * pitch}
	a.hits = append(a.hits, hit{Rect: list, wheel: func(steps float64) {
		if steps > 0 {
			f.first--
			f.chosen = min(f.chosen, max(f.first, 0)+room-1)
		} else {
			f.first++
			f.chosen = max(f.chosen, min(f.first, last))
		}
	}})
	for i := f.first; i < min(f.first+room, len(f.layers)); i++ {
		l := f.layers[i]
		b := scene.Rect{X: r.X, Y: y + float64(i-f.first)*pitch, W: r.W, H: pitch - 2}
		ink, quiet := t.Ink, t.Muted
		switch {
		case i == f.chosen:
			c.Fill(b, 7, t.Accent)
			ink, quiet = t.OnAccent, t.OnAccent
		case a.over(b):
			c.Fill(b, 7, t.Sunken)
		}
		c.Text(b.X+10, b.Y+19, bodyFont, ink, l.title())
		c.Right(b.X+b.W-10, b.Y+19, smallFont, quiet, fmt.Sprintf("%d × %d × %d", l.h, l.w, l.c))
		a.hits = append(a.hits, hit{Rect: b, press: func() { f.chosen = i }})
	}
}
