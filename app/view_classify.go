package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// classifyView draws the state classify.
type classifyView struct {
	*classify
	albumView
	panel  runView
	doomed string // the class that is asked about before it goes
}

func newClassifyView(h *Home, a *album) *classifyView {
	v := &classifyView{classify: newClassify(a)}
	v.albumView = newAlbumView(h, a, v)
	v.panel = runView{run: &v.run, h: h, prefix: "classify", send: v.send, start: v.classify.start}
	return v
}

func (v *classifyView) address() string { return "classify" }
func (v *classifyView) title() string   { return "Classify" }
func (v *classifyView) begin() []request {
	v.camera.stop()
	return v.classify.begin()
}
func (v *classifyView) enter() []request                 { return v.classify.enter() }
func (v *classifyView) leave()                           { v.camera.stop() }
func (v *classifyView) handle(e session.Event) []request { return v.classify.handle(e) }
func (v *classifyView) refresh() []request               { return v.classify.refresh() }

// files takes what was pasted or chosen elsewhere.
func (v *classifyView) files(list ui.Value) []request {
	v.give(list, "")
	return nil
}

// drop takes what was dropped on a class, on the picture to try, or anywhere.
func (v *classifyView) drop(e ui.Event) {
	target := e.Get("target")
	if target.Call("closest", "#try").Truthy() {
		v.tryFiles(listed(e.Get("dataTransfer").Get("files")))
		return
	}
	class := ""
	if card := target.Call("closest", "[data-class]"); card.Truthy() {
		class = card.Call("getAttribute", "data-class").String()
	}
	v.dropOn(e, class)
}

// render lays the view out; on a wide screen the training stands beside the
// pictures.
func (v *classifyView) render() ui.UI {
	return ui.Div().Class("desk").Body(
		v.projects.render(),
		ui.Div().Class("desk-main").Body(
			v.classesView(),
			v.resultsView(),
		),
		ui.Div().Class("desk-side").Body(
			v.panel.panel(),
			v.predictView(),
			v.exportsView(),
		),
	)
}

// exportsView saves what was trained for use elsewhere.
func (v *classifyView) exportsView() ui.UI {
	if !v.run.usable() {
		return nil
	}
	return exportGroup("export", "Take it with you", v.run.live(), []exportFormat{
		{"official", "safetensors", "names of the official code; unmask classify reads it"},
		{"timm", "timm", "safetensors with timm's names"},
		{"onnx", "ONNX", "for other programs"},
	}, func(keys string) { v.send(v.exports.export(session.Finetune, keys)) })
}

// exportFormat is one way to write weights.
type exportFormat struct{ keys, name, hint string }

// exportGroup offers weights as files. While a run goes on they are those of its
// best validation so far.
func exportGroup(id, title string, live bool, formats []exportFormat, save func(keys string)) ui.UI {
	hint := "The file holds the weights, the names of the classes, the pre-processing and the answers to a picture that anyone can make, so that it can be checked."
	if live {
		hint = "The best of this training so far. " + hint
	}
	return ui.Section().Class("group").Aria("label", title).Body(
		ui.H2().Text(title),
		ui.Div().Class("export-buttons").Body(
			ui.Range(formats).Slice(func(i int) ui.UI {
				f := formats[i]
				return pushButton(id+"-"+f.keys, "button", f.name, false, func() { save(f.keys) }).Title(f.hint)
			}),
		),
		ui.P().Class("hint").Text(hint),
	)
}
