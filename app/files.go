package app

import (
	"encoding/json"
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// maxFileMB bounds the size of a picture file that is read into memory.
const maxFileMB = 200

// Sample is a picture that comes with the site.
type Sample struct {
	File  string `json:"file"`
	Title string `json:"title"`
}

// fetchSamples lists the sample pictures and opens the first, so that a visitor
// sees a reconstruction at once.
func (h *Home) fetchSamples() {
	h.ctx.Async(func() {
		list, err := h.host.Fetch(SamplesPath + "index.json")
		var samples []Sample
		if err == nil {
			err = json.Unmarshal(list, &samples)
		}
		h.ctx.Dispatch(func(ui.Context) {
			if err != nil {
				h.problem = &session.Problem{
					Text:   "The sample pictures could not be listed: " + err.Error() + ".",
					Remedy: "Choose a picture of your own, or load the page again.",
					Code:   "picture",
				}
				return
			}
			h.samples = samples
			if len(samples) > 0 && h.file == nil {
				h.openSample(0)
			}
		})
	})
}

// openSample fetches and opens a sample picture.
func (h *Home) openSample(i int) {
	s := h.samples[i]
	h.sample = i
	h.ctx.Async(func() {
		file, err := h.host.Fetch(SamplesPath + s.File)
		h.ctx.Dispatch(func(ui.Context) {
			if h.sample != i {
				return // people chose another picture meanwhile
			}
			if err != nil {
				h.problem = &session.Problem{
					Text:   fmt.Sprintf("The sample picture %q could not be loaded: %v.", s.Title, err),
					Remedy: "Choose another one, or load the page again.",
					Code:   "picture",
				}
				return
			}
			h.send(h.open(s.File, file))
		})
	})
}

// openFile reads a File of the browser and opens it.
func (h *Home) openFile(file ui.Value) {
	name := file.Get("name").String()
	if mb := file.Get("size").Float() / 1e6; mb > maxFileMB {
		h.problem = &session.Problem{
			Text:   fmt.Sprintf("%s has %.0f MB; the page reads pictures up to %d MB.", name, mb, maxFileMB),
			Remedy: "Save it smaller, as JPEG for example, and try again.",
			Code:   "picture",
		}
		return
	}
	h.sample = -1
	file.Call("arrayBuffer").Then(func(buffer ui.Value) {
		array := ui.Window().Get("Uint8Array").New(buffer)
		b := make([]byte, array.Length())
		ui.CopyBytesToGo(b, array)
		h.ctx.Dispatch(func(ui.Context) {
			h.send(h.open(name, b))
		})
	})
}

// openTransfer opens the first file of a drop or a paste and reports whether
// there was one.
func (h *Home) openTransfer(transfer ui.Value) bool {
	if !transfer.Truthy() {
		return false
	}
	files := transfer.Get("files")
	if !files.Truthy() || files.Length() == 0 {
		return false
	}
	h.openFile(files.Index(0))
	return true
}

func (h *Home) onChoose(ctx ui.Context, _ ui.Event) {
	input := ctx.JSSrc()
	files := input.Get("files")
	if files.Truthy() && files.Length() > 0 {
		h.openFile(files.Index(0))
	}
	// Without this, choosing the same file twice would not be a change.
	input.Set("value", "")
}

func (h *Home) onPaste(_ ui.Context, e ui.Event) {
	if h.openTransfer(e.Get("clipboardData")) {
		e.PreventDefault()
	}
}

func (h *Home) onDragOver(_ ui.Context, e ui.Event) {
	e.PreventDefault()
	h.dragging = true
}

func (h *Home) onDragLeave(_ ui.Context, e ui.Event) {
	// Moving over a child fires this, too; only leaving the window has no target.
	if !e.Get("relatedTarget").Truthy() {
		h.dragging = false
	}
}

func (h *Home) onDrop(_ ui.Context, e ui.Event) {
	e.PreventDefault()
	h.dragging = false
	if !h.openTransfer(e.Get("dataTransfer")) {
		h.problem = &session.Problem{
			Text:   "What was dropped is not a file.",
			Remedy: "Save the picture first, then drop the file.",
			Code:   "picture",
		}
	}
}
