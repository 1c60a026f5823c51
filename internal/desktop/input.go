package desktop

import "unmask/internal/desktop/scene"

// Input is what mouse and keyboard did since the last frame.
type Input struct {
	X, Y        float64 // of the mouse, in units
	Left, Right bool    // buttons that are held
	Wheel       float64 // upwards
	Shift, Ctrl bool
	Keys        []string // pressed or repeated, as ebiten names them: "F1", "ArrowLeft", "A"
	Dropped     []string // paths of files and folders
}

// hit is a place that answers to the mouse.
type hit struct {
	scene.Rect
	press func()             // the left button went down
	drag  func(x, y float64) // it went down here and is held; also called at once
	wheel func(steps float64)
}

// press is what the buttons that are held do.
type press struct {
	drag    func(x, y float64)
	stroke  bool // paints
	hides   bool
	row     int
	col     int
	wasDown bool
}

// take turns the input into actions.
func (a *App) take(in Input) {
	last := a.in
	a.in = in
	if in.X != last.X || in.Y != last.Y || in.Left != last.Left || in.Right != last.Right || in.Wheel != 0 || len(in.Keys) > 0 {
		a.dirty = true
	}
	if len(in.Dropped) > 0 {
		a.dirty = true
		a.help = false
		a.Open(in.Dropped)
	}
	for _, k := range in.Keys {
		a.key(k)
	}
	down := in.Left || in.Right
	switch {
	case down && !a.press.wasDown:
		a.begin(in)
	case down && a.press.stroke:
		a.strokeTo(in.X, in.Y)
	case down && a.press.drag != nil:
		a.press.drag(in.X, in.Y)
	case !down:
		a.press = press{}
	}
	a.press.wasDown = down
	if !down && (in.X != last.X || in.Y != last.Y) {
		a.pointAt(in.X, in.Y)
	}
	if in.Wheel != 0 {
		a.turn(in)
	}
}

// begin is a button that goes down.
func (a *App) begin(in Input) {
	if a.help {
		a.help = false
		return
	}
	if h := a.at(in.X, in.Y, func(h hit) bool { return h.press != nil || h.drag != nil }); h != nil && in.Left {
		if h.drag != nil {
			a.press.drag = h.drag
			h.drag(in.X, in.Y)
		} else {
			h.press()
		}
		return
	}
	a.beginStroke(in)
}

// turn is the wheel: a list under the mouse scrolls, else the brush changes.
func (a *App) turn(in Input) {
	if h := a.at(in.X, in.Y, func(h hit) bool { return h.wheel != nil }); h != nil {
		h.wheel(in.Wheel)
	} else if a.view == StudioView {
		if in.Wheel > 0 {
			a.studio.grow(1)
		} else {
			a.studio.grow(-1)
		}
	}
}

// at finds the place on top under a point.
func (a *App) at(x, y float64, want func(hit) bool) *hit {
	for i := len(a.hits) - 1; i >= 0; i-- {
		if a.hits[i].Contains(x, y) && want(a.hits[i]) {
			return &a.hits[i]
		}
	}
	return nil
}

// over reports whether the mouse is on a rectangle and free.
func (a *App) over(r scene.Rect) bool { return !a.help && r.Contains(a.in.X, a.in.Y) }
