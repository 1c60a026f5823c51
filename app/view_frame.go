package app

import (
	"strings"
	"unicode"
	"unicode/utf8"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// header names the page and the device that computes.
func (h *Home) header() ui.UI {
	return ui.Header().Class("top").Body(
		ui.Img().Class("logo").Src("web/logo.svg").Alt("").Width(40).Height(40),
		ui.Div().Class("title").Body(
			ui.H1().Text("Unmask"),
			ui.P().Text("Hide most of a photo. A network fills it in."),
		),
		ui.P().ID("device").Class(h.deviceClass()).Title("What computes").Body(
			ui.Text(h.deviceName()),
		),
	)
}

func (h *Home) deviceName() string {
	if h.stopped {
		return "stopped"
	}
	if h.device == nil {
		return "no device yet"
	}
	if h.device.Name == "" {
		return "WebGPU"
	}
	return h.device.Name
}

func (h *Home) deviceClass() string {
	switch {
	case h.stopped:
		return "device stopped"
	case h.device == nil:
		return "device"
	}
	return "device ready"
}

// notices shows what went wrong and what is worth knowing.
func (h *Home) notices() ui.UI {
	return ui.Div().Class("notices").Body(
		ui.Div().Aria("live", "assertive").Body(
			ui.If(h.problem != nil, h.alert()),
		),
		ui.Div().Aria("live", "polite").Body(
			ui.If(h.onCPU(), ui.P().ID("cpu-note").Class("notice").Text(h.deviceNote())),
			ui.If(h.note != "", ui.Div().Class("notice").Body(
				ui.P().ID("note").Text(h.note),
				ui.Button().Type("button").Class("close").Aria("label", "Dismiss the note").
					OnClick(func(ui.Context, ui.Event) { h.note = "" }).Text("×"),
			)),
		),
	)
}

// onCPU reports whether the slower path answers.
func (h *Home) onCPU() bool { return h.device != nil && h.device.Kind == "cpu" }

func (h *Home) deviceNote() string {
	if h.prefer == "cpu" {
		return "The CPU computes, as the address of the page asks for: slower than WebGPU."
	}
	return cpuNote
}

// alert is a problem in plain words, with what to do about it.
func (h *Home) alert() ui.UI {
	if h.problem == nil {
		return ui.Div()
	}
	return ui.Div().ID("alert").Class("alert").Role("alert").Body(
		ui.Div().Body(
			ui.P().Class("what").Text(sentence(h.problem.Text)),
			ui.P().Class("remedy").Text(sentence(remedy(h.problem))),
		),
		ui.If(h.restartHelps(), ui.Button().ID("restart").Type("button").Class("button").
			OnClick(h.restart).Text("Start the engine again")),
		ui.Button().ID("dismiss").Type("button").Class("close").Aria("label", "Dismiss the message").
			OnClick(func(ui.Context, ui.Event) { h.problem = nil }).Text("×"),
	)
}

// remedy is what to do about a problem; a problem without one gets the usual
// advice of its kind.
func remedy(p *session.Problem) string {
	if p.Remedy != "" {
		return p.Remedy
	}
	switch p.Code {
	case "picture":
		return "Choose another picture: JPEG, PNG, GIF and WebP can be read."
	case "mask":
		return "Hide some patches and leave some visible."
	case "memory":
		return "Close other tabs or choose a smaller picture, then start the engine again."
	case "weights":
		return "Load the page again."
	}
	return "Start the engine again, or load the page again."
}

// sentence gives an error's text the form of a sentence. A first word that is a
// name, such as a file's, keeps its case.
func sentence(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if !strings.ContainsAny(first, ".:") {
		r, n := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(r)) + text[n:]
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// help tells how to work the page and what it shows.
func (h *Home) help() ui.UI {
	return ui.Section().Class("help").Aria("label", "Help").Body(
		ui.Details().Body(
			ui.Summary().Text("How to paint"),
			ui.Ul().Body(
				ui.Li().Text("Mouse, pen or finger: drag over the original. The brush flips what it starts on, or hides, or shows; the right mouse button does the opposite of Hide and Show."),
				ui.Li().Body(
					ui.Text("Keyboard: focus the original, move with the "), ui.Kbd().Text("arrow keys"),
					ui.Text(", "), ui.Kbd().Text("Home"), ui.Text(" and "), ui.Kbd().Text("End"),
					ui.Text("; "), ui.Kbd().Text("Space"), ui.Text(" hides or shows a patch; "),
					ui.Kbd().Text("Shift"), ui.Text(" with an arrow key paints on."),
				),
			),
		),
		ui.Details().Body(
			ui.Summary().Text("What you see"),
			ui.P().Text("The picture is cut into patches of 32 by 32 pixels. The network, a ConvNeXt V2 trained as a masked autoencoder, computes on the visible patches only and predicts the pixels of the hidden ones. It has never seen this picture: what it fills in is what it expects from its surroundings, so edges and colours go on, and fine detail stays soft."),
			ui.P().Text("PSNR compares the hidden pixels with the original, SSIM the composite. More visible patches help more than clever places."),
		),
	)
}

// footer says where the pictures stay.
func (h *Home) footer() ui.UI {
	weights := "Everything runs in this browser; no picture leaves the device."
	if w := h.weights; w != nil && w.Licence != "" {
		weights += " Weights: " + w.Name + ", " + w.Licence + "."
	}
	return ui.Footer().Body(ui.P().Text(weights))
}
