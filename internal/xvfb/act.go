package xvfb

import (
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// The buttons of a mouse.
const (
	Left      = 1
	Right     = 3
	WheelUp   = 4
	WheelDown = 5
)

// frames is the time in which a window that draws 60 pictures a second notices what
// happened, even on a busy machine.
const frames = 60 * time.Millisecond

func (d *Display) fake(kind, detail byte, x, y int) {
	_ = xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, int16(x), int16(y), 0).Check()
}

// Move puts the mouse somewhere.
func (d *Display) Move(x, y int) {
	d.fake(xproto.MotionNotify, 0, x, y)
	time.Sleep(frames)
}

// Press and Release hold a button.
func (d *Display) Press(button byte) {
	d.fake(xproto.ButtonPress, button, 0, 0)
	time.Sleep(frames)
}

// Release lets it go.
func (d *Display) Release(button byte) {
	d.fake(xproto.ButtonRelease, button, 0, 0)
	time.Sleep(frames)
}

// Click presses and releases a button at a place.
func (d *Display) Click(button byte, x, y int) {
	d.Move(x, y)
	d.Press(button)
	d.Release(button)
}

// Hold presses a key, by its keysym (X11/keysymdef.h): letters and digits are their
// own, small.
func (d *Display) Hold(sym xproto.Keysym) { d.fake(xproto.KeyPress, d.code(sym), 0, 0) }

// LetGo releases a key.
func (d *Display) LetGo(sym xproto.Keysym) { d.fake(xproto.KeyRelease, d.code(sym), 0, 0) }

// Key presses and releases a key.
func (d *Display) Key(sym xproto.Keysym, with ...xproto.Keysym) {
	for _, m := range with {
		d.fake(xproto.KeyPress, d.code(m), 0, 0)
	}
	d.fake(xproto.KeyPress, d.code(sym), 0, 0)
	time.Sleep(frames)
	d.fake(xproto.KeyRelease, d.code(sym), 0, 0)
	for _, m := range with {
		d.fake(xproto.KeyRelease, d.code(m), 0, 0)
	}
	time.Sleep(frames)
}

// Some keysyms.
const (
	F1      xproto.Keysym = 0xffbe
	F3      xproto.Keysym = 0xffc0
	F11     xproto.Keysym = 0xffc8
	Escape  xproto.Keysym = 0xff1b
	Control xproto.Keysym = 0xffe3
	Down    xproto.Keysym = 0xff54
)

// code is the key that carries a keysym; 0 where there is none.
func (d *Display) code(sym xproto.Keysym) byte {
	s := xproto.Setup(d.conn)
	n := int(s.MaxKeycode) - int(s.MinKeycode) + 1
	m, err := xproto.GetKeyboardMapping(d.conn, s.MinKeycode, byte(n)).Reply()
	if err != nil {
		return 0
	}
	for i, k := range m.Keysyms {
		if k == sym {
			return byte(int(s.MinKeycode) + i/int(m.KeysymsPerKeycode))
		}
	}
	return 0
}
