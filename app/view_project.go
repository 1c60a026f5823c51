package app

import (
	"fmt"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// projectView is the row that chooses, makes and deletes projects. Three views have
// one each, with the same album.
type projectView struct {
	*album
	prefix string // of the ids
	listed bool   // a list beside it deletes projects
	send   func([]request)
	making bool
	asking bool
	typed  string
}

func (v *projectView) render() ui.UI {
	var body []ui.UI
	switch {
	case v.making:
		body = v.maker()
	case v.asking && v.info != nil:
		text := fmt.Sprintf("Delete the project %s with %s and what was trained on them? This cannot be undone.", v.info.Name, plural(v.count(), "picture", "pictures"))
		body = []ui.UI{ask(v.prefix+"-delete-project", text, "Delete", "Keep",
			func() { v.asking = false; v.send(v.remove()) }, func() { v.asking = false })}
	default:
		body = v.picker()
	}
	return ui.Section().Class("project").Aria("label", "Project").Body(body...)
}

func (v *projectView) picker() []ui.UI {
	busy := v.running != "" || v.intake.busy() || v.renameID != 0 || v.desk.stopped
	id := v.prefix + "-project"
	current := v.opening
	if v.info != nil {
		current = v.info.Name
	}
	names := v.names
	return []ui.UI{
		ui.Label().For(id).Text("Project"),
		ui.Select().ID(id).Disabled(busy || len(names) == 0).
			OnChange(func(ctx ui.Context, _ ui.Event) { v.send(v.open(ctx.JSSrc().Get("value").String())) }).
			Body(ui.Range(names).Slice(func(i int) ui.UI {
				return ui.Option().Value(names[i]).Selected(names[i] == current).Text(names[i])
			})),
		pushButton(v.prefix+"-new-project", "button", "New…", busy, func() { v.making, v.typed = true, "" }),
		ui.If(!v.listed, pushButton(v.prefix+"-remove-project", "button quiet", "Delete…", busy || v.info == nil, func() { v.asking = true })),
		ui.P().Class("hint kept").Text(v.kept()),
	}
}

// kept says what the project holds and where that is.
func (v *projectView) kept() string {
	if v.info == nil {
		if v.entered {
			return "Opening…"
		}
		return ""
	}
	return fmt.Sprintf("%s, %s, kept in this browser on this device", plural(v.count(), "picture", "pictures"), megabytes(float64(v.info.Bytes)))
}

func (v *projectView) maker() []ui.UI {
	id := v.prefix + "-project-name"
	create := func() {
		name := strings.TrimSpace(v.typed)
		if name == "" {
			return
		}
		v.making = false
		v.send(v.open(name))
	}
	return []ui.UI{
		ui.Label().For(id).Text("New project"),
		ui.Input().ID(id).Type("text").MaxLength(63).AutoFocus(true).Placeholder("A name").Value(v.typed).
			OnInput(func(ctx ui.Context, _ ui.Event) { v.typed = ctx.JSSrc().Get("value").String() }).
			OnKeyDown(func(_ ui.Context, e ui.Event) {
				switch e.Get("key").String() {
				case "Enter":
					create()
				case "Escape":
					v.making = false
				}
			}),
		pushButton(v.prefix+"-create-project", "button primary", "Create", false, create),
		pushButton(v.prefix+"-cancel-project", "button", "Cancel", false, func() { v.making = false }),
	}
}
