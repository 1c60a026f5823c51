package app

import (
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/data"
)

// stroke is the state of the brush and of the cursor over the patches.
type stroke struct {
	down     bool
	hide     bool // what this stroke does
	row, col int  // the patch under the brush or the keyboard's cursor
	over     bool // row, col are to be marked
}

// patchAt finds the patch under a pointer event; it may lie outside of the
// picture while a stroke goes on there.
func (h *Home) patchAt(e ui.Value) (row, col int) {
	box := ui.Window().GetElementByID(idOverlay).Call("getBoundingClientRect")
	x := (e.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float()
	y := (e.Get("clientY").Float() - box.Get("top").Float()) / box.Get("height").Float()
	return floor(y * float64(h.mask.Rows)), floor(x * float64(h.mask.Cols))
}

func floor(v float64) int {
	if v < 0 {
		return -1
	}
	return int(v)
}

func (h *Home) onPointerDown(_ ui.Context, e ui.Event) {
	if !h.live() {
		return
	}
	h.stroke.row, h.stroke.col = h.patchAt(e)
	h.stroke.hide = h.strokeHides()
	if h.brush != data.Flip && e.Get("button").Int() == 2 {
		h.stroke.hide = !h.stroke.hide // the right button does the opposite
	}
	h.stroke.down = true
	e.Get("target").Call("setPointerCapture", e.Get("pointerId"))
	h.stroke.over = true
	h.settle()
	h.beginStep()
	if h.paint(h.stroke.row, h.stroke.col, h.stroke.row, h.stroke.col, h.stroke.hide) {
		h.maskChanged()
	}
}

// onPointerMove does not ask go-app to prevent the update that follows, cheap
// as that would be: 9.8 then ignores the updates of later events as well.
func (h *Home) onPointerMove(_ ui.Context, e ui.Event) {
	if !h.live() {
		return
	}
	row, col := h.patchAt(e)
	if row == h.stroke.row && col == h.stroke.col && h.stroke.over {
		return
	}
	row0, col0 := h.stroke.row, h.stroke.col
	h.stroke.row, h.stroke.col, h.stroke.over = row, col, true
	if h.stroke.down && h.paint(row0, col0, row, col, h.stroke.hide) {
		h.maskChanged()
		return
	}
	h.drawOverlay()
}

func (h *Home) onPointerUp(ui.Context, ui.Event) {
	if h.stroke.down {
		h.stroke.down = false
		h.settle()
	}
}

func (h *Home) onPointerLeave(ui.Context, ui.Event) {
	if !h.stroke.down {
		h.stroke.over = false
		h.drawOverlay()
	}
}

// onContextMenu keeps the menu away: the right button paints.
func (h *Home) onContextMenu(_ ui.Context, e ui.Event) { e.PreventDefault() }

func (h *Home) onFocus(ui.Context, ui.Event) {
	if h.live() && !h.stroke.down {
		h.moveCursor(h.stroke.row, h.stroke.col)
	}
}

func (h *Home) onBlur(ui.Context, ui.Event) {
	h.stroke.over = false
	if !h.stroke.down {
		h.settle() // Shift may be let go elsewhere
	}
	h.drawOverlay()
}

func (h *Home) onKeyDown(_ ui.Context, e ui.Event) {
	if !h.live() {
		return
	}
	row, col := h.stroke.row, h.stroke.col
	switch e.Get("key").String() {
	case "ArrowUp":
		row--
	case "ArrowDown":
		row++
	case "ArrowLeft":
		col--
	case "ArrowRight":
		col++
	case "Home":
		col = 0
	case "End":
		col = h.mask.Cols - 1
	case " ", "Enter":
		e.PreventDefault()
		h.toggle()
		return
	default:
		return
	}
	e.PreventDefault()
	paints, hides := e.Get("shiftKey").Bool(), h.strokeHides()
	h.moveCursor(row, col)
	if !paints {
		return
	}
	h.beginStep() // until the key is let go
	if h.paint(h.stroke.row, h.stroke.col, h.stroke.row, h.stroke.col, hides) {
		h.maskChanged()
		h.say()
	}
}

// onKeyUp ends a stroke of the keyboard.
func (h *Home) onKeyUp(_ ui.Context, e ui.Event) {
	if e.Get("key").String() == "Shift" && !h.stroke.down {
		h.settle()
	}
}

// strokeHides reports whether a stroke that begins on the patch under the
// cursor hides patches.
func (h *Home) strokeHides() bool {
	row := min(max(h.stroke.row, 0), h.mask.Rows-1)
	col := min(max(h.stroke.col, 0), h.mask.Cols-1)
	return h.brush.Hides(h.mask.Hidden[row*h.mask.Cols+col])
}

// moveCursor puts the keyboard's cursor on a patch of the picture.
func (h *Home) moveCursor(row, col int) {
	h.stroke.row = min(max(row, 0), h.mask.Rows-1)
	h.stroke.col = min(max(col, 0), h.mask.Cols-1)
	h.stroke.over = true
	h.say()
	h.drawOverlay()
}

// toggle flips the patch under the keyboard's cursor, and with a larger brush makes
// those around it alike.
func (h *Home) toggle() {
	h.moveCursor(h.stroke.row, h.stroke.col)
	row, col := h.stroke.row, h.stroke.col
	h.change(func() { h.paint(row, col, row, col, !h.mask.Hidden[row*h.mask.Cols+col]) })
	h.maskChanged()
	h.say()
}

// say describes the patch under the cursor to a screen reader.
func (h *Home) say() {
	state := "visible"
	if h.mask.Hidden[h.stroke.row*h.mask.Cols+h.stroke.col] {
		state = "hidden"
	}
	h.said = fmt.Sprintf("Row %d, column %d: %s", h.stroke.row+1, h.stroke.col+1, state)
}
