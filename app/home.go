package app

import (
	"net/url"

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
	objects  []string // object URLs of files that people gave
	dragging bool     // a file hovers over the page
	stroke   stroke
	said     string // for screen readers: what the keyboard cursor meets

	split      int     // where the line of the comparison is, in percent
	heatRMS    float64 // of the error map shown, in levels
	sweepDrawn int     // steps of the strip that are on their canvases
	linkSaid   string  // what became of the link
	linkText   string  // the link, where the browser did not copy it

	keptAsked bool // the browser was asked to keep the site's files
	updated   bool // a newer version of the page is there
	updating  bool // it loads as soon as nothing is under way

	views  []view       // beside the reconstruction, which is the page's own
	shown  view         // nil: the reconstruction
	owners map[int]view // who asked, by the number of the command

	generation int // of the engine; events of an earlier one are dropped
	closers    []func()
}

// NewHome makes the page for a host.
func NewHome(host Host) *Home {
	h := &Home{host: host, studio: newStudio(), split: 50, owners: map[int]view{}}
	a := newAlbum(h.desk())
	h.views = []view{newClassifyView(h, a), newPretrainView(h, a), newInsideView(h), newModelsView(h, a), newMachineView(h)}
	return h
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
		ui.Window().AddEventListener("keydown", h.onShortcut),
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

// startEngine starts an engine and hands it what people have in hand.
func (h *Home) startEngine() {
	h.generation++
	generation := h.generation
	events := &relay{pass: func(events []session.Event) {
		h.ctx.Dispatch(func(ui.Context) {
			for _, e := range events {
				if generation == h.generation {
					h.take(e)
				}
			}
		})
	}}
	h.engine = h.host.Start(events.put)
	h.send(h.start())
	clear(h.owners) // the numbers go on, but nobody will answer the old ones
	for _, v := range h.views {
		h.sendFor(v, v.begin())
	}
}

// take takes an event of the engine.
func (h *Home) take(e session.Event) {
	before := h.problem
	h.hand(e)
	if h.problem != nil && h.problem != before {
		h.updating = false // people are to see it before the page goes
	}
	h.finishUpdate()
}

// hand hands an event to whoever asked for it.
func (h *Home) hand(e session.Event) {
	if v := h.owners[e.ID]; v != nil {
		h.sendFor(v, v.handle(e))
		return
	}
	h.send(h.handle(e))
	h.takeAnimation(e)
	h.revoke()
	h.draw()
	if r, ok := h.shown.(refresher); ok && (e.Kind == session.EvWeights || e.Kind == session.EvPicture || e.Kind == session.EvReconstruction) {
		h.sendFor(h.shown, r.refresh())
	}
}

// restart replaces an engine that has failed; the picture, the mask and the
// settings stay.
func (h *Home) restart(ui.Context, ui.Event) {
	h.engine.Stop()
	h.startEngine()
}

// send hands requests to the engine.
func (h *Home) send(requests []request) { h.sendFor(nil, requests) }

// sendFor is send for a view, which gets the answers.
func (h *Home) sendFor(v view, requests []request) {
	for _, r := range requests {
		if v != nil {
			h.owners[r.ID] = v
		}
		if len(r.urls) > 0 {
			h.engine.SendFiles(r.Command, r.urls...)
		} else {
			h.engine.Send(r.Command)
		}
	}
}

// maskChanged draws the mask and asks for what it hides now.
func (h *Home) maskChanged() {
	h.send(h.reconstruct())
	h.draw()
}

// Render lays the page out. The order is that of a narrow screen; on a wide one
// the controls stand beside the pictures.
func (h *Home) Render() ui.UI {
	class := "page"
	if h.dragging {
		class += " dragging"
	}
	return ui.Div().Class(class).
		On("dragover", h.onDragOver).On("dragleave", h.onDragLeave).On("drop", h.onDrop).
		Body(
			h.header(),
			h.navigation(),
			ui.Main().ID("main").Body(
				h.notices(),
				h.workbench(),
				h.shownView(),
			),
			h.footer(),
			h.cameraDialog(),
			ui.Div().Class("dropzone").Aria("hidden", "true").Body(
				ui.P().Text("Drop the picture"),
			),
		)
}

// workbench is the first view. It stays in the page while another one is shown,
// since a canvas that comes anew is empty; its controls do not, which makes the
// page half as dear to draw.
func (h *Home) workbench() ui.UI {
	var choice, controls, help []ui.UI
	if h.shown == nil {
		choice = []ui.UI{h.pictureControls()}
		controls = []ui.UI{h.maskControls(), h.paintControls(), h.shareControls(), h.networkControls()}
		help = []ui.UI{h.help()}
	}
	return ui.Div().Class("workbench").Hidden(h.shown != nil).Body(append([]ui.UI{
		ui.Section().Class("choice").Aria("label", "Choose a picture").Body(choice...),
		ui.Section().Class("stage").Aria("label", "Pictures").Body(h.panels(), h.sweepStrip()),
		ui.Section().Class("controls").Aria("label", "Controls").Body(controls...),
	}, help...)...)
}

func (h *Home) shownView() ui.UI {
	if h.shown == nil {
		return nil
	}
	return ui.Section().ID(h.shown.address()+"-view").Class("view").Aria("label", h.shown.title()).Body(h.shown.render())
}
