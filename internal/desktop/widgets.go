package desktop

import (
	"image/color"

	"unmask/internal/desktop/scene"
)

// controlHeight is that of a button or a slider.
const controlHeight = 34.0

// button draws a button and makes it answer. on marks it as chosen, dim as without
// use just now.
func (a *App) button(r scene.Rect, words string, on, dim bool, do func()) {
	t, c := a.theme, a.canvas
	ground, line, ink := t.Surface, t.Edge, t.Ink
	switch {
	case dim:
		line, ink = t.Line, mix(t.Muted, t.Surface, 0.45)
	case on:
		ground, line, ink = t.Accent, t.Accent, t.OnAccent
	case a.over(r):
		ground, line = t.Sunken, t.Accent
	}
	c.Box(r, 8, ground, line)
	c.Centre(r.Inset(4), bodyFont, ink, words)
	if !dim {
		a.hits = append(a.hits, hit{Rect: r, press: do})
	}
}

// choice draws buttons side by side of which one is chosen.
func (a *App) choice(r scene.Rect, words []string, chosen int, dim bool, do func(i int)) {
	t, c := a.theme, a.canvas
	c.Box(r, 8, t.Sunken, t.Line)
	w := r.W / float64(len(words))
	for i, text := range words {
		cell := scene.Rect{X: r.X + float64(i)*w, Y: r.Y, W: w, H: r.H}
		ink := t.Muted
		if i == chosen {
			c.Box(cell.Inset(3), 6, t.Surface, t.Edge)
			ink = t.Ink
		} else if a.over(cell) && !dim {
			ink = t.Ink
		}
		f := bodyFont
		f.Bold = i == chosen
		c.Centre(cell.Inset(4), f, ink, text)
		if !dim {
			a.hits = append(a.hits, hit{Rect: cell, press: func() { do(i) }})
		}
	}
}

// slider draws a value from 0 to 1 that a drag sets.
func (a *App) slider(r scene.Rect, value float64, dim bool, do func(v float64)) {
	t, c := a.theme, a.canvas
	const knob = 18.0
	y := r.Y + r.H/2
	k := t.Accent
	if dim {
		k = t.Edge
	}
	c.Fill(scene.Rect{X: r.X, Y: y - 3, W: r.W, H: 6}, 3, t.Line)
	x := r.X + knob/2 + value*(r.W-knob)
	c.Fill(scene.Rect{X: r.X, Y: y - 3, W: x - r.X, H: 6}, 3, k)
	c.Fill(scene.Rect{X: x - knob/2, Y: y - knob/2, W: knob, H: knob}, knob/2, k)
	c.Fill(scene.Rect{X: x - knob/2 + 4, Y: y - knob/2 + 4, W: knob - 8, H: knob - 8}, knob/2-4, t.Surface)
	if !dim {
		a.hits = append(a.hits, hit{Rect: r, drag: func(px, _ float64) {
			do(min(max((px-r.X-knob/2)/(r.W-knob), 0), 1))
		}})
	}
}

// progress draws a bar that is full at 1.
func (a *App) progress(r scene.Rect, share float64) {
	t, c := a.theme, a.canvas
	c.Fill(r, r.H/2, t.Line)
	if w := r.W * min(max(share, 0), 1); w >= r.H {
		c.Fill(scene.Rect{X: r.X, Y: r.Y, W: w, H: r.H}, r.H/2, t.Accent)
	}
}

// card draws the ground that a group of things stands on.
func (a *App) card(r scene.Rect) { a.canvas.Box(r, 12, a.theme.Surface, a.theme.Line) }

// mix is a colour between two: a at 1, b at 0.
func mix(a, b color.NRGBA, share float64) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x)*share + float64(y)*(1-share) + 0.5) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 255}
}
