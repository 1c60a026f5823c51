package app

import (
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// predictView lets people try the classifier on any picture, and on the camera.
func (v *classifyView) predictView() ui.UI {
	p := &v.predict
	if !v.run.usable() && p.url == "" {
		return nil
	}
	return ui.Section().ID("try").Class("group try").Aria("label", "Try it").Body(
		ui.H2().Text("Try it"),
		ui.Div().Class("card-buttons").Body(
			filesButton("try-file", "button", "Choose a picture", "Choose a picture to try", "image/*", false, false, func(list ui.Value) { v.tryFiles(listed(list)) }),
			pushButton("try-camera", "button", v.cameraWord(), !v.run.usable(), v.tryCamera),
		),
		ui.If(v.camera.on && v.camera.use == "", ui.Video().ID(idClassCamera).AutoPlay(true).Muted(true).
			Attr("playsinline", true).Aria("label", "What the camera sees")),
		v.triedPicture(),
		v.answers(),
	)
}

func (v *classifyView) cameraWord() string {
	if v.camera.on && v.camera.use == "" {
		return "Camera off"
	}
	return "Camera"
}

func (v *classifyView) triedPicture() ui.UI {
	if v.predict.url == "" {
		return ui.P().Class("drop-here").Text("Drop a picture here")
	}
	if v.camera.on && v.camera.use == "" {
		return nil
	}
	return ui.Img().Class("tried").Src(v.predict.url).Alt("The picture that is asked about")
}

// answers are the classes with their shares.
func (v *classifyView) answers() ui.UI {
	p := &v.predict
	switch {
	case p.problem != nil:
		return ui.P().Class("notice plain").Text(session.Sentence(p.problem.Text) + " " + session.Sentence(p.problem.Remedy))
	case p.waiting && len(p.answer) == 0:
		return ui.P().Class("hint").Text("Looking…")
	case len(p.answer) == 0:
		return nil
	}
	return ui.Ul().ID("answers").Class("bars").Aria("label", "Answers").Aria("live", "polite").Body(
		ui.Range(p.answer).Slice(func(i int) ui.UI {
			a := p.answer[i]
			return ui.Li().Body(
				ui.Span().Class("bar-name").Text(a.Label),
				bar(a.Label, a.P),
				ui.Span().Class("bar-value").Text(fmt.Sprintf("%.1f %%", 100*a.P)),
			)
		}),
	)
}

// tryFiles asks about the first of some files.
func (v *classifyView) tryFiles(files []given) {
	if len(files) == 0 {
		return
	}
	if !v.run.usable() {
		v.h.problem = &session.Problem{Text: "There is no trained network to ask yet.", Remedy: "Train first.", Code: "training"}
		return
	}
	v.camera.stop()
	v.send(v.predict.ask(source{addressOf(files[0].file), files[0].path}))
}

// tryCamera asks about what the camera sees, again and again.
func (v *classifyView) tryCamera() {
	if v.camera.on && v.camera.use == "" {
		v.camera.stop()
		return
	}
	v.camera.start("")
	v.camera.whenOn = func() {
		v.camera.every(livePause, func() bool {
			if !v.predict.waiting {
				v.camera.shoot(func(s source) { v.send(v.predict.ask(s)) })
			}
			return true
		})
	}
}
