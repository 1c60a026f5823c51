package app

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// pictureControls chooses the picture: a file, or one of the samples.
func (h *Home) pictureControls() ui.UI {
	return group("Picture",
		ui.Label().Class("button primary file").Body(
			ui.Text("Choose a picture"),
			ui.Input().ID("file").Class("visually-hidden").Type("file").
				Accept("image/*").Aria("label", "Choose a picture").
				OnChange(h.onChoose),
		),
		ui.P().Class("hint").Text("or drop one on the page, or paste it. It stays on this device."),
		ui.If(len(h.samples) > 0, ui.Ul().Class("samples").Aria("label", "Sample pictures").Body(
			ui.Range(h.samples).Slice(func(i int) ui.UI { return h.sampleButton(i) }),
		)),
	)
}

func (h *Home) sampleButton(i int) ui.UI {
	s := h.samples[i]
	return ui.Li().Body(
		ui.Button().Type("button").Class("sample").
			Title(s.Title).
			Aria("label", "Sample: "+s.Title).
			Aria("pressed", strconv.FormatBool(h.sample == i)).
			OnClick(func(ui.Context, ui.Event) { h.openSample(i) }, i).
			Body(ui.Img().Src("web/samples/" + s.File).Alt("").Width(96).Height(96)),
	)
}

// maskControls draws random masks.
func (h *Home) maskControls() ui.UI {
	return group("Random mask",
		ui.Div().Class("row").Body(
			ui.Label().For("ratio").Text("Hidden part"),
			ui.Output().ID("ratio-value").For("ratio").Text(fmt.Sprintf("%.0f %%", 100*h.ratio)),
		),
		ui.Input().ID("ratio").Type("range").
			Min(0).Max(maxPercent).Step(5).Value(strconv.Itoa(int(math.Round(100*h.ratio)))).
			Disabled(!h.live()).OnInput(h.onRatio),
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
	h.ratio = float64(percent) / 100
	h.drawRandom()
}

func (h *Home) onSeed(ctx ui.Context, _ ui.Event) {
	seed, err := strconv.ParseUint(ctx.JSSrc().Get("value").String(), 10, 64)
	if err != nil || seed > maxSeed {
		// The field shows the seed in force again.
		ctx.JSSrc().Set("value", strconv.FormatUint(h.seed, 10))
		return
	}
	h.seed = seed
	h.drawRandom()
}

func (h *Home) onAnother(ui.Context, ui.Event) {
	h.seed = rand.Uint64N(maxSeed + 1)
	h.drawRandom()
}

func (h *Home) drawRandom() {
	h.randomise(h.mask.Rows, h.mask.Cols)
	h.maskChanged()
}

// paintControls chooses the brush and changes the whole mask.
func (h *Home) paintControls() ui.UI {
	return group("Paint",
		ui.Div().Class("segmented").Role("radiogroup").Aria("label", "Brush").Body(
			h.brushChoice("brush-flip", "Flip", flip),
			h.brushChoice("brush-hide", "Hide", hide),
			h.brushChoice("brush-show", "Show", show),
		),
		ui.Div().Class("buttons").Body(
			h.button("invert", "Invert", "Hide what is shown and show what is hidden", func(ui.Context, ui.Event) {
				h.mask = h.mask.Invert()
				h.maskChanged()
			}),
			h.button("clear", "Clear", "Show every patch", func(ui.Context, ui.Event) {
				h.clear()
				h.maskChanged()
			}),
			ui.Range(presets).Slice(func(i int) ui.UI {
				p := presets[i]
				return h.button(p.id, p.name, p.title, func(ui.Context, ui.Event) {
					h.mask = p.draw(h.mask.Rows, h.mask.Cols)
					h.maskChanged()
				})
			}),
		),
		ui.P().ID("coverage").Class("hint").Text(h.coverage()),
	)
}

func (h *Home) brushChoice(id, name string, b brush) ui.UI {
	return ui.Label().Body(
		ui.Input().ID(id).Type("radio").Name("brush").Checked(h.brush == b).
			Disabled(!h.live()).
			OnChange(func(ui.Context, ui.Event) { h.brush = b }, id),
		ui.Span().Text(name),
	)
}

// downloadControls saves what is shown.
func (h *Home) downloadControls() ui.UI {
	return group("Save",
		ui.Div().Class("buttons").Body(
			h.button("save-composite", "Composite", "Save the composite as a PNG", h.downloadComposite),
			h.button("save-panel", "All four", "Save the four pictures side by side as a PNG", h.downloadPanel),
		),
	)
}

// button is a plain button that works once there is a picture.
func (h *Home) button(id, name, title string, do ui.EventHandler) ui.UI {
	return ui.Button().ID(id).Type("button").Class("button").Title(title).
		Disabled(!h.live()).OnClick(do, id).Text(name)
}

// group is a titled set of controls.
func group(title string, body ...ui.UI) ui.UI {
	return ui.Div().Class("group").Body(append([]ui.UI{ui.H2().Text(title)}, body...)...)
}
