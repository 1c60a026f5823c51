package app

import (
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// pretrainView draws the state pretrain.
type pretrainView struct {
	*pretrain
	albumView
	panel runView
}

func newPretrainView(h *Home, a *album) *pretrainView {
	v := &pretrainView{pretrain: newPretrain(a)}
	v.albumView = newAlbumView(h, a, v)
	v.panel = runView{run: &v.run, h: h, prefix: "pretrain", send: v.send, start: v.pretrain.start}
	return v
}

func (v *pretrainView) address() string                  { return "pretrain" }
func (v *pretrainView) title() string                    { return "Pre-train" }
func (v *pretrainView) begin() []request                 { return v.pretrain.begin() }
func (v *pretrainView) enter() []request                 { return v.pretrain.enter() }
func (v *pretrainView) leave()                           {}
func (v *pretrainView) handle(e session.Event) []request { return v.pretrain.handle(e) }
func (v *pretrainView) refresh() []request               { return v.pretrain.refresh() }

// files takes what was pasted or chosen elsewhere.
func (v *pretrainView) files(list ui.Value) []request {
	v.give(list, "")
	return nil
}

// drop takes photos and folders of them.
func (v *pretrainView) drop(e ui.Event) { v.dropOn(e, "") }

func (v *pretrainView) render() ui.UI {
	return ui.Div().Class("desk").Body(
		v.projects.render(),
		ui.Div().Class("desk-main").Body(
			v.photosView(),
			v.samplesView(),
			v.explained(),
		),
		ui.Div().Class("desk-side").Body(
			v.panel.panel(),
			v.weightsView(),
		),
	)
}

// photosView brings photos in and shows some.
func (v *pretrainView) photosView() ui.UI {
	return ui.Section().Class("group photos").Aria("label", "Photos").Body(
		ui.H2().Text("Photos"),
		ui.P().Class("hint").Text("Any photos, no classes needed: a few hundred are a start, thousands are better. Those of the project's classes count, too."),
		ui.Div().Class("card-buttons").Body(
			filesButton("photos-files", "button primary", "Add photos", "Add photos or a zip file of them", pictureTypes, false, false,
				func(list ui.Value) { v.give(list, "") }),
			filesButton("photos-folder", "button", "Add a folder", "Add a folder of photos", "", true, false,
				func(list ui.Value) { v.give(list, "") }),
		),
		slot(v.intakeLine()),
		v.photoGrid(),
	)
}

// photoGrid shows the first photos of all classes.
func (v *pretrainView) photoGrid() ui.UI {
	if v.count() == 0 {
		return ui.P().Class("drop-here tall").Text("Drop photos, a folder or a zip here")
	}
	var shown []string
	for _, c := range v.classes {
		for _, p := range v.thumbs.of(v.album, c) {
			if len(shown) < 36 {
				shown = append(shown, p)
			}
		}
	}
	return ui.Div().Body(
		&thumbGrid{Label: "Photos", Thumbs: v.thumbnails(shown)},
		ui.If(v.count() > len(shown), ui.P().Class("hint").Text(fmt.Sprintf("and %d more", v.count()-len(shown)))),
	)
}

// samplesView shows the same pictures as the training goes on.
func (v *pretrainView) samplesView() ui.UI {
	if len(v.samples) == 0 {
		if !v.run.live() {
			return nil
		}
		return ui.Section().Class("group samples-group").Aria("label", "What it makes of them").Body(
			ui.H2().Text("What it makes of them"),
			ui.P().Class("hint").Text("After the first round, eight pictures that it does not learn from appear here, filled in."))
	}
	return ui.Section().ID("samples").Class("group samples-group").Aria("label", "What it makes of them").Body(
		ui.H2().Text("What it makes of them"),
		ui.P().Class("hint").Text(fmt.Sprintf("After %s: photos that it does not learn from, and below each what it saw of it, with its guess at the rest.", plural(v.step, "step", "steps"))),
		ui.Ul().Class("pairs").Body(ui.Range(v.samples).Slice(func(i int) ui.UI {
			s := v.samples[i]
			return ui.Li().Body(
				ui.Img().Src(s.original).Alt(fmt.Sprintf("Photo %d", i+1)),
				ui.Img().Src(s.composite).Alt(fmt.Sprintf("Photo %d with its hidden patches filled in, loss %.3f", i+1, s.loss)),
			)
		})),
	)
}

// weightsView says what can be done with what was learnt.
func (v *pretrainView) weightsView() ui.UI {
	if !v.run.usable() {
		return nil
	}
	return ui.Section().Class("group").Aria("label", "Use it").Body(
		ui.H2().Text("Use it"),
		ui.P().Class("hint").Text("The best weights so far, with their decoder: to fill pictures in, and for Classify to begin with."),
		ui.Div().Class("export-buttons").Body(
			pushButton("use-pretrained", "button primary", "Use in Reconstruct", false, func() { v.send(v.use()) }),
			pushButton("pretrained-official", "button", "safetensors", false, func() { v.send(v.exports.export(session.Pretrain, "official")) }),
			pushButton("pretrained-onnx", "button", "ONNX features", false, func() { v.send(v.exports.export(session.Pretrain, session.KeysONNX)) }),
		),
	)
}

// explained says what happens here.
func (v *pretrainView) explained() ui.UI {
	return ui.Details().Class("about").Body(
		ui.Summary().Text("What pre-training is"),
		ui.Ul().Body(
			ui.Li().Text("Six of ten patches of every photo are hidden, and the network learns to fill them in. Nobody has to say what the photos show."),
			ui.Li().Text("What it learns that way, edges, textures, the look of your subject, helps a classifier that begins with it."),
			ui.Li().Text("The line “answering one colour” is the loss of the best constant answer: a network below it has begun to see."),
			ui.Li().Text("The dotted line is how the first weights of this project learnt, on 7,664 photos at 128 px. With other photos and another size the numbers are others: look at how it falls, not at where it lies."),
			ui.Li().Text("It takes long. On a graphics card hundreds of photos are a matter of hours; on a processor of days. Everything is saved every two minutes, so closing the page costs little."),
		),
	)
}
