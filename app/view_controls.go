package app

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/data"
	"unmask/session"
)

// pictureControls chooses the picture: a file, or one of the samples.
func (h *Home) pictureControls() ui.UI {
	return group("picture-group", "Picture",
		ui.Div().Class("sources").Body(
			h.fileButton("file", "button primary file", "Choose a picture", "image/*"),
			ui.Button().ID("use-camera").Type("button").Class("button").Title("Take a picture with the camera").
				OnClick(h.onCamera).Text("Camera"),
		),
		ui.P().Class("hint").Text("or drop one on the page, or paste it. It stays on this device."),
		ui.If(len(h.samples) > 0, ui.Ul().Class("samples").Aria("label", "Sample pictures").Body(
			ui.Range(h.samples).Slice(func(i int) ui.UI { return h.sampleButton(h.samples[i]) }),
		)),
	)
}

// fileButton chooses a file.
func (h *Home) fileButton(id, class, text, accept string) ui.UI {
	return ui.Label().Class(class).Body(
		ui.Text(text),
		ui.Input().ID(id).Class("visually-hidden").Type("file").
			Accept(accept).Aria("label", text).
			OnChange(h.onChoose),
	)
}

func (h *Home) sampleButton(s Sample) ui.UI {
	return ui.Li().Body(
		ui.Button().Type("button").Class("sample").
			Title(s.Title).
			Aria("label", "Sample: "+s.Title).
			Aria("pressed", strconv.FormatBool(h.file == s.source())).
			OnClick(func(ui.Context, ui.Event) { h.send(h.open(s.source())) }, s.File).
			Body(ui.Img().Src("web/samples/" + s.File).Alt("").Width(96).Height(96)),
	)
}

// maskControls draws random masks.
func (h *Home) maskControls() ui.UI {
	return group("mask-group", "Random mask",
		ui.Div().Class("row").Body(
			ui.Label().For("ratio").Text("Hidden part"),
			ui.Output().ID("ratio-value").For("ratio").Text(fmt.Sprintf("%.0f %%", 100*h.ratio)),
		),
		ui.Input().ID("ratio").Type("range").
			Min(0).Max(maxPercent).Step(5).Value(strconv.Itoa(int(math.Round(100*h.ratio)))).
			Disabled(!h.live()).OnInput(h.onRatio).OnChange(h.onRatioSet),
		ui.Div().Class("row").Body(
			ui.Label().For("seed").Text("Seed"),
			ui.Input().ID("seed").Type("number").Min(0).Max(maxSeed).Step(1).
				Attr("inputmode", "numeric").
				Value(strconv.FormatUint(h.seed, 10)).
				Disabled(!h.live()).OnChange(h.onSeed),
			h.button("another", "Another mask", "Draw a mask with a new seed", h.onAnother),
		),
	)
}

// maxPercent is the end of the ratio's slider. Percent and not a fraction: the
// browser rounds a value to the step in force, and attributes come in any order.
const maxPercent = 95

// maxSeed keeps seeds short enough to tell someone else.
const maxSeed = 999999

func (h *Home) onRatio(ctx ui.Context, _ ui.Event) {
	percent, err := strconv.Atoi(ctx.JSSrc().Get("value").String())
	if err != nil || percent < 0 || percent > maxPercent {
		return
	}
	h.beginStep() // of all that a drag passes, the last ratio counts
	h.ratio = float64(percent) / 100
	h.drawRandom()
}

func (h *Home) onRatioSet(ui.Context, ui.Event) { h.settle() }

func (h *Home) onSeed(ctx ui.Context, _ ui.Event) {
	seed, err := strconv.ParseUint(ctx.JSSrc().Get("value").String(), 10, 64)
	if err != nil || seed > maxSeed {
		// The field shows the seed in force again.
		ctx.JSSrc().Set("value", strconv.FormatUint(h.seed, 10))
		return
	}
	h.change(func() {
		h.seed = seed
		h.drawRandom()
	})
}

func (h *Home) onAnother(ui.Context, ui.Event) {
	h.change(func() {
		h.seed = rand.Uint64N(maxSeed + 1)
		h.drawRandom()
	})
}

func (h *Home) drawRandom() {
	h.randomise(h.mask.Rows, h.mask.Cols)
	h.maskChanged()
}

// paintControls chooses the brush and changes the whole mask.
func (h *Home) paintControls() ui.UI {
	return group("paint-group", "Paint",
		segmented("brush", "Brush", !h.live(),
			h.brushChoice("brush-flip", "Flip", data.Flip),
			h.brushChoice("brush-hide", "Hide", data.Hide),
			h.brushChoice("brush-show", "Show", data.Show),
		),
		ui.Div().Class("buttons").Body(
			h.button("invert", "Invert", "Hide what is shown and show what is hidden", func(ui.Context, ui.Event) {
				h.change(func() { h.mask = h.mask.Invert() })
				h.maskChanged()
			}),
			h.button("clear", "Clear", "Show every patch", func(ui.Context, ui.Event) {
				h.change(h.clear)
				h.maskChanged()
			}),
		),
		ui.Div().Class("presets").Role("group").Aria("label", "Patterns").Body(
			ui.Range(data.Presets).Slice(func(i int) ui.UI { return h.presetButton(data.Presets[i]) }),
		),
		ui.P().ID("coverage").Class("hint").Text(h.coverage()),
	)
}

func (h *Home) brushChoice(id, name string, b data.Brush) option {
	return option{id: id, name: name, on: h.brush == b, choose: func() { h.brush = b }}
}

func (h *Home) presetButton(p data.Preset) ui.UI {
	return ui.Button().ID(p.ID).Type("button").Class("preset").Title(p.Title).
		Disabled(!h.live()).
		OnClick(func(ui.Context, ui.Event) {
			h.change(func() { h.mask = p.Draw(h.mask.Rows, h.mask.Cols) })
			h.maskChanged()
		}, p.ID).
		Body(ui.Raw(presetIcon(p)), ui.Span().Text(p.Name))
}

// presetIcon draws the preset of a picture of 4 x 4 patches as SVG.
func presetIcon(p data.Preset) string {
	const side, step = 8, 9
	m := p.Draw(4, 4)
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 35 35" aria-hidden="true">`)
	for i, hidden := range m.Hidden {
		class := "shown"
		if hidden {
			class = "hidden"
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="1.5"/>`,
			class, i%m.Cols*step, i/m.Cols*step, side, side)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// networkControls tells which network answers, and takes another.
func (h *Home) networkControls() ui.UI {
	accept := strings.Join(session.WeightsTypes, ",")
	return group("network-group", "Network",
		ui.P().ID("network").Class("network").Text(h.networkName()),
		ui.Div().Class("buttons").Body(
			h.fileButton("weights", "button file", "Other weights…", accept),
			ui.Button().ID("default-weights").Type("button").Class("button").
				Title("Use the network that comes with the page").
				Disabled(h.net == defaultNet).
				OnClick(func(ui.Context, ui.Event) { h.send(h.load(defaultNet)) }).
				Text("Default"),
		),
		ui.P().Class("hint").Text(".safetensors, .pt or .pth of a masked autoencoder with its decoder; dropping the file works, too."),
	)
}

// networkName is what there is to know about the weights in force.
func (h *Home) networkName() string {
	w := h.weights
	if w == nil {
		return "None yet"
	}
	name := w.Title()
	if h.shownNet != defaultNet {
		name += ", from " + w.Name
	}
	return name
}

// button is a plain button that works once there is a picture.
func (h *Home) button(id, name, title string, do ui.EventHandler) ui.UI {
	return ui.Button().ID(id).Type("button").Class("button").Title(title).
		Disabled(!h.live()).OnClick(do, id).Text(name)
}

// group is a titled set of controls.
func group(class, title string, body ...ui.UI) ui.UI {
	return ui.Div().Class("group " + class).Body(append([]ui.UI{ui.H2().Text(title)}, body...)...)
}
