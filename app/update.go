package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// trainer is a view that trains: its run can be paused, and goes on after a reload.
type trainer interface{ training() *run }

func (v *classifyView) training() *run { return &v.run }
func (v *pretrainView) training() *run { return &v.run }

// OnAppUpdate tells of a newer version of the page.
func (h *Home) OnAppUpdate(ctx ui.Context) { h.updated = ctx.AppUpdateAvailable() }

// updateNotice offers a newer version.
func (h *Home) updateNotice() ui.UI {
	text := "A newer version of this page is ready. Projects stay: a training is paused first, and files on their way arrive. The picture in Reconstruct goes."
	switch {
	case h.updating:
		text = "What is under way ends first: a training is saved, files arrive. Then the newer version loads."
	case h.stopped && h.moving():
		text = "A newer version of this page is ready. The engine has stopped, so files on their way would be lost: start it again first, or add them again afterwards."
	}
	return ui.Div().ID("update").Class("notice").Body(
		ui.P().Text(text),
		pushButton("load-update", "button", "Load it", h.updating, h.loadUpdate),
	)
}

// loadUpdate pauses what is under way and loads the page again.
func (h *Home) loadUpdate() {
	h.updating = true
	for _, v := range h.views {
		if t, ok := v.(trainer); ok {
			h.sendFor(v, t.training().pause())
		}
	}
	h.finishUpdate()
}

// finishUpdate loads the page again once nothing is under way.
func (h *Home) finishUpdate() {
	if h.updating && (h.stopped || !h.working()) {
		h.ctx.Reload()
	}
}

// working reports whether a reload would cut short what projects keep.
func (h *Home) working() bool {
	for _, v := range h.views {
		if t, ok := v.(trainer); ok && t.training().live() {
			return true
		}
	}
	return h.moving()
}

// moving reports whether files are on their way into projects or out of them.
func (h *Home) moving() bool {
	for _, v := range h.views {
		if m, ok := v.(*modelsView); ok && (m.intake.busy() || m.packID != 0 || m.unpackID != 0 || m.renameID != 0) {
			return true
		}
	}
	return false
}
