package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// thumbnail is a small picture as it is shown now.
type thumbnail struct {
	Path, URL string
	There     bool // the answer is there; without a URL it cannot be read
	Selected  bool
}

// thumbGrid shows small pictures. It is a component of its own, since it is the
// largest part of the page and rarely changes: go-app draws it anew only where an
// exported field is another, so that a training's steps leave it alone.
type thumbGrid struct {
	ui.Compo
	Label  string
	Thumbs []thumbnail

	toggle func(path string) // selects one; nil: they are to be looked at only
}

// Render shows the pictures as buttons that select them.
func (g *thumbGrid) Render() ui.UI {
	return ui.Ul().Class("thumbs").Aria("label", g.Label).Body(
		ui.Range(g.Thumbs).Slice(func(i int) ui.UI {
			t := g.Thumbs[i]
			if g.toggle == nil {
				return ui.Li().Title(t.Path).Body(t.image())
			}
			return ui.Li().Body(
				ui.Button().Type("button").Class("thumb").Title(t.Path).
					Aria("label", "Select "+t.Path).Aria("pressed", strconv.FormatBool(t.Selected)).
					OnClick(func(ui.Context, ui.Event) { g.toggle(t.Path) }, t.Path).
					Body(t.image()),
			)
		}),
	)
}

// image is a small picture, or its place.
func (t thumbnail) image() ui.UI {
	switch {
	case !t.There:
		return ui.Span().Class("thumb-place")
	case t.URL == "":
		return ui.Span().Class("thumb-place broken").Title("This picture cannot be read").Text("?")
	}
	return ui.Img().Src(t.URL).Alt("").Width(thumbSize).Height(thumbSize)
}

// thumbnail is a picture of the album as it is shown now.
func (a *album) thumbnail(path string) thumbnail {
	url, there := a.thumbs.urls[path]
	return thumbnail{path, url, there, a.selected[path]}
}

func (a *album) thumbnails(paths []string) []thumbnail {
	out := make([]thumbnail, len(paths))
	for i, p := range paths {
		out[i] = a.thumbnail(p)
	}
	return out
}

// thumbGrid shows pictures of a class that can be selected.
func (v *albumView) thumbGrid(class string, paths []string) ui.UI {
	if len(paths) == 0 {
		if class == "" {
			return nil
		}
		return ui.P().Class("drop-here").Text("Drop pictures here")
	}
	return &thumbGrid{Label: "Pictures of " + className(class), Thumbs: v.of.thumbnails(paths), toggle: func(path string) {
		// The whole page is to be drawn, not this grid alone.
		v.h.ctx.Dispatch(func(ui.Context) { v.of.toggle(path) })
	}}
}
