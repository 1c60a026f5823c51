// Package xclip offers data in the clipboard of an X display. There, whoever copies
// keeps what was copied and hands it out on request (ICCCM 2.0, sec. 2).
package xclip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Owner answers requests for the clipboard on a goroutine of its own, until its
// display goes.
type Owner struct {
	conn   *xgb.Conn
	window xproto.Window
	atoms  map[string]xproto.Atom

	mu     sync.Mutex
	target xproto.Atom // what data is
	data   []byte
	parts  map[transfer][]byte // of transfers in pieces: what is still to be sent
}

// transfer is one that goes on.
type transfer struct {
	to       xproto.Window
	property xproto.Atom
}

// New connects to the display.
func New() (*Owner, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("xclip: %w", err)
	}
	o := &Owner{conn: conn, atoms: map[string]xproto.Atom{}, parts: map[transfer][]byte{}}
	if err := o.prepare(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("xclip: %w", err)
	}
	go o.serve()
	return o, nil
}

func (o *Owner) prepare() (err error) {
	screen := xproto.Setup(o.conn).DefaultScreen(o.conn)
	if o.window, err = xproto.NewWindowId(o.conn); err != nil {
		return err
	}
	if err = xproto.CreateWindowChecked(o.conn, 0, o.window, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		return err
	}
	for _, name := range []string{"CLIPBOARD", "TARGETS", "INCR"} {
		if _, err = o.atom(name); err != nil {
			return err
		}
	}
	return nil
}

func (o *Owner) atom(name string) (xproto.Atom, error) {
	if a, ok := o.atoms[name]; ok {
		return a, nil
	}
	r, err := xproto.InternAtom(o.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	o.atoms[name] = r.Atom
	return r.Atom, nil
}

// Offer takes the clipboard with data of a MIME type.
func (o *Owner) Offer(mime string, data []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	target, err := o.atom(mime)
	if err != nil {
		return fmt.Errorf("xclip: %w", err)
	}
	o.target, o.data = target, data
	clipboard := o.atoms["CLIPBOARD"]
	if err := xproto.SetSelectionOwnerChecked(o.conn, o.window, clipboard, xproto.TimeCurrentTime).Check(); err != nil {
		return fmt.Errorf("xclip: %w", err)
	}
	r, err := xproto.GetSelectionOwner(o.conn, clipboard).Reply()
	if err != nil {
		return fmt.Errorf("xclip: %w", err)
	}
	if r.Owner != o.window {
		return errors.New("xclip: another program keeps the clipboard")
	}
	return nil
}

// Close ends the goroutine and gives the clipboard up.
func (o *Owner) Close() { o.conn.Close() }

func (o *Owner) serve() {
	for {
		e, err := o.conn.WaitForEvent()
		if e == nil && err == nil {
			return // closed
		}
		o.mu.Lock()
		switch e := e.(type) {
		case xproto.SelectionRequestEvent:
			o.answer(e)
		case xproto.PropertyNotifyEvent:
			if t := (transfer{e.Window, e.Atom}); e.State == xproto.PropertyDelete {
				o.next(t)
			}
		}
		o.mu.Unlock()
	}
}

// piece is how much a property may take at once: well below the least that a
// server allows for a request, 4 * 65535 bytes.
const piece = 128 << 10

// answer puts what was asked for into a property of who asks; what is large follows
// in pieces.
func (o *Owner) answer(e xproto.SelectionRequestEvent) {
	property := e.Property
	if property == xproto.AtomNone {
		property = e.Target // old programs
	}
	reply := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	switch {
	case e.Target == o.atoms["TARGETS"]:
		list := make([]byte, 8)
		binary.LittleEndian.PutUint32(list, uint32(o.atoms["TARGETS"]))
		binary.LittleEndian.PutUint32(list[4:], uint32(o.target))
		xproto.ChangeProperty(o.conn, xproto.PropModeReplace, e.Requestor, property, xproto.AtomAtom, 32, 2, list)
	case e.Target == o.target && len(o.data) <= piece:
		xproto.ChangeProperty(o.conn, xproto.PropModeReplace, e.Requestor, property, o.target, 8, uint32(len(o.data)), o.data)
	case e.Target == o.target:
		xproto.ChangeWindowAttributes(o.conn, e.Requestor, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
		size := make([]byte, 4)
		binary.LittleEndian.PutUint32(size, uint32(len(o.data)))
		o.parts[transfer{e.Requestor, property}] = o.data
		xproto.ChangeProperty(o.conn, xproto.PropModeReplace, e.Requestor, property, o.atoms["INCR"], 32, 1, size)
	default:
		reply.Property = xproto.AtomNone
	}
	xproto.SendEvent(o.conn, false, e.Requestor, 0, string(reply.Bytes()))
}

// next sends the next piece after the last was taken; an empty one is the end.
func (o *Owner) next(t transfer) {
	left, ok := o.parts[t]
	if !ok {
		return
	}
	n := min(len(left), piece)
	xproto.ChangeProperty(o.conn, xproto.PropModeReplace, t.to, t.property, o.target, 8, uint32(n), left[:n])
	if o.parts[t] = left[n:]; n == 0 {
		delete(o.parts, t)
	}
}
