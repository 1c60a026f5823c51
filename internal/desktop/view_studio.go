package desktop

import (
	"fmt"
	"image"
	"path/filepath"

	"unmask/data"
	"unmask/internal/desktop/scene"
	"unmask/session"
)

// drawStudio shows the pictures and what there is to say about them.
func (a *App) drawStudio() {
	s := &a.studio
	places := a.panels()
	if s.sliding {
		a.drawSlider(places[0])
	} else {
		a.drawPanel(places[0], s.pixels, "Original", "left hides, right shows")
		a.drawPanel(places[1], s.masked, "Masked", "what the network sees")
		a.drawPanel(places[2], s.reconstruction, "Reconstruction", "what it fills in")
		a.drawPanel(places[3], s.composite, "Composite", "both together")
		a.drawOverlay(places[0])
		if !s.live() {
			a.drawEmpty(places[0])
		}
	}
	r := a.statusLine(s.busy())
	a.drawMeasures(r)
}

// drawPanel shows one picture with its caption; without one, an empty frame.
func (a *App) drawPanel(r scene.Rect, img *image.RGBA, title, hint string) {
	c, t := a.canvas, a.theme
	c.Text(r.X, r.Y-10, strongFont, t.Ink, title)
	w := strongFont.Width(title)
	c.Text(r.X+w+10, r.Y-10, smallFont, t.Muted, smallFont.Fit(hint, r.W-w-10))
	if img == nil {
		c.Box(r, 4, t.Sunken, t.Line)
		return
	}
	c.Picture(scene.Picture{Rect: r, Image: img})
}

func (a *App) drawEmpty(r scene.Rect) {
	c, t := a.canvas, a.theme
	words := "Drop a photo here"
	if a.studio.gotID < a.studio.pictureID {
		words = "Opening…"
	}
	c.Centre(r, mediumWords, t.Muted, words)
}

// drawOverlay marks which patches are hidden, the grid, and the brush.
func (a *App) drawOverlay(r scene.Rect) {
	s, c, t := &a.studio, a.canvas, a.theme
	if !s.live() {
		return
	}
	w, h := r.W/float64(s.mask.Cols), r.H/float64(s.mask.Rows)
	for i, hidden := range s.mask.Hidden {
		if hidden {
			c.Fill(scene.Rect{X: r.X + float64(i%s.mask.Cols)*w, Y: r.Y + float64(i/s.mask.Cols)*h, W: w, H: h}, 0, t.Shade)
		}
	}
	line := 1 / a.scale
	for col := 1; col < s.mask.Cols; col++ {
		c.Fill(scene.Rect{X: r.X + float64(col)*w, Y: r.Y, W: line, H: r.H}, 0, t.Grid)
	}
	for row := 1; row < s.mask.Rows; row++ {
		c.Fill(scene.Rect{X: r.X, Y: r.Y + float64(row)*h, W: r.W, H: line}, 0, t.Grid)
	}
	if s.over {
		b := a.brushBox(r)
		c.Outline(b, 3, t.CursorShadow)
		c.Outline(b.Inset(1), 1.5, t.CursorLight)
	}
}

// drawSlider shows the original to the left of a line and the composite to its
// right; a drag moves the line.
func (a *App) drawSlider(r scene.Rect) {
	s, c, t := &a.studio, a.canvas, a.theme
	c.Text(r.X, r.Y-10, strongFont, t.Ink, "Original")
	right := "Composite"
	c.Right(r.X+r.W, r.Y-10, strongFont, t.Ink, right)
	if s.pixels == nil {
		c.Box(r, 4, t.Sunken, t.Line)
		a.drawEmpty(r)
		return
	}
	x := r.X + s.split*r.W
	c.Picture(scene.Picture{Rect: r, Image: s.pixels, Clip: scene.Rect{X: r.X, Y: r.Y, W: x - r.X, H: r.H}})
	filled := s.composite
	if filled == nil {
		filled = s.masked
	}
	c.Picture(scene.Picture{Rect: r, Image: filled, Clip: scene.Rect{X: x, Y: r.Y, W: r.X + r.W - x, H: r.H}})
	c.Fill(scene.Rect{X: x - 2, Y: r.Y, W: 4, H: r.H}, 0, t.CursorShadow)
	c.Fill(scene.Rect{X: x - 1, Y: r.Y, W: 2, H: r.H}, 0, t.CursorLight)
	y := r.Y + r.H/2
	c.Fill(scene.Rect{X: x - 17, Y: y - 17, W: 34, H: 34}, 17, t.CursorShadow)
	c.Fill(scene.Rect{X: x - 15, Y: y - 15, W: 30, H: 30}, 15, t.CursorLight)
	for _, d := range []float64{-5, 0, 5} {
		c.Fill(scene.Rect{X: x + d - 1, Y: y - 6, W: 2, H: 12}, 1, t.CursorShadow)
	}
	a.hits = append(a.hits, hit{Rect: r, drag: func(px, _ float64) { s.split = min(max((px-r.X)/r.W, 0), 1) }})
}

// drawMeasures says what goes on, how good the picture is and how long it took.
func (a *App) drawMeasures(r scene.Rect) {
	s, c, t := &a.studio, a.canvas, a.theme
	psnr, ssim, ms := "–", "–", "–"
	if m := s.result; m != nil {
		psnr, ssim = session.Decibels(m.PSNR), fmt.Sprintf("%.3f", m.SSIM)
		ms = fmt.Sprintf("%.0f ms", m.MS["total"])
	}
	x := r.X + r.W - 16
	for _, m := range []struct{ name, value string }{{"TIME", ms}, {"SSIM", ssim}, {"PSNR", psnr}} {
		c.Right(x, r.Y+22, scene.Font{Size: 11}, t.Muted, m.name)
		c.Right(x, r.Y+44, numberFont, t.Ink, m.value)
		x -= 88
	}
	words := a.status()
	room := x - r.X - 44
	if s.live() && bodyFont.Width(words) <= room {
		c.Text(r.X+42, r.Y+24, bodyFont, t.Ink, words)
		c.Text(r.X+42, r.Y+43, smallFont, t.Muted, smallFont.Fit(s.coverage(), room))
		return
	}
	if s.result != nil {
		words = s.coverage() // shorter, and in a small window more telling
	}
	c.Text(r.X+42, r.Y+33, bodyFont, t.Ink, bodyFont.Fit(words, room))
}

// drawStudioControls chooses picture, mask, brush, view and network.
func (a *App) drawStudioControls() {
	s, c, t, r := &a.studio, a.canvas, a.theme, a.side()
	dim := !s.live()
	row := func(y float64) scene.Rect { return scene.Rect{X: r.X, Y: y, W: r.W, H: controlHeight} }
	half := (r.W - 8) / 2

	y := a.head(r, r.Y+4, "Picture")
	name := "Drop a photo or a folder on the window."
	if s.path != "" {
		name = fmt.Sprintf("%s, %d × %d", filepath.Base(s.path), s.picture.Width, s.picture.Height)
	}
	c.Text(r.X, y+10, smallFont, t.Muted, smallFont.FitMiddle(name, r.W))
	y += 20
	if n := len(s.files); n > 1 {
		a.button(scene.Rect{X: r.X, Y: y, W: 64, H: 30}, "‹ Prev", false, false, func() { a.browse(-1) })
		a.button(scene.Rect{X: r.X + r.W - 64, Y: y, W: 64, H: 30}, "Next ›", false, false, func() { a.browse(1) })
		c.Centre(scene.Rect{X: r.X + 64, Y: y, W: r.W - 128, H: 30}, smallFont, t.Muted, fmt.Sprintf("%d of %d", s.at+1, n))
		y += 34
	}

	y = a.head(r, y, "Random mask")
	c.Right(r.X+r.W, y-12, bodyFont, t.Muted, fmt.Sprintf("%.0f %% hidden", 100*s.ratio))
	a.slider(scene.Rect{X: r.X, Y: y - 4, W: r.W, H: 28}, s.ratio/maxRatio, dim, func(v float64) {
		if v *= maxRatio; int(v*20+0.5) != int(s.ratio*20+0.5) {
			a.setRatio(v)
		}
	})
	y += 30
	c.Text(r.X, y+22, bodyFont, t.Ink, "Seed")
	a.button(scene.Rect{X: r.X + 42, Y: y, W: 30, H: controlHeight}, "−", false, dim || s.seed == 0, func() { a.setSeed(s.seed - 1) })
	c.Centre(scene.Rect{X: r.X + 72, Y: y, W: 66, H: controlHeight}, strongFont, t.Ink, fmt.Sprint(s.seed))
	a.button(scene.Rect{X: r.X + 138, Y: y, W: 30, H: controlHeight}, "+", false, dim, func() { a.setSeed(s.seed + 1) })
	a.button(scene.Rect{X: r.X + 176, Y: y, W: r.W - 176, H: controlHeight}, "Another", false, dim, a.anotherMask)
	y += controlHeight + 4

	y = a.head(r, y, "Paint")
	c.Right(r.X+r.W, y-12, smallFont, t.Muted, "the wheel changes the brush")
	sizes := make([]string, maxBrush)
	for i := range sizes {
		sizes[i] = fmt.Sprintf("%d×%d", i+1, i+1)
	}
	a.choice(row(y), sizes, s.brush-1, dim, func(i int) { s.brush = i + 1 })
	y += controlHeight + 8
	a.button(scene.Rect{X: r.X, Y: y, W: half, H: controlHeight}, "Invert", false, dim, func() { a.setMask(s.mask.Invert()) })
	a.button(scene.Rect{X: r.X + half + 8, Y: y, W: half, H: controlHeight}, "Clear", false, dim, a.clearMask)
	y += controlHeight + 8
	y = a.drawPresets(r, y, dim)

	y = a.head(r, y, "View")
	shown := 0
	if s.sliding {
		shown = 1
	}
	a.choice(row(y), []string{"Four pictures", "Slider"}, shown, false, func(i int) { s.sliding = i == 1 })
	y += controlHeight + 4

	y = a.head(r, y, "Save or copy")
	third := (r.W - 16) / 3
	none := s.result == nil
	a.button(scene.Rect{X: r.X, Y: y, W: third, H: controlHeight}, "All four", false, none, func() { a.save(false) })
	a.button(scene.Rect{X: r.X + third + 8, Y: y, W: third, H: controlHeight}, "Composite", false, none, func() { a.save(true) })
	a.button(scene.Rect{X: r.X + 2*third + 16, Y: y, W: third, H: controlHeight}, "Copy", false, none || a.o.Copy == nil, a.copyPicture)
	y += controlHeight + 4

	y = a.head(r, y, "Network")
	title, hint := "None yet", "Drop a weights file to change it."
	if w := s.weights; w != nil {
		title = w.Title()
		if s.netWas != "" {
			hint = filepath.Base(s.netWas)
		}
	}
	y = c.Lines(r.X, y+8, r.W, smallFont, t.Ink, title)
	if s.netWas != "" {
		c.Text(r.X, y, smallFont, t.Muted, smallFont.FitMiddle(hint, r.W-76))
		a.button(scene.Rect{X: r.X + r.W - 68, Y: y - 19, W: 68, H: 28}, "Default", false, false, func() { a.loadWeights("") })
		return
	}
	c.Text(r.X, y, smallFont, t.Muted, hint)
}

// drawPresets offers masks by a rule, each as a small drawing.
func (a *App) drawPresets(r scene.Rect, y float64, dim bool) float64 {
	s, c, t := &a.studio, a.canvas, a.theme
	w := (r.W - 24) / 4
	for i, p := range data.Presets {
		b := scene.Rect{X: r.X + float64(i)*(w+8), Y: y, W: w, H: 58}
		line := t.Line
		if a.over(b) && !dim {
			line = t.Accent
		}
		c.Box(b, 8, t.Surface, line)
		m := p.Draw(4, 4)
		for k, hidden := range m.Hidden {
			ink := t.Good
			if hidden {
				ink = t.Line
			}
			c.Fill(scene.Rect{X: b.X + b.W/2 - 13 + float64(k%4)*7, Y: b.Y + 8 + float64(k/4)*7, W: 5, H: 5}, 1, ink)
		}
		c.Centre(scene.Rect{X: b.X, Y: b.Y + 37, W: b.W, H: 18}, scene.Font{Size: 12}, t.Muted, p.Name)
		if !dim {
			a.hits = append(a.hits, hit{Rect: b, press: func() { a.setMask(p.Draw(s.mask.Rows, s.mask.Cols)) }})
		}
	}
	return y + 60
}
