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
		segmented("brush-size", "Size of the brush, in patches", !h.live(), h.sizeChoices()...).Class("sizes"),
	)
}

func (h *Home) tool(id, name, title, icon string, on bool, do func()) ui.UI {
	return ui.Button().ID(id).Type("button").Class("button small").Title(title).
		Disabled(!on).OnClick(func(ui.Context, ui.Event) { do() }, id).
		Body(ui.Raw(icon), ui.Span().Text(name))
}

func (h *Home) sizeChoices() (choices []option) {
	for _, size := range brushSizes {
		choices = append(choices, option{
			id: "size-" + strconv.Itoa(size), name: strconv.Itoa(size), on: h.brushSize == size,
			choose: func() { h.brushSize = size },
			title:  fmt.Sprintf("%d x %d patches (keys [ and ])", size, size),
			label:  fmt.Sprintf("%d by %d patches", size, size),
		})
	}
	return choices
}
