package app

import (
	"fmt"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// sweepID names the canvas of a step of the strip.
func sweepID(i int) string { return "sweep-" + strconv.Itoa(i) }

// sweepStrip shows the same picture with less and less of it visible. It begins when
// people open it.
func (h *Home) sweepStrip() ui.UI {
	return ui.Details().ID("sweep").Class("sweep").On("toggle", h.onSweepToggle).Body(
		ui.Summary().Body(
			ui.Text("From 10 % to 90 % hidden "),
			ui.Small().Text("the same photo at nine mask ratios"),
		),
		ui.P().Class("hint").Text(fmt.Sprintf("Each mask, of seed %d, hides what the one before hides, and more. PSNR is that of the hidden pixels. Choose a picture to go on with its mask.", h.sweepSeed())),
		ui.Ol().Class("strip").Body(
			ui.Range(sweepRatios).Slice(func(i int) ui.UI { return h.sweepButton(i) }),
		),
		ui.Div().Class("buttons").Body(
			ui.If(h.sweep.id != 0,
				ui.Button().ID("sweep-stop").Type("button").Class("button").OnClick(h.onCancel).Text("Stop"),
			).Else(
				ui.Button().ID("sweep-again").Type("button").Class("button").
					Disabled(!h.live() || !h.answering()).
					OnClick(func(ui.Context, ui.Event) {
						h.send(h.askSweep())
						h.draw()
					}).Text(h.sweepAgain()),
			),
		),
	)
}

func (h *Home) sweepSeed() uint64 {
	if len(h.sweep.steps) > 0 || h.sweep.id != 0 {
		return h.sweep.seed
	}
	return h.seed
}

func (h *Home) sweepAgain() string {
	switch {
	case len(h.sweep.steps) == 0:
		return "Start"
	case h.sweep.seed != h.seed:
		return fmt.Sprintf("With seed %d", h.seed)
	}
	return "Again"
}

// sweepButton is a step of the strip: a picture, its ratio and its PSNR.
func (h *Home) sweepButton(i int) ui.UI {
	ratio, psnr, label := fmt.Sprintf("%.0f %%", 100*sweepRatios[i]), "–", "not computed yet"
	done := i < len(h.sweep.steps)
	if done {
		psnr = session.Decibels(h.sweep.steps[i].psnr)
		label = "PSNR " + psnr
	}
	return ui.Li().Body(
		ui.Button().ID("step-"+strconv.Itoa(i)).Type("button").Class("step").
			Aria("label", ratio+" hidden, "+label).
			Disabled(!done).
			OnClick(func(ui.Context, ui.Event) {
				h.chooseStep(i)
				h.maskChanged()
			}, i).
			Body(
				ui.Canvas().ID(sweepID(i)).Width(emptyWidth).Height(emptyHeight).Aria("hidden", "true"),
				ui.Span().Text(ratio),
				ui.Small().Text(psnr),
			),
	)
}

// chooseStep takes the mask of a step of the strip.
func (s *studio) chooseStep(i int) {
	if i >= len(s.sweep.steps) || s.sweep.steps[i].mask.Rows != s.mask.Rows || s.sweep.steps[i].mask.Cols != s.mask.Cols {
		return
	}
	s.change(func() {
		s.ratio, s.seed = s.sweep.steps[i].ratio, s.sweep.seed
		s.randomise(s.mask.Rows, s.mask.Cols)
	})
}

func (h *Home) onSweepToggle(ctx ui.Context, _ ui.Event) {
	h.sweep.open = ctx.JSSrc().Get("open").Bool()
	if h.sweep.open && len(h.sweep.steps) == 0 && h.sweep.id == 0 {
		h.send(h.askSweep())
	}
}

// drawSweep paints the steps that have come since the last time.
func (h *Home) drawSweep() {
	if len(h.sweep.steps) < h.sweepDrawn {
		for i := range h.sweepDrawn {
			h.put(sweepID(i), nil)
		}
		h.sweepDrawn = 0
	}
	for ; h.sweepDrawn < len(h.sweep.steps); h.sweepDrawn++ {
		h.put(sweepID(h.sweepDrawn), h.sweep.steps[h.sweepDrawn].composite)
	}
}
