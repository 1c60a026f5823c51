package app

import (
	"net/url"
	"path"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// Home is the one page.
type Home struct {
	ui.Compo

	host   Host
	engine Engine
	// ctx is the component's own context. A handler's belongs to the element it
	// is on and falls silent once that is gone, as a dismissed button is.
	ctx ui.Context
	*studio

	samples  []Sample
	sample   int  // index into samples of the picture shown, or -1
	dragging bool // a file hovers over the page
	stroke   stroke
	said     string // for screen readers: what the keyboard cursor meets

	generation int // of the engine; events of an earlier one are dropped
	closers    []func()
}

// NewHome makes the page for a host.
func NewHome(host Host) *Home {
	return &Home{host: host, studio: newStudio(), sample: -1}
}

// OnMount starts the engine and fetches what the first picture needs.
func (h *Home) OnMount(ctx ui.Context) {
	if h.host == nil {
		return
	}
	h.ctx = ctx
	h.prefer = preferred(ctx.Page().URL())
	h.closers = []func(){
		ui.Window().AddEventListener("paste", h.onPaste),
		ui.Window().AddEventListener("pointerup", h.onPointerUp),
		ui.Window().AddEventListener("pointercancel", h.onPointerUp),
	}
	h.startEngine()
	h.fetchSamples()
}

// OnDismount ends the engine.
func (h *Home) OnDismount() {
	for _, c := range h.closers {
		c()
	}
	if h.engine != nil {
		h.engine.Stop()
	}
}

// preferred reads which device people asked for: ?device=cpu or ?device=gpu.
func preferred(u *url.URL) string {
	if u != nil {
		switch d := u.Query().Get("device"); d {
		case "cpu", "gpu":
			return d
		}
	}
	return "auto"
}

// startEngine starts an engine, which begins with fetching the weights.
func (h *Home) startEngine() {
	h.generation++
	generation := h.generation
	h.engine = h.host.Start(func(e session.Event) {
		h.ctx.Dispatch(func(ui.Context) {
			if generation == h.generation {
				h.send(h.handle(e))
				h.draw()
			}
		})
	})
	h.engine.SendFile(h.weightsCommand(path.Base(WeightsPath)), WeightsPath)
}

// restart replaces an engine that has failed; the picture, the mask and the
// settings stay.
func (h *Home) restart(ui.Context, ui.Event) {
	h.engine.Stop()
	h.restarted()
	h.startEngine()
}

// send hands commands to the engine.
func (h *Home) send(commands []session.Command) {
	for _, c := range commands {
		h.engine.Send(c)
	}
}

// maskChanged draws the mask and asks for what it hides now.
func (h *Home) maskChanged() {
	h.send(h.reconstruct())
	h.draw()
}

// Render lays the page out.
func (h *Home) Render() ui.UI {
	class := "page"
	if h.dragging {
		class += " dragging"
	}
	return ui.Div().Class(class).
		On("dragover", h.onDragOver).On("dragleave", h.onDragLeave).On("drop", h.onDrop).
		Body(
			h.header(),
			ui.Main().ID("main").Body(
				h.notices(),
				ui.Div().Class("workbench").Body(
					ui.Section().Class("stage").Aria("label", "Pictures").Body(
						h.panels(),
						h.statusLine(),
						h.measures(),
					),
					ui.Section().Class("controls").Aria("label", "Controls").Body(
						h.pictureControls(),
						h.maskControls(),
						h.paintControls(),
						h.downloadControls(),
					),
				),
				h.help(),
			),
			h.footer(),
			ui.Div().Class("dropzone").Aria("hidden", "true").Body(
				ui.P().Text("Drop the picture"),
			),
		)
}
