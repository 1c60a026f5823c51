package app

import (
	"fmt"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// runView is the panel that trains: settings, cost, buttons, curves.
type runView struct {
	*run
	h      *Home
	prefix string // of the ids
	send   func([]request)
	start  func() []request
	asking bool // before an earlier run gives way
}

// panel is the whole of it.
func (v *runView) panel() ui.UI {
	return ui.Section().Class("group run").Aria("label", "Training").Body(
		ui.H2().Text("Training"),
		v.settings(),
		v.cost(),
		v.buttons(),
		v.progress(),
		v.figures(),
		v.charts(),
		v.remarks(),
		v.table(),
	)
}

// changed asks anew what the settings would cost.
func (v *runView) changed() { v.send(v.refresh()) }

func (v *runView) settings() ui.UI {
	if v.live() {
		return nil
	}
	set := &v.set
	body := []ui.UI{
		segmented(v.prefix+"-preset", "How long", false,
			option{id: v.prefix + "-quick", name: "Quick", on: set.quick, choose: func() { set.quick = true; v.changed() }},
			option{id: v.prefix + "-thorough", name: "Thorough", on: !set.quick, choose: func() { set.quick = false; v.changed() }}),
		ui.P().Class("hint").Text(v.presetHint()),
		ui.Details().Class("more").Body(
			ui.Summary().Text("More settings"),
			ui.Div().Class("more-body").Body(append(v.startPoint(), v.advanced())...),
		),
	}
	return ui.Div().Class("settings").Body(body...)
}

func (v *runView) presetHint() string {
	switch {
	case v.kind == session.Pretrain && v.set.quick:
		return "A first look: small pictures, few rounds."
	case v.kind == session.Pretrain:
		return "What your photos give: large pictures, hundreds of rounds. It goes on in a hidden tab; pause and resume as you like."
	case v.set.quick:
		return "A first answer soon: small pictures, few rounds."
	}
	return "The best your pictures give: large pictures, many rounds."
}

// startPoint is what a run begins with.
func (v *runView) startPoint() []ui.UI {
	set := &v.set
	body := []ui.UI{
		ui.H3().Text("Begin with"),
		segmented(v.prefix+"-start", "Begin with", false,
			option{id: v.prefix + "-loaded", name: "A trained network", on: !set.scratch, choose: func() { set.scratch = false; v.changed() }},
			option{id: v.prefix + "-scratch", name: "Nothing", on: set.scratch, choose: func() { set.scratch = true; v.changed() }}),
	}
	if set.scratch {
		return append(body,
			ui.P().Class("hint").Text("A network that knows nothing yet needs many more pictures and rounds."),
			segmented(v.prefix+"-model", "Size of the network", false,
				option{id: v.prefix + "-atto", name: "Atto", on: set.model == "atto", choose: func() { set.model = "atto"; v.changed() }},
				option{id: v.prefix + "-femto", name: "Femto", on: set.model == "femto", choose: func() { set.model = "femto"; v.changed() }}),
			ui.P().Class("hint").Text("Atto has 3.4 million values; Femto 4.8 million, and takes half as long again."))
	}
	body = append(body,
		ui.P().Class("network").Text(v.h.networkName()),
		ui.Div().Class("buttons").Body(
			ui.Label().Class("button file").Body(
				ui.Span().Aria("hidden", "true").Text("Other weights…"),
				ui.Input().ID(v.prefix+"-weights").Class("visually-hidden").Type("file").Aria("label", "Begin with other weights").
					Accept(strings.Join(session.WeightsTypes, ",")).OnChange(v.onWeights),
			),
			pushButton(v.prefix+"-default", "button", "Default", v.h.net == defaultNet, func() { v.h.send(v.h.load(defaultNet)) }),
		))
	if v.kind == session.Finetune {
		body = append(body,
			ui.H3().Text("What learns"),
			segmented(v.prefix+"-mode", "What learns", false,
				option{id: v.prefix + "-full", name: "The whole network", on: !set.linear, choose: func() { set.linear = false; v.changed() }},
				option{id: v.prefix + "-linear", name: "The last layer", on: set.linear, choose: func() { set.linear = true; v.changed() }}),
			ui.P().Class("hint").Text("The last layer alone is faster and fits few pictures; the whole network gets further."))
	}
	return body
}

func (v *runView) onWeights(ctx ui.Context, _ ui.Event) {
	input := ctx.JSSrc()
	if list := input.Get("files"); list.Length() > 0 {
		file := list.Index(0)
		name := file.Get("name").String()
		if v.h.fits("weights", name, file.Get("size").Float()/1e6, maxWeightsMB, "Take a smaller model, or the command line.") {
			v.h.send(v.h.load(v.h.object(file, name)))
		}
	}
	input.Set("value", "")
}

// advanced are the numbers, with the preset's as what stands there when empty.
func (v *runView) advanced() ui.UI {
	numbers := numbersOf(v.kind)
	preset := v.presetValues()
	return ui.Div().Class("numbers").Body(
		ui.H3().Text("Values"),
		ui.Range(numbers).Slice(func(i int) ui.UI {
			n := numbers[i]
			id := v.prefix + "-" + n.key
			return ui.Div().Class("number").Body(
				ui.Label().For(id).Body(ui.Text(n.name), ui.Small().Text(n.hint)),
				ui.Input().ID(id).Type("number").Min(n.min).Max(n.max).Step(1).Attr("step", n.step).
					Placeholder(preset[n.key]).Value(v.set.values[n.key]).
					OnChange(func(ctx ui.Context, _ ui.Event) {
						input := ctx.JSSrc()
						if !v.set.setNumber(n.key, input.Get("value").String()) {
							input.Set("value", v.set.values[n.key])
						}
						v.changed()
					}, n.key),
			)
		}),
		ui.Div().Class("number").Body(
			ui.Label().For(v.prefix+"-augment").Body(ui.Text("Augmentation"), ui.Small().Text("how pictures are varied while it learns")),
			ui.Select().ID(v.prefix+"-augment").
				OnChange(func(ctx ui.Context, _ ui.Event) {
					v.set.augment = ctx.JSSrc().Get("value").String()
					v.changed()
				}).
				Body(ui.Range(augmentations).Slice(func(i int) ui.UI {
					return ui.Option().Value(augmentations[i].id).Selected(augmentations[i].id == v.set.augment).Text(augmentations[i].name)
				})),
		),
	)
}

// presetValues are the values in force, as far as they are known.
func (v *runView) presetValues() map[string]string {
	if v.plan == nil || v.plan.Config == nil {
		return nil
	}
	c := v.plan.Config
	return map[string]string{
		"size": fmt.Sprint(c.Size), "epochs": fmt.Sprint(c.Epochs), "batch": fmt.Sprint(c.Batch), "blr": fmt.Sprint(c.BLR),
		"seed": fmt.Sprint(c.Seed), "val": fmt.Sprint(c.Val), "layer_decay": fmt.Sprint(c.LayerDecay), "ratio": fmt.Sprint(c.Ratio),
	}
}

// cost says what a run would take, or what is missing before there can be one.
func (v *runView) cost() ui.UI {
	id := v.prefix + "-cost"
	switch blocked := v.blocked(); {
	case v.live():
		return nil
	case blocked != "":
		return ui.P().ID(id).Class("notice plain").Text(blocked)
	case v.planProblem != nil:
		return ui.Div().ID(id).Class("notice plain").Body(ui.P().Text(
			session.Sentence(v.planProblem.Text) + " " + session.Sentence(v.planProblem.Remedy)))
	case v.plan == nil || v.plan.Need == nil:
		return ui.P().ID(id).Class("hint").Text("Counting…")
	}
	p := v.plan
	lines := []ui.UI{}
	if s, measured := v.seconds(); s > 0 {
		how := "guessed from this device's first reconstruction"
		if measured {
			how = "by this device's last training"
		}
		lines = append(lines, ui.P().Body(ui.Strong().Text("About "+duration(s)), ui.Text(", "+how)))
	}
	lines = append(lines, ui.P().Text(fmt.Sprintf("%d steps, %s at %d px, %d to learn from and %d set aside for testing, about %s of memory",
		p.Total, plural(p.Config.Batch, "picture each", "pictures each"), p.Config.Size, p.Train, p.Val, megabytes(float64(p.Need.Peak)))))
	return ui.Div().ID(id).Class("cost").Body(lines...)
}

func (v *runView) buttons() ui.UI {
	if v.asking && !v.live() {
		return ask(v.prefix+"-again", "The earlier training and its weights give way to a new one.", "Train anew", "Keep",
			func() { v.asking = false; v.send(v.start()) }, func() { v.asking = false })
	}
	id := func(name string) string { return v.prefix + "-" + name }
	ready := v.blocked() == "" && v.plan != nil
	var body []ui.UI
	switch kept := v.kept(); {
	case v.live():
		off := v.phase == stopping
		body = []ui.UI{
			pushButton(id("pause"), "button", "Pause", off, func() { v.send(v.pause()) }),
			pushButton(id("stop"), "button", "Stop", off, func() { v.send(v.finish()) }).Title("Stop here and take the best so far"),
		}
	case kept != nil && kept.Stopped:
		body = []ui.UI{
			pushButton(id("resume"), "button primary", "Resume", v.album.running != "" || v.desk.stopped, func() { v.send(v.resume()) }),
			pushButton(id("train"), "button", "Train anew…", !ready, func() { v.asking = true }),
		}
	case kept != nil:
		body = []ui.UI{pushButton(id("train"), "button", "Train anew…", !ready, func() { v.asking = true })}
	default:
		body = []ui.UI{pushButton(id("train"), "button primary wide", "Train", !ready, func() { v.send(v.start()) }, "first")}
	}
	return ui.Div().Class("buttons run-buttons").Body(body...)
}

// progress says how far the run is.
func (v *runView) progress() ui.UI {
	text := v.status()
	if text == "" {
		return nil
	}
	body := []ui.UI{ui.P().ID(v.prefix + "-status").Role("status").Text(text)}
	if t := v.total(); t > 0 {
		body = append(body, ui.Progress().Aria("label", "Training").Max(t).Value(v.done()))
	}
	return ui.Div().Class("run-progress").Body(body...)
}

// figures are the numbers of the moment.
func (v *runView) figures() ui.UI {
	loss, speed, left := "–", "–", "–"
	if s := v.step; s != nil {
		loss = fmt.Sprintf("%.3f", s.Loss)
		if v.live() {
			speed = fmt.Sprintf("%.1f / s", s.ImagesSec)
			left = duration(s.Left)
		}
	}
	l := v.last()
	if v.step == nil && l == nil && !v.live() {
		return nil
	}
	second := measure(v.prefix+"-tested", "Test loss", "–", "after each round")
	if l != nil && l.TestLoss != nil {
		second = measure(v.prefix+"-tested", "Test loss", fmt.Sprintf("%.3f", *l.TestLoss), "pictures set aside")
	}
	if v.kind == session.Finetune {
		text := "–"
		if l != nil && l.TestAcc1 != nil {
			text = fmt.Sprintf("%.0f %%", *l.TestAcc1)
		}
		second = measure(v.prefix+"-tested", "Right", text, "of the pictures set aside")
	}
	if v.step == nil && l != nil {
		loss = fmt.Sprintf("%.3f", l.Loss)
	}
	return ui.Dl().Class("measures").Body(
		measure(v.prefix+"-loss", "Loss", loss, "lower is better"),
		second,
		ui.If(v.live(), measure(v.prefix+"-speed", "Pictures", speed, "learnt from")),
		ui.If(v.live(), measure(v.prefix+"-left", "Time left", left, "estimated")),
	)
}

// charts draw the curves.
func (v *runView) charts() ui.UI {
	if len(v.curve.points) == 0 && len(v.lines) == 0 {
		return nil
	}
	var test, right, constant []point
	for _, l := range v.lines {
		if l.TestLoss != nil {
			test = append(test, point{l.Epoch, *l.TestLoss})
		}
		if l.TestAcc1 != nil {
			right = append(right, point{l.Epoch, *l.TestAcc1})
		}
		if l.Constant != nil {
			constant = append(constant, point{l.Epoch, *l.Constant})
		}
	}
	loss := chart{id: v.prefix + "-chart-loss", title: "Loss", x: "rounds through the pictures", minX: 1,
		series: []series{{class: "noisy", name: "each step", points: v.curve.points}, {class: "learnt", name: "its trend", points: v.curve.smooth()},
			{class: "tested", name: "set aside", points: test, dots: true}}}
	loss.summary = "Loss by rounds" + summary("its trend", loss.series[1].points, "%.3f") + summary("on pictures set aside", test, "%.3f")
	if v.kind == session.Pretrain {
		if n := len(constant); n > 0 { // one value for all of the axis
			constant = []point{{0, constant[n-1].y}, {max(1, constant[n-1].x), constant[n-1].y}}
		}
		loss.series = append(loss.series, series{class: "constant", name: "answering one colour", points: constant})
		loss.summary += summary("of the best constant answer", constant, "%.3f")
		if known := referenceWithin(v.epochs()); len(known) > 0 && !v.normPix() {
			loss.series = append(loss.series, series{class: "reference", name: "our first weights", points: known})
			loss.summary += summary("of our first weights, on 7,664 photos", known, "%.3f")
		}
		return ui.Div().Class("charts").Body(chartView(loss))
	}
	acc := chart{id: v.prefix + "-chart-right", title: "Right answers", x: "rounds through the pictures", minX: 1, percent: true,
		series: []series{{class: "tested", name: "set aside", points: right, dots: true}}}
	acc.summary = "Right answers by rounds" + summary("on pictures set aside", right, "%.0f per cent")
	return ui.Div().Class("charts").Body(chartView(loss), chartView(acc))
}

// config is that of the run on the chart, or nil.
func (v *runView) config() *session.Config {
	if v.begun != nil {
		return v.begun.Config
	}
	if k := v.kept(); k != nil {
		return k.Config
	}
	return nil
}

// normPix reports whether the run's loss is in units of each patch's own spread, in
// which it cannot be compared.
func (v *runView) normPix() bool {
	c := v.config()
	return c != nil && c.Model.NormPix
}

// epochs is how far the run on the chart has come or goes, in rounds.
func (v *runView) epochs() float64 {
	if c := v.config(); c != nil {
		return c.Epochs
	}
	return 0
}

// summary tells where a curve begins and ends.
func summary(name string, points []point, format string) string {
	if len(points) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s from "+format+" to "+format, name, points[0].y, points[len(points)-1].y)
}

// remarks are the plain words about a run that goes on.
func (v *runView) remarks() ui.UI {
	if len(v.notes) == 0 {
		return nil
	}
	notes := v.notes[max(0, len(v.notes)-3):]
	return ui.Ul().Class("remarks").Role("status").Body(
		ui.Range(notes).Slice(func(i int) ui.UI { return ui.Li().Text(session.Sentence(notes[i])) }))
}

// tableLines is how many validations the table shows.
const tableLines = 12

// table lists the validations, for those who want every number.
func (v *runView) table() ui.UI {
	if len(v.lines) == 0 {
		return nil
	}
	lines := v.lines[max(0, len(v.lines)-tableLines):]
	cell := func(p *float64, format string) ui.UI {
		if p == nil {
			return ui.Td().Text("–")
		}
		return ui.Td().Text(fmt.Sprintf(format, *p))
	}
	third, name := func(l session.Line) ui.UI { return cell(l.TestAcc1, "%.1f %%") }, "right"
	if v.kind == session.Pretrain {
		third, name = func(l session.Line) ui.UI { return cell(l.Constant, "%.4f") }, "constant"
	}
	return ui.Details().Class("more").Body(
		ui.Summary().Text("Every number"),
		ui.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", "Validations").Body(
			ui.Table().Class("numbers-table").Body(
				ui.THead().Body(ui.Tr().Body(ui.Th().Scope("col").Text("round"), ui.Th().Scope("col").Text("loss"),
					ui.Th().Scope("col").Text("test loss"), ui.Th().Scope("col").Text(name), ui.Th().Scope("col").Text("rate"))),
				ui.TBody().Body(ui.Range(lines).Slice(func(i int) ui.UI {
					l := lines[len(lines)-1-i]
					return ui.Tr().Body(ui.Td().Text(fmt.Sprintf("%.1f", l.Epoch)), ui.Td().Text(fmt.Sprintf("%.4f", l.Loss)),
						cell(l.TestLoss, "%.4f"), third(l), ui.Td().Text(fmt.Sprintf("%.2g", l.LR)))
				})),
			),
		),
		ui.P().Class("hint").Text("The newest "+plural(len(lines), "validation", "validations")+"."),
	)
}
