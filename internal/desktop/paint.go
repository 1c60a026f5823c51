package desktop

import (
	"math"

	"unmask/internal/desktop/scene"
)

// patchAt finds the patch of the original under a point; it may lie outside of the
// picture while a stroke goes on there.
func (a *App) patchAt(x, y float64) (row, col int, inside bool) {
	s := &a.studio
	if a.view != StudioView || s.sliding || !s.live() {
		return 0, 0, false
	}
	r := a.panels()[0]
	row = int(math.Floor((y - r.Y) / r.H * float64(s.mask.Rows)))
	col = int(math.Floor((x - r.X) / r.W * float64(s.mask.Cols)))
	return row, col, r.Contains(x, y)
}

// pointAt marks the patch under the mouse.
func (a *App) pointAt(x, y float64) {
	row, col, inside := a.patchAt(x, y)
	s := &a.studio
	if s.over = inside; inside {
		s.row, s.col = row, col
	}
}

// beginStroke starts to paint: the left button hides, the right one shows.
func (a *App) beginStroke(in Input) {
	row, col, inside := a.patchAt(in.X, in.Y)
	if !inside {
		return
	}
	a.press.stroke, a.press.hides, a.press.row, a.press.col = true, !in.Right, row, col
	a.strokeTo(in.X, in.Y)
}

// strokeTo paints from the last patch to the one under a point.
func (a *App) strokeTo(x, y float64) {
	s := &a.studio
	row, col, inside := a.patchAt(x, y)
	p := &a.press
	if s.mask.Stroke(p.row, p.col, row, col, s.brush, p.hides) {
		a.maskChanged()
	}
	p.row, p.col = row, col
	if s.over = inside; inside {
		s.row, s.col = row, col
	}
}

// moveCursor moves the keyboard's cursor over the original.
func (a *App) moveCursor(down, right int) {
	s := &a.studio
	if !s.live() || s.sliding {
		return
	}
	if s.over {
		s.row, s.col = s.row+down, s.col+right
	}
	s.row = min(max(s.row, 0), s.mask.Rows-1)
	s.col = min(max(s.col, 0), s.mask.Cols-1)
	s.over = true
}

// flipCursor hides or shows the patch under the cursor.
func (a *App) flipCursor() {
	if s := &a.studio; s.live() && s.over && !s.sliding {
		hidden := s.mask.Hidden[s.row*s.mask.Cols+s.col]
		if s.mask.Stroke(s.row, s.col, s.row, s.col, s.brush, !hidden) {
			a.maskChanged()
		}
	}
}

// brushBox is the outline of the brush at the cursor, cut at the picture's edges.
func (a *App) brushBox(picture scene.Rect) scene.Rect {
	s := &a.studio
	w, h := picture.W/float64(s.mask.Cols), picture.H/float64(s.mask.Rows)
	top, left := max(s.row-(s.brush-1)/2, 0), max(s.col-(s.brush-1)/2, 0)
	bottom := min(s.row-(s.brush-1)/2+s.brush, s.mask.Rows)
	right := min(s.col-(s.brush-1)/2+s.brush, s.mask.Cols)
	return scene.Rect{X: picture.X + float64(left)*w, Y: picture.Y + float64(top)*h, W: float64(right-left) * w, H: float64(bottom-top) * h}
}
