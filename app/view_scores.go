package app

import (
	"fmt"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// resultsView shows how good the classifier is on pictures that it never learnt
// from, and where it errs.
func (v *classifyView) resultsView() ui.UI {
	head := func(body ...ui.UI) ui.UI {
		return ui.Section().ID("results").Class("group results").Aria("label", "How good it is").
			Body(append([]ui.UI{ui.H2().Text("How good it is")}, body...)...)
	}
	switch {
	case v.scoresID != 0:
		return head(ui.P().Role("status").Class("hint").Text("Testing on the pictures set aside…"),
			ui.Progress().Aria("label", "Testing").Max(max(1, v.total)).Value(v.scored))
	case v.scoresProblem != nil:
		return head(ui.P().Class("notice plain").Text(session.Sentence(v.scoresProblem.Text)+" "+session.Sentence(v.scoresProblem.Remedy)), v.measureButton())
	case v.scores == nil || v.scores.Scores == nil:
		if !v.run.usable() {
			return nil
		}
		return head(ui.P().Class("hint").Text("There are weights to test, the best so far."), v.measureButton())
	}
	s := v.scores
	return head(
		ui.P().ID("verdict").Class("verdict").Text(v.verdict()),
		ui.If(v.stale(), ui.P().Class("notice plain").Text("The classes have changed since. Train anew to learn them.")),
		v.perClass(s),
		v.confusion(s),
		v.mistakesView(),
		v.measureButton(),
	)
}

func (v *classifyView) measureButton() ui.UI {
	return ui.Div().Class("buttons").Body(
		pushButton("measure", "button", "Test again", !v.run.usable() || v.scoresID != 0, func() { v.send(v.measure()) }))
}

// perClass shows the share of right answers of each class.
func (v *classifyView) perClass(s *session.ClassReport) ui.UI {
	return ui.Ul().Class("bars").Aria("label", "Right answers by class").Body(
		ui.Range(s.Classes).Slice(func(i int) ui.UI {
			right := s.PerClass[i]
			return ui.Li().Body(
				ui.Span().Class("bar-name").Text(s.Classes[i]),
				bar(s.Classes[i], right/100),
				ui.Span().Class("bar-value").Text(fmt.Sprintf("%.0f %% of %d", right, s.Counts[i])),
			)
		}),
	)
}

// mostConfusion bounds the table of answers; a larger one is no help to anyone.
const mostConfusion = 24

// confusion is the table of answers, shaded by share.
func (v *classifyView) confusion(s *session.ClassReport) ui.UI {
	n := len(s.Classes)
	if n > mostConfusion {
		return ui.P().Class("hint").Text(fmt.Sprintf("%d classes are too many for a table of answers.", n))
	}
	return ui.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", "Answers by class").Body(
		ui.Table().ID("confusion").Class("confusion").Body(
			ui.Caption().Text("What it answered (columns) for pictures of each class (rows)"),
			ui.THead().Body(ui.Tr().Body(
				ui.Th().Scope("col").Text("class"),
				ui.Range(s.Classes).Slice(func(i int) ui.UI { return ui.Th().Scope("col").Text(s.Classes[i]) }),
			)),
			ui.TBody().Body(ui.Range(s.Classes).Slice(func(i int) ui.UI {
				return ui.Tr().Body(
					ui.Th().Scope("row").Text(s.Classes[i]),
					ui.Range(s.Confusion[i]).Slice(func(k int) ui.UI {
						return ui.Td().Class(shade(s.Confusion[i][k], s.Counts[i], i == k)).Text(strconv.Itoa(s.Confusion[i][k]))
					}),
				)
			})),
		),
	)
}

// shade is the class of a cell: five steps of right or wrong.
func shade(n, all int, right bool) string {
	if n == 0 {
		return "none"
	}
	kind := "wrong"
	if right {
		kind = "right"
	}
	return fmt.Sprintf("%s shade-%d", kind, min(5, 1+4*n/max(1, all)))
}

// mistakesView shows the pictures that were answered wrongly, the surest first: often
// they lie in the wrong class.
func (v *classifyView) mistakesView() ui.UI {
	list := v.mistakes()
	if len(list) == 0 {
		return nil
	}
	return ui.Div().Class("mistakes").Body(
		ui.H3().Text("Its surest mistakes"),
		ui.P().Class("hint").Text("Is one in the wrong class? Move it, and train anew. Is one unclear? Remove it."),
		ui.Ul().Body(ui.Range(list).Slice(func(i int) ui.UI {
			m, n := list[i], strconv.Itoa(i)
			return ui.Li().Class("mistake").Body(
				v.thumbnail(m.Name).image(),
				ui.P().Body(ui.Text("In "), ui.Strong().Text(m.True), ui.Text(fmt.Sprintf(", answered %s, %.0f %% sure", m.Answer, 100*m.P))),
				ui.Div().Class("mistake-buttons").Body(
					pushButton("move-mistake-"+n, "button small", "Move to "+m.Answer, false, func() { v.send(v.move([]string{m.Name}, m.Answer)) }, m.Name, m.Answer).
						Aria("label", "Move "+m.Name+" to "+m.Answer),
					pushButton("remove-mistake-"+n, "button small", "Remove", false, func() { v.send(v.discard([]string{m.Name})) }, m.Name).
						Aria("label", "Remove "+m.Name),
				),
			)
		})),
	)
}
