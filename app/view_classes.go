package app

import (
	"fmt"
	"slices"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/data"
)

// pictureTypes are what a choice of files offers.
const pictureTypes = "image/*,.zip"

// classesView shows the classes as cards.
func (v *classifyView) classesView() ui.UI {
	return ui.Section().Class("classes").Aria("label", "Pictures by class").Body(
		ui.Div().Class("section-head").Body(
			ui.H2().Text("Pictures"),
			ui.P().Class("hint").Text("What should be told apart? Give every class its pictures: drop them on it, or drop a folder or a zip with a folder for each class anywhere."),
		),
		slot(v.intakeLine()),
		slot(v.selectionBar()),
		ui.Div().Class("cards").Body(
			ui.Range(v.classes).Slice(func(i int) ui.UI { return v.card(i, v.classes[i]) }),
			ui.Div().Class("card add-card").Body(
				pushButton("add-class", "button", "Add a class", v.info == nil, func() { v.send(v.newClass()) }),
				filesButton("add-folder", "button", "Folder of classes", "Add a folder with a folder for each class", "", true, false,
					func(list ui.Value) { v.give(list, "") }),
				filesButton("add-zip", "button", "Zip of classes", "Add a zip file with a folder for each class", ".zip", false, false,
					func(list ui.Value) { v.give(list, "") }),
			),
		),
		v.balanceNote(),
	)
}

func (v *classifyView) balanceNote() ui.UI {
	text := v.balance()
	if text == "" {
		return nil
	}
	return ui.P().ID("balance").Class("notice plain").Text(text)
}

// intakeLine tells what is being added, and what could not be.
func (v *albumView) intakeLine() ui.UI {
	in := &v.of.intake
	if in.busy() {
		text, progress := "Looking at the files…", ui.Progress().Aria("label", "Adding files")
		if len(in.queue)+len(in.sent) > 0 {
			text = fmt.Sprintf("Adding %s…", plural(in.total, "file", "files"))
			progress = progress.Max(in.total).Value(in.done)
		}
		return ui.Div().Class("intake").Role("status").Body(ui.P().Text(text), progress)
	}
	n := len(in.refused)
	if n == 0 {
		return nil
	}
	shown := in.refused[:min(n, 50)]
	return ui.Div().Class("notice plain refused").Body(
		ui.Details().Body(
			ui.Summary().Text(plural(n, "file was", "files were")+" not added"),
			ui.Ul().Body(
				ui.Range(shown).Slice(func(i int) ui.UI { return ui.Li().Text(shown[i].Path + ": " + shown[i].Why) }),
				ui.If(n > len(shown), ui.Li().Text(fmt.Sprintf("and %d more", n-len(shown)))),
			),
		),
		ui.Button().Type("button").Class("close").Aria("label", "Dismiss the list").
			OnClick(func(ui.Context, ui.Event) { v.of.intake.refused = nil }).Text("×"),
	)
}

// selectionBar is what can be done with the selected pictures.
func (v *classifyView) selectionBar() ui.UI {
	n := len(v.selected)
	if n == 0 {
		return nil
	}
	classes := v.named()
	return ui.Div().ID("selection").Class("selection").Role("group").Aria("label", "Selected pictures").Body(
		ui.P().Role("status").Text(plural(n, "picture", "pictures")+" selected"),
		ui.Label().Class("visually-hidden").For("move-to").Text("Move the selected pictures to"),
		ui.Select().ID("move-to").
			OnChange(func(ctx ui.Context, _ ui.Event) {
				if class := ctx.JSSrc().Get("value").String(); class != "" {
					v.send(v.move(v.selection(), class))
				}
			}).
			Body(
				ui.Option().Value("").Selected(true).Text("Move to…"),
				ui.Range(classes).Slice(func(i int) ui.UI { return ui.Option().Value(classes[i]).Text(classes[i]) }),
			),
		pushButton("remove-selected", "button", "Remove", false, func() { v.send(v.discard(v.selection())) }),
		pushButton("select-none", "button", "Cancel", false, func() { clear(v.selected) }),
	)
}

// card is one class.
func (v *classifyView) card(i int, class string) ui.UI {
	n := strconv.Itoa(i)
	all, shown := v.pictures[class], v.thumbs.of(v.album, class)
	card := ui.Article().Class("card").DataSet("class", class).Aria("label", className(class)).Body(
		v.cardHead(n, class, len(all)),
		v.cardQuestion(n, class, len(all)),
		ui.If(class != "", ui.Div().Class("card-buttons").Body(
			filesButton("add-"+n, "button", "Add pictures", "Add pictures to "+class, pictureTypes, false, false,
				func(list ui.Value) { v.give(list, class) }, class),
			pushButton("camera-"+n, "button", "Camera", v.info == nil, func() { v.camera.start(class) }, class),
		)),
		v.cameraView(class),
		v.thumbGrid(class, shown),
		ui.If(len(all) > len(shown), pushButton("more-"+n, "button quiet", fmt.Sprintf("Show more of %d", len(all)), false,
			func() { v.send(v.thumbs.more(v.album, class)) }, class)),
	)
	return card
}

func (v *classifyView) cardHead(n, class string, count int) ui.UI {
	if class == "" {
		return ui.Header().Body(ui.H3().Text(className(class)), ui.Span().Class("count").Text(strconv.Itoa(count)))
	}
	return ui.Header().Body(
		ui.Input().ID("class-"+n).Class("class-name").Type("text").MaxLength(data.MaxClassName).
			Aria("label", "Name of the class "+class).Value(class).
			OnChange(func(ctx ui.Context, _ ui.Event) {
				input := ctx.JSSrc()
				v.send(v.rename(class, input.Get("value").String()))
				if slices.Contains(v.classes, class) {
					input.Set("value", class) // the name in force again
				}
			}, class),
		ui.Span().Class("count").Aria("label", plural(count, "picture", "pictures")).Text(strconv.Itoa(count)),
		ui.Button().ID("remove-class-"+n).Type("button").Class("close").Aria("label", "Delete the class "+class).
			OnClick(func(ui.Context, ui.Event) {
				if len(v.pictures[class]) == 0 {
					v.send(v.removeClass(class))
					return
				}
				v.doomed = class
			}, class).Text("×"),
	)
}

// cardQuestion asks before a class with pictures goes.
func (v *classifyView) cardQuestion(n, class string, count int) ui.UI {
	if v.doomed != class || class == "" {
		return nil
	}
	return ask("doom-"+n, fmt.Sprintf("Delete %s with %s?", class, plural(count, "picture", "pictures")), "Delete", "Keep",
		func() { v.doomed = ""; v.send(v.removeClass(class)) }, func() { v.doomed = "" }, class)
}
