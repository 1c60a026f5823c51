package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// view is one of the page's views beside the reconstruction. Its state lives as
// long as the page, shown or not: a training goes on while people look elsewhere.
type view interface {
	address() string // behind the # of the page's address
	title() string   // in the navigation
	// begin greets a new engine, which knows nothing of an earlier one's work.
	begin() []request
	// enter is called when people come to the view, leave when they go.
	enter() []request
	leave()
	// handle takes an event that answers a request of this view.
	handle(e session.Event) []request
	// files takes what was dropped or pasted while the view is shown: a FileList.
	files(list ui.Value) []request
	render() ui.UI
}

// dropper is a view that looks at where on it something is dropped.
type dropper interface{ drop(e ui.Event) }

// refresher is a view that asks anew where the network, the picture or the answer of
// the page is another.
type refresher interface{ refresh() []request }

// OnNav shows the view that the address names; an unknown one is the first.
func (h *Home) OnNav(ctx ui.Context) {
	address, query := "", ""
	if u := ctx.Page().URL(); u != nil {
		address, query, _ = strings.Cut(u.Fragment, "?")
	}
	var next view
	for _, v := range h.views {
		if v.address() == address {
			next = v
		}
	}
	if next == nil && query != "" {
		h.followLink(query)
	}
	if next == h.shown {
		return
	}
	if h.shown != nil {
		h.shown.leave()
	}
	h.shown = next
	if next != nil {
		h.sendFor(next, next.enter())
	}
}

// navigation leads to the views. The current one is marked for everyone.
func (h *Home) navigation() ui.UI {
	link := func(address, title string, current bool) ui.UI {
		a := ui.A().Href("#" + address).Text(title)
		if current {
			a = a.Aria("current", "page")
		}
		return ui.Li().Body(a)
	}
	items := []ui.UI{link("reconstruct", "Reconstruct", h.shown == nil)}
	for _, v := range h.views {
		items = append(items, link(v.address(), v.title(), h.shown == v))
	}
	return ui.Nav().Class("views").Aria("label", "Views").Body(ui.Ul().Body(items...))
}
