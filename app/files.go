package app

import (
	"encoding/json"
	"fmt"
	"slices"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// What the engine can hold in a browser, where memory ends at 4 GB.
const (
	maxPictureMB = 200
	maxWeightsMB = 900
)

// Sample is a picture that comes with the site.
type Sample struct {
	File  string `json:"file"`
	Title string `json:"title"`
}

// source is where the engine finds the sample.
func (s Sample) source() source { return source{SamplesPath + s.File, s.File} }

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
					Code:   "samples",
				}
				return
			}
			h.samples = samples
			if len(samples) > 0 && h.file.url == "" {
				h.send(h.open(h.firstSample()))
			}
		})
	})
}

// firstSample is the one that the page's address asks for, or the first.
func (h *Home) firstSample() source {
	if h.linked != nil {
		if s, ok := h.sample(h.linked.sample); ok {
			return s
		}
	}
	return h.samples[0].source()
}

// sample finds a sample by its file.
func (h *Home) sample(file string) (source, bool) {
	for _, s := range h.samples {
		if s.File == file {
			return s.source(), true
		}
	}
	return source{}, false
}

// followLink takes what the page's address asks for: at the start, or later where
// people paste another one.
func (h *Home) followLink(query string) {
	l, err := parseLink(query)
	if err != nil {
		h.problem = &session.Problem{Text: err.Error(), Remedy: "Ask for the link again; the page goes on with a mask of its own.", Code: codeLink}
		return
	}
	if s, ok := h.sample(l.sample); ok && s != h.file {
		h.linked = &l
		h.send(h.open(s))
		return
	}
	h.send(h.follow(l))
	h.draw()
}

// codeLink is the code of a link's problems.
const codeLink = "link"

// openFiles hands files that were dropped, pasted or chosen to the view that is shown;
// it reports whether there was a file at all.
func (h *Home) openFiles(files ui.Value) bool {
	if !files.Truthy() || files.Length() == 0 {
		return false
	}
	if h.shown != nil {
		h.sendFor(h.shown, h.shown.files(files))
		return true
	}
	h.takeInHand(files)
	return true
}

// takeInHand opens the first picture and the first weights among files.
func (h *Home) takeInHand(files ui.Value) {
	var picture, weights bool
	for i := range files.Length() {
		file := files.Index(i)
		name, mb := file.Get("name").String(), file.Get("size").Float()/1e6
		switch {
		case session.IsWeights(name) && !weights:
			weights = true
			if h.fits("weights", name, mb, maxWeightsMB, "Take a smaller model, or the command line: unmask reconstruct --weights FILE.") {
				h.send(h.load(h.object(file, name)))
			}
		case !session.IsWeights(name) && !picture:
			picture = true
			if h.fits("picture", name, mb, maxPictureMB, "Save it smaller, as JPEG for example, and try again.") {
				h.send(h.open(h.object(file, name)))
			}
		}
	}
}

// fits refuses a file that the engine has no memory for.
func (h *Home) fits(code, name string, mb, most float64, remedy string) bool {
	if mb <= most {
		return true
	}
	h.problem = &session.Problem{
		Text:   fmt.Sprintf("%s has %.0f MB; the page reads files up to %.0f MB.", name, mb, most),
		Remedy: remedy,
		Code:   code,
	}
	return false
}

// object gives a File of the browser an address that the engine can fetch.
func (h *Home) object(file ui.Value, name string) source {
	url := addressOf(file)
	h.objects = append(h.objects, url)
	return source{url, name}
}

// revoke gives back the objects that nothing refers to any more.
func (h *Home) revoke() {
	h.objects = slices.DeleteFunc(h.objects, func(url string) bool {
		for _, s := range []source{h.file, h.shownFile, h.net, h.shownNet} {
			if s.url == url {
				return false
			}
		}
		forgetAddress(url)
		return true
	})
}

func (h *Home) onChoose(ctx ui.Context, _ ui.Event) {
	input := ctx.JSSrc()
	h.openFiles(input.Get("files"))
	// Without this, choosing the same file twice would not be a change.
	input.Set("value", "")
}

func (h *Home) onPaste(_ ui.Context, e ui.Event) {
	if transfer := e.Get("clipboardData"); transfer.Truthy() && h.openFiles(transfer.Get("files")) {
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
	if d, ok := h.shown.(dropper); ok && e.Get("dataTransfer").Get("files").Length() > 0 {
		d.drop(e)
		return
	}
	if transfer := e.Get("dataTransfer"); transfer.Truthy() && h.openFiles(transfer.Get("files")) {
		return
	}
	h.problem = &session.Problem{
		Text:   "What was dropped is not a file.",
		Remedy: "Save the picture first, then drop the file.",
		Code:   "picture",
	}
}
