package app

import (
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// The size of a canvas before there is a picture, near that of most photos, so
// that nothing jumps when the first one comes.
const (
	emptyWidth  = 320
	emptyHeight = pictureSize
)

// panels shows the four pictures, of which the first is the one to paint on, and
// what there is to say about them.
func (h *Home) panels() ui.UI {
	return ui.Div().Class("panels").Body(
		ui.Figure().Class(h.panelClass("original", h.live())).Body(
			h.paintTools(),
			ui.Div().Class("frame").Body(
				ui.Canvas().ID(idOriginal).Width(emptyWidth).Height(emptyHeight).Aria("hidden", "true"),
				ui.Canvas().ID(idOverlay).Class("overlay").
					Width(emptyWidth).Height(emptyHeight).
					TabIndex(0).
					Role("application").
					Aria("label", "Original picture, to paint on: arrow keys move, space hides or shows a patch").
					Aria("describedby", "coverage").
					On("pointerdown", h.onPointerDown).
					On("pointermove", h.onPointerMove).
					On("pointerleave", h.onPointerLeave).
					On("contextmenu", h.onContextMenu).
					On("focus", h.onFocus).
					On("blur", h.onBlur).
					On("keydown", h.onKeyDown).
					On("keyup", h.onKeyUp),
				ui.If(!h.live() && !h.opening(), ui.P().Class("empty").Text("Drop a photo here")),
			),
			caption("Original", "paint on it to hide or show patches"),
		),
		h.panel(idMasked, "What the network sees", "Masked", "all that the network sees", h.live()),
		h.panel(idReconstruction, "The network's guess at the hidden patches", "Reconstruction",
			"its guess at the hidden patches", h.reconstruction != nil, h.honesty()),
		h.resultPanel(),
		ui.Div().Class("readout").Body(
			h.statusLine(),
			h.measures(),
		),
		ui.P().Class("visually-hidden").Aria("live", "polite").Text(h.said),
	)
}

// honesty labels what the guess is made of.
func (h *Home) honesty() ui.UI {
	if h.weights == nil || !h.weights.HasDecoder {
		return nil
	}
	name, hint := "Raw pixels", "nothing of the original is borrowed"
	if h.weights.NormPix {
		name, hint = "Norm pixels", "brightness and contrast are borrowed from the original"
	}
	return ui.P().ID("honesty").Class("honesty").Body(ui.Strong().Text(name), ui.Text(": "+hint))
}

// panel shows one picture that nothing is done to.
func (h *Home) panel(id, label, title, hint string, filled bool, notes ...ui.UI) ui.UI {
	return ui.Figure().Class(h.panelClass(id, filled)).Body(
		ui.Div().Class("frame").Body(
			ui.Canvas().ID(id).Width(emptyWidth).Height(emptyHeight).Role("img").Aria("label", label),
		),
		caption(title, hint, notes...),
	)
}

// panelClass names a panel, and whether its picture is on its way.
func (h *Home) panelClass(id string, filled bool) string {
	class := "panel panel-" + id
	if !filled && h.busy() {
		class += " waiting"
	}
	return class
}

func caption(title, hint string, notes ...ui.UI) ui.UI {
	return ui.FigCaption().Body(append([]ui.UI{ui.Span().Text(title), ui.Small().Text(hint)}, notes...)...)
}

// statusLine says what goes on, with a bar where its end is known.
func (h *Home) statusLine() ui.UI {
	pulse := "pulse"
	if h.busy() {
		pulse += " on"
	}
	return ui.Div().Class("status").Body(
		ui.Span().Class(pulse).Aria("hidden", "true"),
		ui.P().ID("status").Role("status").Text(h.status()),
		h.progressBar(),
	)
}

// progressBar shows how much of the weights is here, in MB.
func (h *Home) progressBar() ui.UI {
	p := h.progress
	if !h.loading() || p == nil || p.Total == 0 {
		return nil
	}
	return ui.Progress().Aria("label", "Loading the network").Max(p.Total).Value(p.Done)
}

// measures shows how good the picture is and how long it took.
func (h *Home) measures() ui.UI {
	psnr, ssim, ms, time := "–", "–", "–", "from mask to picture"
	if r := h.result; r != nil {
		psnr = session.Decibels(r.PSNR)
		ssim = fmt.Sprintf("%.3f", r.SSIM)
		ms = milliseconds(r.MS)
		if h.answers == 1 {
			time = "with compiling"
		}
	}
	return ui.Dl().Class("measures").Body(
		measure("psnr", "PSNR", psnr, "higher is closer"),
		measure("ssim", "SSIM", ssim, "1 is identical"),
		measure("ms", "Time", ms, time),
		measure("hidden", "Hidden", h.share(), "to be filled in"),
	)
}

func measure(id, term, value, hint string) ui.UI {
	return ui.Div().Class("measure").Body(
		ui.Dt().Text(term),
		ui.Dd().ID(id).Text(value),
		ui.Dd().Class("hint").Text(hint),
	)
}

// share is the hidden part of the picture, "61 %".
func (h *Home) share() string {
	if len(h.mask.Hidden) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(h.mask.Count())/float64(len(h.mask.Hidden)))
}

// milliseconds picks the time of the whole answer, or of the forward pass where
// the engine tells only that.
func milliseconds(ms map[string]float64) string {
	v, ok := ms["total"]
	if !ok {
		v, ok = ms["forward"]
	}
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.0f ms", v)
}
