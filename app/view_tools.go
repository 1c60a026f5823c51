package app

import (
	"fmt"
	"strconv"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// The icons of undo and redo.
const (
	undoIcon = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M7.5 4 3.5 8l4 4M3.5 8h8a5 5 0 0 1 0 10H9"/></svg>`
	redoIcon = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m12.5 4 4 4-4 4M16.5 8h-8a5 5 0 0 0 0 10H11"/></svg>`
)

// paintTools stand over the picture that is painted on.
func (h *Home) paintTools() ui.UI {
	return ui.Div().Class("tools").Role("toolbar").Aria("label", "Paint").Body(
		h.tool("undo", "Undo", "Undo the last change of the mask (Ctrl+Z)", undoIcon, len(h.history.done) > 0, h.goBack),
		h.tool("redo", "Redo", "Do it again (Ctrl+Shift+Z)", redoIcon, len(h.history.undone) > 0, h.goForth),
		ui.Span().Class("tool-name").Aria("hidden", "true").Text("Brush"),
		ui.Div().Class("segmented sizes").Role("radiogroup").Aria("label", "Size of the brush, in patches").Body(
			ui.Range(brushSizes).Slice(func(i int) ui.UI { return h.sizeChoice(brushSizes[i]) }),
		),
	)
}

func (h *Home) tool(id, name, title, icon string, on bool, do func()) ui.UI {
	return ui.Button().ID(id).Type("button").Class("button small").Title(title).
		Disabled(!on).OnClick(func(ui.Context, ui.Event) { do() }, id).
		Body(ui.Raw(icon), ui.Span().Text(name))
}

func (h *Home) sizeChoice(size int) ui.UI {
	id := "size-" + strconv.Itoa(size)
	return ui.Label().Title(fmt.Sprintf("%d x %d patches (keys [ and ])", size, size)).Body(
		ui.Input().ID(id).Type("radio").Name("brush-size").Checked(h.brushSize == size).
			Disabled(!h.live()).
			Aria("label", fmt.Sprintf("%d by %d patches", size, size)).
			OnChange(func(ui.Context, ui.Event) { h.brushSize = size }, id),
		ui.Span().Text(size),
	)
}
