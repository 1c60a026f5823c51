package app

import (
	"fmt"
	"math"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// The canvases that cover the composite, one at a time.
const (
	idBefore = "before"
	idHeat   = "heat"
	idWhole  = "whole"
)

// resultPanel is the large panel of results: a picture, and what to show in it.
func (h *Home) resultPanel() ui.UI {
	title, hint := h.lookTitle()
	return ui.Figure().Class(h.panelClass("composite", h.resultFilled())).Body(
		segmented("look", "What to show", !h.live(), h.lookChoices()...).Class("looks"),
		ui.Div().Class("frame").Body(
			ui.Canvas().ID(idComposite).Width(emptyWidth).Height(emptyHeight).
				Role("img").Aria("label", "The picture with its hidden patches filled in"),
			h.cover(idBefore, "The original, left of the line", h.look == lookCompare),
			h.cover(idHeat, "The error of each hidden pixel as a colour", h.look == lookError && h.composite != nil),
			h.cover(idWhole, "The picture as guessed under many masks", h.look == lookWhole && h.whole.rgba != nil),
			ui.Div().Class("split").Hidden(h.look != lookCompare).Aria("hidden", "true").
				On("pointerdown", h.onSplitDown).
				On("pointermove", h.onSplitMove),
			ui.P().Class("empty veil").Hidden(h.look != lookWhole || h.whole.rgba != nil).Text(h.wholeStatus()),
		),
		h.resultDetails(),
		caption(title, hint),
	)
}

// resultFilled reports whether the panel has what it is to show.
func (h *Home) resultFilled() bool {
	if h.look == lookWhole {
		return h.whole.rgba != nil
	}
	return h.composite != nil
}

// cover is a canvas over the composite. It stays in the page while it is not shown:
// a canvas that comes anew is empty.
func (h *Home) cover(id, label string, shown bool) ui.UI {
	return ui.Canvas().ID(id).Class("cover "+id).Width(emptyWidth).Height(emptyHeight).
		Role("img").Aria("label", label).Hidden(!shown)
}

func (h *Home) lookChoices() (choices []option) {
	for _, l := range looks {
		choices = append(choices, option{id: l.id, name: l.name, title: l.title, on: h.look == l.look, choose: func() {
			h.send(h.show(l.look))
			h.draw()
		}})
	}
	return choices
}

// lookTitle names what the panel shows and explains it in a line.
func (h *Home) lookTitle() (title, hint string) {
	switch h.look {
	case lookCompare:
		return "Compare", "original left of the line, composite right of it"
	case lookError:
		return "Error", "of each hidden pixel, RMS over red, green and blue"
	case lookWhole:
		hint = fmt.Sprintf("no pixel of the photo: each patch is the mean of its guesses under %d masks", wholeMasks)
		if w := h.whole.info; w != nil && w.Borrowed {
			hint += "; brightness and contrast are the original's"
		}
		return "Many masks", hint
	}
	return "Composite", "the photo, with the guess filled in"
}

// resultDetails is what belongs right below the picture: a slider, a legend, a
// measure.
func (h *Home) resultDetails() ui.UI {
	switch h.look {
	case lookCompare:
		return ui.Div().Class("detail").Body(
			ui.Input().ID("split").Type("range").Min(0).Max(100).Step(1).Value(strconv.Itoa(h.split)).
				Aria("label", "Line between original and composite").
				Aria("valuetext", fmt.Sprintf("%d %% original", h.split)).
				OnInput(h.onSplit),
		)
	case lookError:
		return h.heatLegend()
	case lookWhole:
		return h.wholeDetails()
	}
	return nil
}

// heatLegend tells what the colours of the error mean.
func (h *Home) heatLegend() ui.UI {
	mean := "Nothing is hidden."
	if h.heatRMS > 0 {
		mean = fmt.Sprintf("%.1f of 255 levels over all hidden pixels", h.heatRMS)
	}
	return ui.Div().Class("detail legend").Body(
		ui.Div().Class("heat-scale").Aria("hidden", "true"),
		ui.Div().Class("heat-ticks").Aria("label", "Scale of the error, in levels of 255").Role("img").Body(
			ui.Span().Text("0"), ui.Span().Text(heatMost/3), ui.Span().Text(2*heatMost/3), ui.Span().Text(fmt.Sprintf("%d levels and more", heatMost)),
		),
		ui.P().ID("heat-mean").Class("hint").Text(mean),
	)
}

// wholeStatus stands in the panel until the whole picture is there.
func (h *Home) wholeStatus() string {
	if h.whole.id != 0 {
		return fmt.Sprintf("%d of %d masks", h.whole.done, wholeMasks)
	}
	return "No guess yet"
}

// wholeDetails measures the whole picture, or shows how far it is.
func (h *Home) wholeDetails() ui.UI {
	w := h.whole.info
	if h.whole.id != 0 {
		return ui.Div().Class("detail inline").Body(
			ui.Progress().Aria("label", "Masks done").Max(wholeMasks).Value(h.whole.done),
			ui.Button().ID("whole-stop").Type("button").Class("button small").OnClick(h.onCancel).Text("Stop"),
		)
	}
	again, text := "Start", "It takes as long as "+strconv.Itoa(wholeMasks)+" reconstructions."
	if w != nil {
		again = "Again"
		text = fmt.Sprintf("PSNR %s, SSIM %.3f over all pixels; each mask alone: %s. The masks hide %.0f %%, every patch %s.",
			session.Decibels(w.PSNR), w.SSIM, session.Decibels(w.Single), 100*w.Ratio, times(w.Least, w.Most))
	}
	fresh := w != nil && w.Seed == h.seed && math.Abs(w.Ratio-h.wholeRatio()) < 1e-9
	return ui.Div().Class("detail inline").Body(
		ui.P().ID("whole-measures").Class("hint").Text(text),
		ui.If(!fresh, ui.Button().ID("whole-again").Type("button").Class("button small").
			Title("With the ratio and seed of the random mask").
			Disabled(!h.live()).
			OnClick(func(ui.Context, ui.Event) { h.send(h.askWhole()) }).Text(again)),
	)
}

// times is "4 times" or "4 or 5 times".
func times(least, most int) string {
	if least == most {
		return fmt.Sprintf("%d times", least)
	}
	return fmt.Sprintf("%d or %d times", least, most)
}

func (h *Home) onCancel(ui.Context, ui.Event) { h.send(h.cancel()) }

// drawLook paints what covers the composite.
func (h *Home) drawLook() {
	h.heatRMS = 0
	switch h.look {
	case lookCompare:
		h.put(idBefore, h.pixels)
		h.drawSplit()
	case lookError:
		if h.result == nil || len(h.composite) != len(h.pixels) {
			h.put(idHeat, maskedPixels(h.pixels, h.mask.Invert()))
			return
		}
		var rgba []byte
		rgba, h.heatRMS = heatMap(h.pixels, h.composite, h.answered)
		h.put(idHeat, rgba)
	case lookWhole:
		h.put(idWhole, h.whole.rgba)
	}
}

// drawSplit puts the line between original and composite in its place. The styles
// know it by a property, since the page's policy forbids style attributes.
func (h *Home) drawSplit() {
	ui.Window().Get("document").Get("documentElement").Get("style").Call("setProperty", "--split", fmt.Sprintf("%d%%", h.split))
}

func (h *Home) onSplit(ctx ui.Context, _ ui.Event) {
	if v, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
		h.split = min(max(v, 0), 100)
		h.drawSplit()
	}
}

func (h *Home) onSplitDown(_ ui.Context, e ui.Event) {
	e.Get("target").Call("setPointerCapture", e.Get("pointerId"))
	h.splitAt(e)
}

func (h *Home) onSplitMove(_ ui.Context, e ui.Event) {
	if e.Get("buttons").Int() != 0 {
		h.splitAt(e)
	}
}

// splitAt moves the line under a pointer.
func (h *Home) splitAt(e ui.Event) {
	box := ui.Window().GetElementByID(idComposite).Call("getBoundingClientRect")
	at := (e.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float()
	h.split = int(math.Round(100 * min(max(at, 0), 1)))
	h.drawSplit()
}
