package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// option is one choice of a segmented control.
type option struct {
	id, name string
	on       bool
	choose   func()
	title    string // "": none
	label    string // for screen readers; "": the name
}

// segmented lets people choose one of a few.
func segmented(group, label string, disabled bool, options ...option) ui.HTMLDiv {
	return ui.Div().Class("segmented").Role("radiogroup").Aria("label", label).Body(
		ui.Range(options).Slice(func(i int) ui.UI {
			o := options[i]
			input := ui.Input().ID(o.id).Type("radio").Name(group).Checked(o.on).Disabled(disabled).
				OnChange(func(ui.Context, ui.Event) { o.choose() }, o.id)
			if o.label != "" {
				input = input.Aria("label", o.label)
			}
			choice := ui.Label().Body(input, ui.Span().Text(o.name))
			if o.title != "" {
				choice = choice.Title(o.title)
			}
			return choice
		}),
	)
}

// pushButton is a button of any view. go-app keeps the first function that a button
// came with until the scope changes: it names what do was made for.
func pushButton(id, class, text string, disabled bool, do func(), scope ...any) ui.HTMLButton {
	return ui.Button().ID(id).Type("button").Class(class).Disabled(disabled).
		OnClick(func(ui.Context, ui.Event) { do() }, append(scope, id)...).Text(text)
}

// section is a titled part of a view.
func section(id, title string, body ...ui.UI) ui.HTMLSection {
	return ui.Section().ID(id).Class("group").Aria("label", title).Body(append([]ui.UI{ui.H2().Text(title)}, body...)...)
}

// facts is a list of terms with what they are.
func facts(id string, rows [][2]string) ui.HTMLDl {
	return ui.Dl().ID(id).Class("facts").Body(ui.Range(rows).Slice(func(i int) ui.UI {
		return ui.Div().Body(ui.Dt().Text(rows[i][0]), ui.Dd().Text(rows[i][1]))
	}))
}

// table is a table of texts; the first of each row is its head.
func table(id string, head []string, rows int, row func(i int) []string) ui.UI {
	return ui.Table().ID(id).Class("numbers-table").Body(
		ui.THead().Body(ui.Tr().Body(ui.Range(head).Slice(func(i int) ui.UI { return ui.Th().Scope("col").Text(head[i]) }))),
		ui.TBody().Body(ui.Range(make([]struct{}, rows)).Slice(func(i int) ui.UI {
			cells := row(i)
			return ui.Tr().Body(ui.Range(cells).Slice(func(k int) ui.UI {
				if k == 0 {
					return ui.Th().Scope("row").Text(cells[k])
				}
				return ui.Td().Text(cells[k])
			}))
		})),
	)
}

// slot keeps the place of something that is not always there: go-app tells what
// follows it by its position, and would make all of that anew, fields that people
// are typing in among it.
func slot(content ui.UI) ui.UI { return ui.Div().Class("slot").Body(content) }

// filesButton takes files, or with folder a folder of them.
func filesButton(id, class, text, label, accept string, folder, disabled bool, take func(list ui.Value), scope ...any) ui.UI {
	input := ui.Input().ID(id).Class("visually-hidden").Type("file").Multiple(true).Disabled(disabled).Aria("label", label).
		OnChange(func(ctx ui.Context, _ ui.Event) {
			input := ctx.JSSrc()
			take(input.Get("files"))
			input.Set("value", "") // or the same files would be no change
		}, append(scope, id)...)
	if folder {
		input = input.Attr("webkitdirectory", true)
	} else {
		input = input.Accept(accept)
	}
	return ui.Label().Class(class+" file").Body(ui.Span().Aria("hidden", "true").Text(text), input)
}

// ask is a question in place of what it is about: never a dialog, which would stop
// the page.
func ask(id, text, yes, no string, do, keep func(), scope ...any) ui.UI {
	return ui.Div().Class("ask").Role("group").Aria("label", text).Body(
		ui.P().Text(text),
		pushButton(id+"-yes", "button danger", yes, false, do, scope...),
		pushButton(id+"-no", "button", no, false, keep, scope...),
	)
}

// chartView shows a chart with its labels.
func chartView(c chart) ui.UI {
	tx, ty := c.axes()
	x, y := tickText(tx), tickText(ty)
	if c.percent {
		for i := range y {
			y[i] += " %"
		}
	}
	return ui.Figure().ID(c.id).Class("chart").Body(
		ui.FigCaption().Body(
			ui.Span().Class("chart-title").Text(c.title),
			ui.Range(c.series).Slice(func(i int) ui.UI {
				return ui.Span().Class("legend " + c.series[i].class).Text(c.series[i].name)
			}),
		),
		ui.Div().Class("chart-y").Aria("hidden", "true").Body(
			ui.Range(y).Slice(func(i int) ui.UI { return ui.Span().Text(y[len(y)-1-i]) }),
		),
		ui.Raw(c.svg()),
		ui.Div().Class("chart-x").Aria("hidden", "true").Body(
			ui.Range(x).Slice(func(i int) ui.UI { return ui.Span().Text(x[i]) }),
		),
		ui.P().Class("chart-name").Aria("hidden", "true").Text(c.x),
	)
}

// bar shows a share beside its text.
func bar(label string, share float64) ui.UI {
	return ui.Progress().Class("bar").Aria("label", label).Max(1).Value(strconv.FormatFloat(share, 'f', 4, 64))
}
