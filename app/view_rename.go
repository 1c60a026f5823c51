package app

import (
	"fmt"
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// projectRow is a line of the list of projects.
func (v *modelsView) projectRow(i int, name string) []ui.UI {
	n := strconv.Itoa(i)
	switch name {
	case v.asking:
		return []ui.UI{ask("delete-"+n, fmt.Sprintf("Delete %s with its pictures and what was trained on them? This cannot be undone.", name), "Delete", "Keep",
			func() { v.send(v.deleteProject(name)) }, func() { v.asking = "" }, name)}
	case v.renaming.project:
		return []ui.UI{v.nameField(name)}
	}
	busy := v.busy()
	open := v.info != nil && v.info.Name == name
	state := ""
	if open {
		state = "open"
	}
	return []ui.UI{
		ui.Div().Class("stored").Body(ui.Strong().Text(name), ui.Span().Class("hint").Text(v.holds(name))),
		ui.Span().Class("count").Hidden(!open).Text(state),
		pushButton("open-project-"+n, "button small", "Open", busy || open, func() { v.send(v.open(name)) }, name).Aria("label", "Open "+name),
		pushButton(idRename(i), "button small", "Rename", busy, func() { v.rename(name) }, name).Aria("label", "Rename "+name),
		pushButton("delete-project-"+n, "button small quiet", "Delete…", busy, func() { v.asking = name }, name).Aria("label", "Delete "+name),
	}
}

// nameField takes a project's new name.
func (v *modelsView) nameField(name string) ui.UI {
	waits, problem := v.renameID != 0, ""
	if p := v.renaming.problem; p != nil {
		problem = strings.TrimSpace(session.Sentence(p.Text) + " " + session.Sentence(p.Remedy))
	}
	save := func() { v.send(v.saveName()) }
	return ui.Div().Class("rename").Role("group").Aria("label", "Rename "+name).Body(
		ui.Input().ID(idNewName).Type("text").MaxLength(63).ReadOnly(waits).Value(v.renaming.typed).
			Aria("label", "New name of "+name).Aria("invalid", problem != "").Aria("describedby", "name-problem").
			OnInput(func(ctx ui.Context, _ ui.Event) { v.renaming.typed = ctx.JSSrc().Get("value").String() }).
			OnKeyDown(func(_ ui.Context, e ui.Event) {
				switch key := e.Get("key").String(); {
				case v.renameID != 0:
				case key == "Enter":
					save()
				case key == "Escape":
					v.keepName()
				}
			}),
		pushButton("save-name", "button small primary", "Save", waits, save),
		pushButton("keep-name", "button small", "Cancel", waits, v.keepName),
		ui.P().ID("name-problem").Role("alert").Hidden(problem == "").Text(problem),
	)
}
