package app

import (
	"time"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// desk is what the page lends to the views beside the reconstruction. Their states
// know no browser: what they need of one is here, and tests lay another desk.
type desk struct {
	*studio
	// object gives bytes an address that an image or a link can show, revoke takes it
	// back.
	object func(file []byte, mime string) string
	revoke func(url string)
	// save offers a file to keep.
	save func(file []byte, name string)
	// remembered is the project that was open last, "" for none.
	remembered func() string
	remember   func(project string)
	// focus puts the keyboard's focus on an element, by its id, once it is drawn.
	focus func(id string)
	// useWeights hands the page's network to a file of weights.
	useWeights func(file []byte, name string)
}

// report shows what went wrong in a view.
func (d *desk) report(p *session.Problem) {
	if p == nil {
		p = &session.Problem{Text: "Something went wrong in the engine.", Code: "internal"}
	}
	d.problem = p
	if p.Code == "device" || p.Code == CodeStopped {
		d.stopped = true
	}
}

// keyProject is where the browser remembers the open project.
const keyProject = "project"

// desk is the page as its views see it.
func (h *Home) desk() *desk {
	return &desk{
		studio:     h.studio,
		object:     func(file []byte, mime string) string { return addressOf(blobOf(file, mime)) },
		revoke:     forgetAddress,
		save:       func(file []byte, name string) { offer(blobOf(file, "application/octet-stream"), name) },
		remembered: h.remembered,
		remember: func(project string) {
			// Without it the first project is opened next time.
			_ = h.ctx.LocalStorage().Set(keyProject, project)
		},
		focus: func(id string) { h.focusOn(id, focusTries) },
		useWeights: func(file []byte, name string) {
			url := addressOf(blobOf(file, "application/octet-stream"))
			h.objects = append(h.objects, url)
			h.send(h.load(source{url, name}))
			h.ctx.Navigate("#reconstruct")
		},
	}
}

// How long focusOn waits for an element, and how often it looks.
const (
	focusTries = 40
	focusPause = 50 * time.Millisecond
)

// focusOn gives an element the keyboard's focus, once it is drawn and takes it.
func (h *Home) focusOn(id string, tries int) {
	h.ctx.Defer(func(ctx ui.Context) {
		element := ui.Window().GetElementByID(id)
		if element.Truthy() && !element.Get("disabled").Truthy() {
			element.Call("focus")
		} else if tries > 0 {
			ctx.After(focusPause, func(ui.Context) { h.focusOn(id, tries-1) })
		}
	})
}

func (h *Home) remembered() string {
	var project string
	if err := h.ctx.LocalStorage().Get(keyProject, &project); err != nil {
		return ""
	}
	return project
}

// blobOf is a file in the browser's memory.
func blobOf(file []byte, mime string) ui.Value {
	array := ui.Window().Get("Uint8Array").New(len(file))
	ui.CopyBytesToJS(array, file)
	// go-app hands its own values on as arguments only, not inside of a Go slice.
	parts := ui.Window().Get("Array").Call("of", array)
	return ui.Window().Get("Blob").New(parts, map[string]any{"type": mime})
}
