package app

import (
	"cmp"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// albumView is what both views of a project have: the album, and the way to bring
// pictures into it.
type albumView struct {
	of       *album
	h        *Home
	self     view
	projects projectView
	camera   camera
}

func newAlbumView(h *Home, a *album, self view) albumView {
	v := albumView{of: a, h: h, self: self, camera: camera{h: h}}
	v.projects = projectView{album: a, prefix: self.address(), send: func(r []request) { h.sendFor(self, r) }}
	return v
}

func (v *albumView) send(requests []request) { v.h.sendFor(v.self, requests) }

// give takes chosen files into the project; class "" leaves their folders to say
// where. A browser that is asked for a file's size goes to the disk, so that the page
// would stand still for the second that a thousand of them take.
func (v *albumView) give(list ui.Value, class string) {
	files := listed(list)
	v.take(class, func() []given { return files })
}

// take looks at files beside what the page does, and adds them.
func (v *albumView) take(class string, find func() []given) {
	v.h.keepForGood()
	v.of.intake.reading++
	v.h.ctx.Async(func() {
		files := picks(find(), class)
		v.h.ctx.Dispatch(func(ui.Context) {
			v.of.intake.reading--
			v.send(v.of.add(files))
			v.h.finishUpdate() // no event comes where there was none to add
		})
	})
}

// dropOn takes what was dropped, folders too.
func (v *albumView) dropOn(e ui.Event, class string) {
	entries := dropped(e)
	v.take(class, func() []given { return walk(entries) })
}

// cameraView shows the camera where it takes pictures for a class.
func (v *albumView) cameraView(class string) ui.UI {
	if !v.camera.on || v.camera.use != class || class == "" {
		return nil
	}
	record := "Record"
	if v.camera.burst {
		record = "Stop recording"
	}
	take := func() {
		v.camera.shoot(func(s source) {
			v.send(v.of.add([]picked{{path: class + "/" + s.name, open: func() string { return s.url }}}))
		})
	}
	return ui.Div().Class("class-camera").Body(
		ui.Video().ID(idClassCamera).AutoPlay(true).Muted(true).Attr("playsinline", true).Aria("label", "What the camera sees"),
		ui.Div().Class("card-buttons").Body(
			pushButton("camera-one", "button", "One picture", false, take, class),
			pushButton("camera-burst", "button primary", record, false, func() {
				v.camera.burst = !v.camera.burst
				if !v.camera.burst {
					return
				}
				v.camera.every(burstPause, func() bool {
					if v.camera.burst && v.camera.taken < mostBurst {
						take()
						return true
					}
					v.camera.burst = false
					return false
				})
			}, class),
			pushButton("camera-off", "button quiet", "Close", false, v.camera.stop),
		),
		ui.P().Class("hint").Text(cmp.Or(map[bool]string{true: plural(v.camera.taken, "picture", "pictures") + " taken"}[v.camera.taken > 0],
			"Record takes four pictures a second: move the thing, change the light.")),
	)
}
