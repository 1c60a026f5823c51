package app

import (
	"fmt"
	"math"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// insideView draws the state inside.
type insideView struct {
	*inside
	h *Home
}

func newInsideView(h *Home) *insideView { return &insideView{newInside(h.desk()), h} }

func (v *insideView) address() string    { return "inside" }
func (v *insideView) title() string      { return "Look inside" }
func (v *insideView) enter() []request   { return v.inside.refresh() }
func (v *insideView) leave()             {}
func (v *insideView) refresh() []request { return v.inside.refresh() }

func (v *insideView) begin() []request {
	v.inside.begin()
	return nil
}

func (v *insideView) handle(e session.Event) []request {
	if again := v.inside.handle(e); again && v.h.shown == v {
		return v.refresh() // without an onlooker, coming back asks
	}
	return nil
}

// files takes another picture or other weights in hand, as the first view does.
func (v *insideView) files(list ui.Value) []request {
	v.h.takeInHand(list)
	return nil
}

func (v *insideView) send(requests []request) { v.h.sendFor(v, requests) }

func (v *insideView) render() ui.UI {
	part := func(id, title string, body []ui.UI) ui.UI {
		return section(id, title, body...).Hidden(v.hides(id)) // by the tour
	}
	return ui.Div().Class("inside").Body(
		v.tourPanel(),
		part("inside-picture", "The photo and its mask", v.pictures()),
		part("inside-channels", "Channels", v.channelsPart()),
		part("inside-grn", "Global response normalisation", v.grnPart()),
		part("inside-collapse", "Feature collapse", v.collapsePart()),
		part("inside-leak", "What the mask keeps out", v.leakPart()),
	)
}

// tourPanel offers the tour or shows where it is.
func (v *insideView) tourPanel() ui.UI {
	step := func(id, class, text string, to int) ui.UI {
		return pushButton(id, class, text, false, func() { v.send(v.visit(to)) }, to)
	}
	if v.step == 0 {
		return ui.Section().ID("tour").Class("group tour").Aria("label", "Tour").Body(
			ui.P().Text("New here? Five short steps explain what happens in the network, with the photo in hand."),
			ui.Div().Class("buttons").Body(step("tour-start", "button primary", "Take the tour", 1)))
	}
	t, next := tour[v.step-1], "Next"
	if v.step == len(tour) {
		next = "Done"
	}
	return ui.Section().ID("tour").Class("group tour").Aria("label", "Tour").Body(
		ui.P().ID("tour-at").Class("hint").Text(fmt.Sprintf("%d of %d", v.step, len(tour))),
		ui.H2().ID("tour-title").Text(t.title),
		ui.P().Aria("live", "polite").Text(t.text),
		ui.Div().Class("buttons").Body(
			step("tour-next", "button primary", next, v.step+1),
			step("tour-back", "button", "Back", v.step-1),
			step("tour-leave", "button quiet", "Leave the tour", 0),
		))
}

// shownImage is a picture, or its empty place.
func shownImage(id, class string, p picture, alt string) ui.UI {
	if p.url == "" {
		return ui.Div().ID(id).Class(class + " none")
	}
	return ui.Img().ID(id).Class(class).Src(p.url).Alt(alt).Width(p.width).Height(p.height)
}

func (v *insideView) pictures() []ui.UI {
	figure := func(id string, p picture, alt, caption string) ui.UI {
		return ui.Figure().Body(shownImage(id, "", p, alt), ui.FigCaption().Text(caption))
	}
	return []ui.UI{
		ui.Div().Class("pair").Body(
			figure("inside-photo", v.photo, "The photo with its hidden patches painted over", "What the network sees"),
			figure("inside-filled", v.filled, "The photo with its hidden patches guessed", "What it makes of it"),
		),
		ui.P().Class("hint").Body(ui.Text("All below is of this picture and this mask. Take others in "), ui.A().Href("#reconstruct").Text("Reconstruct"), ui.Text(", or drop a photo here.")),
	}
}

func (v *insideView) channelsPart() []ui.UI {
	var places []ui.UI
	for _, p := range v.places() {
		places = append(places, ui.Option().Value(p).Selected(p == v.place).Text(layerName(p)))
	}
	again := func() { v.send(v.inside.refresh()) }
	var partOptions []option
	for _, p := range parts {
		if v.hasPart(p.suffix) {
			partOptions = append(partOptions, option{p.id, p.name, v.part == p.part, func() { v.part = p.part; again() }, p.title, ""})
		}
	}
	sorted := func(s channelSort) func() {
		return func() {
			v.sort = s
			if v.channels != nil {
				v.arrange()
			}
		}
	}
	return []ui.UI{
		ui.P().Class("hint").Text("Each small picture is one channel of a layer: bright where it answers strongly. Hidden patches are grey."),
		ui.Div().Class("inside-controls").Body(
			ui.Label().Body(ui.Span().Text("Layer"), ui.Select().ID("layer").OnChange(func(ctx ui.Context, _ ui.Event) {
				v.place = ctx.JSSrc().Get("value").String()
				if !v.hasPart(parts[v.part].suffix) {
					v.part = partOutput
				}
				again()
			}).Body(places...)),
			segmented("part", "Part of the block", false, partOptions...),
			segmented("channel-sort", "Order of the channels", false,
				option{"sort-strength", "Strongest", v.sort == byStrength, sorted(byStrength), "The strongest first", ""},
				option{"sort-number", "By number", v.sort == byNumber, sorted(byNumber), "As the network counts them", ""},
				option{"sort-gain", "By GRN", v.sort == byGain, sorted(byGain), "Those first that GRN changes most", ""}),
			segmented("channel-scale", "Brightness", false,
				option{"scale-own", "Own scale", !v.shared, func() { v.shared = false; again() }, "Each channel from its least to its most", ""},
				option{"scale-shared", "One scale", v.shared, func() { v.shared = true; again() }, "One scale for all", ""}),
			segmented("sees", "What the network sees", false,
				option{"sees-mask", "Masked", !v.whole, func() { v.whole = false; again() }, "What the mask leaves visible", ""},
				option{"sees-all", "Whole", v.whole, func() { v.whole = true; again() }, "The whole picture", ""}),
		),
		ui.Div().Class("inside-maps").Body(
			ui.Figure().Class("atlas").Body(
				ui.Div().ID("atlas-keys").TabIndex(0).Role("group").Aria("label", "Channels: arrows choose one").OnKeyDown(v.onKey).OnClick(v.onPick).
					Body(shownImage("atlas", "", v.atlas, v.atlasText())),
				ui.FigCaption().ID("atlas-caption").Text(v.atlasText()),
			),
			ui.Div().Class("chosen").Body(
				shownImage("channel", "", v.large, "The chosen channel over the photo"),
				slot(v.numbers()),
			),
		),
	}
}

func (v *insideView) atlasText() string {
	if v.channels == nil {
		return v.comes(v.channelsID)
	}
	c := v.channels
	return fmt.Sprintf("%d channels, %d x %d positions each", c.Count, c.Rows, c.Cols)
}

// onKey moves through the channels.
func (v *insideView) onKey(_ ui.Context, e ui.Event) {
	if v.channels == nil {
		return
	}
	across, _, _, _ := v.grid()
	by, ok := map[string]int{"ArrowLeft": -1, "ArrowRight": 1, "ArrowUp": -across, "ArrowDown": across, "Home": -v.channels.Count, "End": v.channels.Count}[e.Get("key").String()]
	if ok {
		e.PreventDefault()
		v.move(by)
	}
}

// onPick chooses the channel under the pointer.
func (v *insideView) onPick(_ ui.Context, e ui.Event) {
	img := ui.Window().GetElementByID("atlas")
	if v.channels == nil || !img.Truthy() {
		return
	}
	box := img.Call("getBoundingClientRect")
	across, _, stepX, stepY := v.grid()
	x := (e.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float() * float64(v.atlas.width-atlasGap)
	y := (e.Get("clientY").Float() - box.Get("top").Float()) / box.Get("height").Float() * float64(v.atlas.height-atlasGap)
	if at := int(y)/stepY*across + min(int(x)/stepX, across-1); x >= 0 && y >= 0 && at < len(v.order) {
		v.choose(v.order[at])
	}
}

// numbers are those of the chosen channel.
func (v *insideView) numbers() ui.UI {
	if v.channels == nil {
		return nil
	}
	c := v.channels.Of[v.chosen]
	rows := [][2]string{{"Channel", fmt.Sprint(v.chosen)}, {"From, to", fmt.Sprintf("%.3g, %.3g", c.Min, c.Max)}, {"Strength (RMS)", fmt.Sprintf("%.3g", c.RMS)}}
	if g := c.GRN; g != nil {
		rows = append(rows, [2]string{"N", fmt.Sprintf("%.3g", g.N)}, [2]string{"γ, β", fmt.Sprintf("%.3g, %.3g", g.Gamma, g.Beta)},
			[2]string{"Gain 1 + γN", fmt.Sprintf("%.3g", 1+g.Gamma*g.N)}, [2]string{"Strength after GRN", fmt.Sprintf("%.3g", g.After)})
	}
	return facts("channel-numbers", rows)
}

// comes stands in place of what is not there: id is that of the command that asks for
// it, or 0.
func (v *insideView) comes(id int) string {
	switch {
	case v.picture == nil:
		return "There is no picture yet."
	case id != 0 && !v.stopped, v.loading(), v.opening():
		return "Being computed…"
	}
	return "Not computed."
}

// grnPart shows what GRN does to the channels of the chosen block.
func (v *insideView) grnPart() []ui.UI {
	text := ""
	switch {
	case v.weights != nil && strings.HasSuffix(v.weights.Model, "-v1"):
		text = "This network is a ConvNeXt V1, which has no GRN. Models has the way back to the weights of this page, a V2."
	case v.channels == nil, v.channels.Of[0].GRN == nil && v.channelsID != 0:
		text = v.comes(v.channelsID)
	case v.channels.Of[0].GRN == nil:
		text = "Choose a block above and its part before or after GRN."
	}
	if text != "" {
		return []ui.UI{ui.P().Class("hint").Text(text)}
	}
	before, after, gain := v.grnCurves()
	strength := chart{id: "chart-grn", title: "Strength of the channels", x: "channels, the strongest first", minX: 1,
		series: []series{{class: "tested", name: "after GRN", points: after}, {class: "learnt", name: "before", points: before}}}
	strength.summary = "Root mean square of each channel" + summary("before GRN", before, "%.3f") + summary("after it", after, "%.3f")
	gains := chart{id: "chart-gain", title: "Gain 1 + γN", x: "channels, the strongest first", minX: 1,
		series: []series{{class: "noisy", name: "each channel", points: gain}}}
	gains.summary = "What GRN multiplies each channel by" + summary("in order of strength", gain, "%.3f")
	return []ui.UI{
		ui.P().Class("hint").Text(fmt.Sprintf("%s. N is a channel's strength beside the mean of all. GRN hands on x + γNx + β: γ and β were learnt, N is of this picture.", layerName(v.place))),
		ui.Div().Class("charts").Body(chartView(strength), chartView(gains)),
	}
}

func (v *insideView) collapsePart() []ui.UI {
	about := ui.P().Class("hint").Text("How different the channels of each block are, on average over all pairs: 0 means alike, 0.5 nothing in common (cosine distance of the inner channels, the whole picture). " +
		"The untrained V1 is the state before any learning, for comparison; drop weights of a trained V1 to see one.")
	if v.collapse == nil {
		return []ui.UI{about, ui.P().Class("hint").Text(v.comes(v.collapseID))}
	}
	c := chart{id: "chart-collapse", title: "Mean cosine distance", x: "block", minX: 1}
	classes := []string{"learnt", "tested", "constant"}
	for k, s := range v.collapse.Series {
		line := series{class: classes[k%len(classes)], name: s.Name, dots: k < 2}
		for n, d := range s.Distance {
			line.points = append(line.points, point{float64(n + 1), d})
		}
		c.series = append(c.series, line)
		c.summary += summary(s.Name, line.points, "%.3f")
	}
	c.summary = "Cosine distance by block" + c.summary
	head := []string{"Block"}
	for _, s := range v.collapse.Series {
		head = append(head, s.Name)
	}
	return []ui.UI{
		about,
		ui.Div().Class("charts").Body(chartView(c)),
		ui.Details().Class("more").Body(
			ui.Summary().Text("Dead and saturated channels"),
			ui.Div().Class("more-body").Body(
				ui.P().Class("hint").Text("Dead: weaker than a hundredth of the layer. Saturated: nearly the same answer everywhere."),
				ui.Div().Class("scroll").Body(table("idle", head, len(v.collapse.Layers), func(i int) []string {
					row := []string{layerName(v.collapse.Layers[i])}
					for _, s := range v.collapse.Series {
						row = append(row, fmt.Sprintf("%.0f dead, %.0f saturated", s.Dead[i], s.Saturated[i]))
					}
					return row
				})),
			),
		),
	}
}

func (v *insideView) leakPart() []ui.UI {
	about := ui.P().Class("hint").Text("Light: visible. Orange: hidden, and yet it depends on what is visible. Computed by the network: it runs twice, with the visible pixels negated the second time, " +
		"and what changes is marked. GRN is off for it, since its norms join all positions at once.")
	switch {
	case v.picture != nil && !v.leaks():
		return []ui.UI{about, ui.P().Class("hint").Text("Hide some patches in Reconstruct, not all, to see it.")}
	case v.leak == nil:
		return []ui.UI{about, ui.P().Class("hint").Text(v.comes(v.leakID))}
	}
	shown := v.leakShown()
	row := func(id, name string, dense bool) ui.UI {
		return ui.Div().Class("leak-row").Body(
			ui.H3().Text(name),
			ui.Ul().ID(id).Class("leak").Body(ui.Range(shown).Slice(func(k int) ui.UI {
				i := shown[k]
				l := v.leak[i]
				share, p := l.Sparse, v.leakImages[2*i+1]
				if dense {
					share, p = l.Dense, v.leakImages[2*i]
				}
				text := fmt.Sprintf("%.0f %%", math.Floor(100*share))
				return ui.Li().Body(
					ui.Img().Src(p.url).Width(p.width).Height(p.height).Alt(fmt.Sprintf("%s: %s of the hidden positions reached", layerName(l.Layer), text)),
					ui.Span().Aria("hidden", "true").Text(layerName(l.Layer)),
					ui.Strong().Aria("hidden", "true").Text(text),
				)
			})),
		)
	}
	return []ui.UI{about, row("leak-dense", "Ordinary convolution: share of the hidden part that is reached", true), row("leak-sparse", "Sparse convolution: it has no hidden positions, so there is nothing to reach", false)}
}
