package app

import (
	"net/url"
	"path"
	"time"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// Home is the one page.
type Home struct {
	ui.Compo

	host   Host
	engine Engine
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
	h.prefer = preferred(ctx.Page().URL())
	h.closers = []func(){
		ui.Window().AddEventListener("paste", h.onPaste),
		ui.Window().AddEventListener("pointerup", h.onPointerUp),
		ui.Window().AddEventListener("pointercancel", h.onPointerUp),
	}
	h.startEngine(ctx)
	h.fetchSamples(ctx)
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

// startEngine starts an engine and, beside it, the download of the weights.
func (h *Home) startEngine(ctx ui.Context) {
	h.generation++
	generation := h.generation
	h.engine = h.host.Start(func(e session.Event) {
		ctx.Dispatch(func(ctx ui.Context) {
			if generation == h.generation {
				h.send(h.handle(e))
				h.draw()
			}
		})
	})
	ctx.Async(func() { h.fetchWeights(ctx, generation) })
}

// fetchWeights downloads the weights and hands them over. It runs beside the
// page's goroutine.
func (h *Home) fetchWeights(ctx ui.Context, generation int) {
	var said time.Time
	progress := func(done, total int) {
		// Ten reports a second are plenty for the eye and cheap to draw.
		if time.Since(said) < 100*time.Millisecond && done != total {
			return
		}
		said = time.Now()
		ctx.Dispatch(func(ui.Context) {
			if generation == h.generation && h.weights == nil {
				h.progress = &session.Progress{
					What: "weights", Done: float64(done) / 1e6, Total: float64(total) / 1e6, Unit: "MB",
				}
			}
		})
	}
	file, err := h.host.Fetch(WeightsPath, progress)
	ctx.Dispatch(func(ui.Context) {
		if generation != h.generation {
			return
		}
		if err != nil {
			h.progress = nil
			h.problem = &session.Problem{
				Text:   "The network's weights could not be loaded: " + err.Error() + ".",
				Remedy: "Check the connection and load the page again.",
				Code:   "weights",
			}
			return
		}
		h.send(h.loadWeights(path.Base(WeightsPath), file))
	})
}

// restart replaces an engine that has failed; the picture, the mask and the
// settings stay.
func (h *Home) restart(ctx ui.Context, _ ui.Event) {
	h.engine.Stop()
	h.restarted()
	h.startEngine(ctx)
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
