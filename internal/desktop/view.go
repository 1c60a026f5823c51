package desktop

import (
	"fmt"
	"image"
	"math"

	"unmask/internal/desktop/scene"
	"unmask/internal/logo"
	"unmask/session"
)

// build draws the window and notes which places answer to the mouse.
func (a *App) build() {
	a.canvas, a.hits = &scene.Canvas{}, a.hits[:0]
	a.canvas.Fill(scene.Rect{W: a.w, H: a.h}, 0, a.theme.Ground)
	switch a.view {
	case StudioView:
		a.drawStudio()
		a.drawStudioControls()
	case FeaturesView:
		a.drawFeatures()
		a.drawLayers()
	case TrainingView:
		a.drawTraining()
		a.drawTrainingControls()
	}
	a.drawTop()
	a.drawNotices()
	if a.help {
		a.hits = a.hits[:0]
		a.drawHelp()
	}
}

// mark is the logo for the screen's density.
func (a *App) mark(units float64) *image.RGBA {
	if side := int(math.Round(units * a.scale)); a.logo == nil || a.logo.Rect.Dx() != side {
		a.logo = rgba(logo.Draw(side))
	}
	return a.logo
}

// drawTop is the bar with the name, the views and what computes.
func (a *App) drawTop() {
	c, t := a.canvas, a.theme
	c.Fill(scene.Rect{W: a.w, H: topHeight}, 0, t.Surface)
	c.Fill(scene.Rect{Y: topHeight - 1, W: a.w, H: 1}, 0, t.Line)
	c.Picture(scene.Picture{Rect: scene.Rect{X: margin, Y: 13, W: 34, H: 34}, Image: a.mark(34)})
	c.Text(margin+46, 37, titleFont, t.Ink, "Unmask")
	a.choice(scene.Rect{X: 160, Y: 12, W: 300, H: 36}, []string{"Studio", "Features", "Training"}, int(a.view), false, func(i int) { a.show(View(i)) })

	help := scene.Rect{X: a.w - margin - 64, Y: 13, W: 64, H: controlHeight}
	a.button(help, "F1 Help", false, false, func() { a.help = true })
	theme := scene.Rect{X: help.X - 66, Y: 13, W: 58, H: controlHeight}
	name := "Dark"
	if t.Dark {
		name = "Light"
	}
	a.button(theme, name, false, false, func() { a.SetDark(!a.theme.Dark) })
	dot := t.Edge
	if a.device != nil {
		dot = t.Good
	}
	words := smallFont.Fit(a.deviceName(), theme.X-480-40)
	w := smallFont.Width(words)
	c.Fill(scene.Rect{X: theme.X - 16 - w - 16, Y: 26, W: 8, H: 8}, 4, dot)
	c.Text(theme.X-16-w, 34.5, smallFont, t.Muted, words)
}

// deviceName says what computes.
func (a *App) deviceName() string {
	name := "Starting…"
	switch {
	case a.device == nil:
	case a.device.Kind == "cpu":
		name = "CPU"
	default:
		name = "GPU · " + a.device.Name
	}
	if a.fps {
		name = fmt.Sprintf("%.0f frames/s · ", a.rate) + name
	}
	return name
}

// notice is a message above the stage.
type notice struct {
	head    string // of a problem
	lines   []string
	alert   bool
	dismiss func()
}

// message is the problem or the note at hand, broken to a width.
func (a *App) message(width float64) *notice {
	room := width - 24 - 44
	switch {
	case a.problem != nil:
		p := a.problem
		text := session.Sentence(p.Text)
		if p.Remedy != "" {
			text += " " + session.Sentence(p.Remedy)
		}
		return &notice{head: p.Headline(), lines: clip(bodyFont.Wrap(text, room), 4), alert: true, dismiss: func() { a.problem = nil }}
	case a.note != "":
		return &notice{lines: clip(bodyFont.Wrap(session.Sentence(a.note), room), 3), dismiss: a.dismiss}
	}
	return nil
}

func clip(lines []string, most int) []string {
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], lines[most-1]+" …")
	}
	return lines
}

// noticeHeight is how much of the stage a message takes.
func (a *App) noticeHeight(width float64) float64 {
	n := a.message(width)
	if n == nil {
		return 0
	}
	lines := len(n.lines)
	if n.head != "" {
		lines++
	}
	return 20 + float64(lines)*bodyFont.Pitch()
}

func (a *App) drawNotices() {
	stage := Stage(a.w, a.h)
	n := a.message(stage.W)
	if n == nil {
		return
	}
	c, t := a.canvas, a.theme
	r := scene.Rect{X: stage.X, Y: stage.Y, W: stage.W, H: a.noticeHeight(stage.W)}
	ground, line, ink := t.Notice, t.NoticeLine, t.NoticeInk
	if n.alert {
		ground, line, ink = t.Alert, t.AlertLine, t.AlertInk
	}
	c.Box(r, 10, ground, line)
	y := r.Y + 10 + 15
	if n.head != "" {
		c.Text(r.X+16, y, strongFont, ink, n.head)
		y += bodyFont.Pitch()
	}
	for _, l := range n.lines {
		c.Text(r.X+16, y, bodyFont, ink, l)
		y += bodyFont.Pitch()
	}
	x := scene.Rect{X: r.X + r.W - 40, Y: r.Y + 5, W: 32, H: 30}
	if a.over(x) {
		c.Fill(x, 8, mix(ink, ground, 0.15))
	}
	c.Centre(x, titleFont, ink, "×")
	a.hits = append(a.hits, hit{Rect: x, press: n.dismiss})
}

// drawHelp lists what the keyboard does, over everything.
func (a *App) drawHelp() {
	c, t := a.canvas, a.theme
	c.Fill(scene.Rect{W: a.w, H: a.h}, 0, scene.Veil(t))
	const width, pitch = 660.0, 27.0
	height := 92 + pitch*float64(len(shortcuts))
	r := scene.Rect{X: (a.w - width) / 2, Y: max((a.h-height)/2, 10), W: width, H: height}
	a.card(r)
	c.Text(r.X+28, r.Y+42, titleFont, t.Ink, "Mouse and keyboard")
	c.Right(r.X+r.W-28, r.Y+41, smallFont, t.Muted, "click, Esc or F1 to close")
	y := r.Y + 78
	for i, s := range shortcuts {
		if i%2 == 0 {
			c.Fill(scene.Rect{X: r.X + 16, Y: y - 19, W: r.W - 32, H: pitch}, 6, t.Sunken)
		}
		c.Text(r.X+28, y, strongFont, t.Ink, s.keys)
		c.Text(r.X+198, y, bodyFont, t.Muted, s.what)
		y += pitch
	}
}

// side draws the ground of the controls and returns the place inside of it.
func (a *App) side() scene.Rect {
	r := scene.Rect{X: a.w - sideWidth, Y: topHeight, W: sideWidth, H: a.h - topHeight}
	a.canvas.Fill(r, 0, a.theme.Surface)
	a.canvas.Fill(scene.Rect{X: r.X, Y: r.Y, W: 1, H: r.H}, 0, a.theme.Line)
	return scene.Rect{X: r.X + margin, Y: r.Y, W: r.W - 2*margin, H: r.H}
}

// head writes the title of a group of controls and returns where they begin.
func (a *App) head(r scene.Rect, y float64, words string) float64 {
	a.canvas.Text(r.X, y+26, headFont, a.theme.Ink, words)
	return y + 38
}

// statusLine is the strip below the stage.
func (a *App) statusLine(busy bool) scene.Rect {
	c, t := a.canvas, a.theme
	r := scene.Rect{X: margin, Y: a.h - statusHeight, W: a.w - sideWidth - 2*margin, H: statusHeight - margin}
	a.card(r)
	dot := t.Line
	if busy {
		dot = t.Good
	}
	c.Fill(scene.Rect{X: r.X + 18, Y: r.Y + r.H/2 - 5, W: 10, H: 10}, 5, dot)
	return r
}
