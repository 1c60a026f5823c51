package app

import (
	"fmt"
	"math"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// panels shows the four pictures; the first is the one to paint on.
func (h *Home) panels() ui.UI {
	class := "panels"
	if !h.live() {
		class += " waiting"
	}
	return ui.Div().Class(class).Body(
		ui.Figure().Class("panel paintable").Body(
			ui.Div().Class("frame").Body(
				ui.Canvas().ID(idOriginal).Width(pictureSize).Height(pictureSize).Aria("hidden", "true"),
				ui.Canvas().ID(idOverlay).Class("overlay").
					Width(pictureSize).Height(pictureSize).
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
					On("keydown", h.onKeyDown),
			),
			ui.FigCaption().Body(
				ui.Span().Text("Original"),
				ui.Small().Text("paint here"),
			),
		),
		panel(idMasked, "What the network sees", "Masked", "seen by the network"),
		panel(idReconstruction, "The network's reconstruction", "Reconstruction", "all it predicts"),
		panel(idComposite, "Visible pixels with the hidden ones filled in", "Composite", "seen and predicted"),
		ui.P().Class("visually-hidden").Aria("live", "polite").Text(h.said),
	)
}

// panel shows one picture that nothing is done to.
func panel(id, label, title, hint string) ui.UI {
	return ui.Figure().Class("panel").Body(
		ui.Div().Class("frame").Body(
			ui.Canvas().ID(id).Width(pictureSize).Height(pictureSize).Role("img").Aria("label", label),
		),
		ui.FigCaption().Body(ui.Span().Text(title), ui.Small().Text(hint)),
	)
}

// statusLine says what goes on, with a bar where its end is known.
func (h *Home) statusLine() ui.UI {
	busy := "pulse"
	if h.busy() || h.weights == nil && !h.stopped && h.problem == nil {
		busy += " on"
	}
	return ui.Div().Class("status").Body(
		ui.Span().Class(busy).Aria("hidden", "true"),
		ui.P().ID("status").Role("status").Text(h.status()),
		h.progressBar(),
	)
}

// progressBar shows how much of the weights is here, in MB.
func (h *Home) progressBar() ui.UI {
	p := h.progress
	if h.weights != nil || p == nil || p.Total == 0 {
		return nil
	}
	return ui.Progress().Aria("label", "Loading the network").Max(p.Total).Value(p.Done)
}

// measures shows how good the picture is and how long it took.
func (h *Home) measures() ui.UI {
	psnr, ssim, ms := "–", "–", "–"
	if r := h.result; r != nil {
		psnr = decibels(r.PSNR)
		ssim = fmt.Sprintf("%.3f", r.SSIM)
		ms = milliseconds(r.MS)
	}
	return ui.Dl().Class("measures").Body(
		measure("psnr", "PSNR", psnr, "Peak signal-to-noise ratio of the hidden pixels; higher is closer to the original"),
		measure("ssim", "SSIM", ssim, "Structural similarity of the composite; 1 is identical"),
		measure("ms", "Time", ms, "From the mask to the picture"),
		measure("hidden", "Hidden", h.share(), "Share of the patches that the network has to fill in"),
	)
}

func measure(id, term, value, title string) ui.UI {
	return ui.Div().Class("measure").Title(title).Body(
		ui.Dt().Text(term),
		ui.Dd().ID(id).Text(value),
	)
}

// share is the hidden part of the picture, "61 %".
func (h *Home) share() string {
	if len(h.mask.Hidden) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(h.mask.Count())/float64(len(h.mask.Hidden)))
}

func decibels(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.1f dB", v)
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
