package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// header says what the page is for, and which device computes.
func (h *Home) header() ui.UI {
	return ui.Header().Class("top").Body(
		ui.Img().Class("logo").Src("web/logo.svg").Alt("").Width(44).Height(44),
		ui.Div().Class("title").Body(
			ui.H1().Text("Unmask"),
			ui.P().Text("Hide most of a photo. A network that sees only the rest fills it in."),
		),
		ui.P().ID("device").Class(h.deviceClass()).Title("What computes").Body(
			ui.Text(h.deviceName()),
		),
	)
}

func (h *Home) deviceName() string {
	switch {
	case h.stopped:
		return "Stopped"
	case h.device == nil:
		return "Starting…"
	case h.onCPU():
		return "CPU"
	case h.device.Name == "":
		return "WebGPU"
	}
	return "WebGPU · " + h.device.Name
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
			ui.If(h.updated, h.updateNotice()),
			ui.If(h.onCPU(), ui.P().ID("cpu-note").Class("notice").Text(h.cpuNote())),
			ui.If(h.note != "", ui.Div().Class("notice").Body(
				ui.P().ID("note").Text(session.Sentence(h.note)),
				ui.Button().Type("button").Class("close").Aria("label", "Dismiss the note").
					OnClick(func(ui.Context, ui.Event) { h.dismiss() }).Text("×"),
			)),
		),
	)
}

// onCPU reports whether the slower path answers.
func (h *Home) onCPU() bool { return h.device != nil && h.device.Kind == "cpu" }

// cpuNote says why it does.
func (h *Home) cpuNote() string {
	if h.deviceNote == "" {
		return "The CPU computes, as the address of the page asks for: slower than WebGPU."
	}
	return session.Sentence(h.deviceNote)
}

// alert is a problem in plain words, with what to do about it.
func (h *Home) alert() ui.UI {
	if h.problem == nil {
		return ui.Div()
	}
	return ui.Div().ID("alert").Class("alert").Role("alert").Body(
		ui.Div().Body(
			ui.P().Class("what").Text(headline(h.problem)),
			ui.P().Text(session.Sentence(h.problem.Text)),
			ui.P().Class("remedy").Text(session.Sentence(remedy(h.problem))),
		),
		ui.If(h.restartHelps(), ui.Button().ID("restart").Type("button").Class("button").
			OnClick(h.restart).Text("Start the engine again")),
		ui.Button().ID("dismiss").Type("button").Class("close").Aria("label", "Dismiss the message").
			OnClick(func(ui.Context, ui.Event) { h.problem = nil }).Text("×"),
	)
}

// headline says what does not work, whatever the reason.
func headline(p *session.Problem) string {
	switch p.Code {
	case CodeStopped:
		return "The engine has stopped"
	case codeCamera:
		return "The camera cannot be used"
	case codeLink:
		return "That link cannot be used"
	}
	return p.Headline()
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

// help tells what the page shows and how to work it.
func (h *Home) help() ui.UI {
	return ui.Section().Class("help").Aria("label", "Help").Body(
		ui.Details().Open(true).Body(
			ui.Summary().Text("How it works"),
			ui.Ol().Body(
				ui.Li().Text("The photo is cut into patches of 32 by 32 pixels. You choose which ones to hide."),
				ui.Li().Text("The network, a ConvNeXt V2 trained as a masked autoencoder, computes on the visible patches only. No pixel of a hidden patch reaches it."),
				ui.Li().Text("For every hidden patch it guesses the pixels from the surroundings, so colours and edges go on and fine detail stays soft. Visible patches stay grey in the reconstruction: the network was never trained to repeat what it sees."),
				ui.Li().Text("The composite puts the guess into the photo. PSNR compares the hidden pixels with the original, SSIM the whole composite."),
			),
		),
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
				ui.Li().Body(
					ui.Text("Anywhere: "), ui.Kbd().Text("["), ui.Text(" and "), ui.Kbd().Text("]"),
					ui.Text(" change the size of the brush, "), ui.Kbd().Text("Ctrl Z"), ui.Text(" undoes and "),
					ui.Kbd().Text("Ctrl Shift Z"), ui.Text(" does again."),
				),
				ui.Li().Text("The more patches are visible, and the closer together, the better the guess."),
			),
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
