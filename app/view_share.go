package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// shareControls saves what is shown, and hands it on.
func (h *Home) shareControls() ui.UI {
	animation, title := "Animation", "Save original, masked and composite as an animated GIF"
	if h.sweepDone() {
		title = "Save the strip from 10 % to 90 % hidden as an animated GIF"
	}
	if h.animationID != 0 {
		animation = "Writing…"
	}
	return group("save-group", "Save and share",
		ui.Div().Class("buttons").Body(
			h.button("save-composite", "Composite", "Save the composite as a PNG", h.downloadComposite),
			h.button("save-panel", "All four", "Save the four pictures side by side as a PNG", h.downloadPanel),
			ui.Button().ID("save-animation").Type("button").Class("button").Title(title).
				Disabled(!h.live() || h.composite == nil || h.animationID != 0).OnClick(h.onAnimate).Text(animation),
			h.button("copy-link", "Copy link", "Copy an address that gives this mask again", h.onCopyLink),
		),
		ui.P().ID("link-said").Class("hint").Role("status").Text(h.linkSaid),
		ui.If(h.linkText != "", ui.Input().ID("link").Type("text").Class("link").ReadOnly(true).
			Aria("label", "Address that gives this mask again").Value(h.linkText)),
	)
}

// sampleShown is the file of the sample picture that is shown, or "".
func (h *Home) sampleShown() string {
	for _, s := range h.samples {
		if h.shownFile == s.source() {
			return s.File
		}
	}
	return ""
}

// onCopyLink puts the address of what is shown on the clipboard, or into a field to
// copy it from where the browser refuses that.
func (h *Home) onCopyLink(ui.Context, ui.Event) {
	sample := h.sampleShown()
	page := ui.Window().Get("location")
	address := page.Get("origin").String() + page.Get("pathname").String() + page.Get("search").String() + h.link(sample)
	said := "Link copied: picture and mask."
	if sample == "" {
		said = "Link copied: the mask only. Your photo stays here."
	}
	h.linkText = ""
	h.copyText(address, func(copied bool) {
		if h.linkSaid = said; !copied {
			h.linkSaid, h.linkText = "The browser does not let the page copy. The link:", address
		}
	})
}

// copyText puts text on the clipboard; done learns, on the page's goroutine, whether the
// browser allowed it.
func (h *Home) copyText(text string, done func(copied bool)) {
	tell := func(copied bool) { h.ctx.Dispatch(func(ui.Context) { done(copied) }) }
	clipboard := ui.Window().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		tell(false)
		return
	}
	promised(clipboard.Call("writeText", text), func(ui.Value) { tell(true) }, func(ui.Value) { tell(false) })
}

// promised calls one of two functions when a promise is settled. It does not wait.
func promised(promise ui.Value, resolved, rejected func(ui.Value)) {
	var then, fail ui.Func
	answer := func(f func(ui.Value)) ui.Func {
		return ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
			then.Release()
			fail.Release()
			f(args[0])
			return nil
		})
	}
	then, fail = answer(resolved), answer(rejected)
	promise.Call("then", then, fail)
}
