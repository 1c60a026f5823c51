package xvfb

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Drop drops files or folders on a window at a place, as a file manager does: by the
// protocol XDND, version 5 (freedesktop.org/wiki/Specifications/XDND).
func (d *Display) Drop(w xproto.Window, x, y int, paths ...string) error {
	source, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return fmt.Errorf("xvfb: %w", err)
	}
	if err := xproto.CreateWindowChecked(d.conn, 0, source, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		return fmt.Errorf("xvfb: %w", err)
	}
	defer xproto.DestroyWindow(d.conn, source)
	selection, list := d.atom("XdndSelection"), d.atom("text/uri-list")
	if err := xproto.SetSelectionOwnerChecked(d.conn, source, selection, xproto.TimeCurrentTime).Check(); err != nil {
		return fmt.Errorf("xvfb: %w", err)
	}
	var uris strings.Builder
	for _, p := range paths {
		uris.WriteString((&url.URL{Scheme: "file", Path: p}).String() + "\r\n")
	}
	d.message(w, "XdndEnter", uint32(source), 5<<24, uint32(list), 0, 0)
	d.message(w, "XdndPosition", uint32(source), 0, uint32(x)<<16|uint32(y), xproto.TimeCurrentTime, uint32(d.atom("XdndActionCopy")))
	time.Sleep(frames)
	d.message(w, "XdndDrop", uint32(source), 0, xproto.TimeCurrentTime, 0, 0)

	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		e, err := d.conn.PollForEvent()
		if err != nil {
			return fmt.Errorf("xvfb: %w", err)
		}
		switch e := e.(type) {
		case xproto.SelectionRequestEvent:
			xproto.ChangeProperty(d.conn, xproto.PropModeReplace, e.Requestor, e.Property, list, 8, uint32(uris.Len()), []byte(uris.String()))
			reply := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
			xproto.SendEvent(d.conn, false, e.Requestor, 0, string(reply.Bytes()))
		case xproto.ClientMessageEvent:
			if e.Type == d.atom("XdndFinished") {
				return nil
			}
		}
	}
	return fmt.Errorf("xvfb: the window did not take what was dropped")
}

// message sends a client message with five values.
func (d *Display) message(to xproto.Window, kind string, values ...uint32) {
	e := xproto.ClientMessageEvent{Format: 32, Window: to, Type: d.atom(kind), Data: xproto.ClientMessageDataUnionData32New(values)}
	xproto.SendEvent(d.conn, false, to, 0, string(e.Bytes()))
}

func (d *Display) atom(name string) xproto.Atom {
	r, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0
	}
	return r.Atom
}

// Clipboard asks for what was copied, as a type, and takes large data in pieces
// (ICCCM 2.0, sec. 2.7.2).
func (d *Display) Clipboard(mime string) ([]byte, error) {
	w, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	if err := xproto.CreateWindowChecked(d.conn, 0, w, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check(); err != nil {
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	defer xproto.DestroyWindow(d.conn, w)
	property, pieces := d.atom("UNMASK_PASTE"), d.atom("INCR")
	xproto.ConvertSelection(d.conn, w, d.atom("CLIPBOARD"), d.atom(mime), property, xproto.TimeCurrentTime)
	take := func() (*xproto.GetPropertyReply, error) {
		return xproto.GetProperty(d.conn, true, w, property, xproto.GetPropertyTypeAny, 0, 1<<24).Reply()
	}
	var out []byte
	inPieces := false
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		e, err := d.conn.PollForEvent()
		if err != nil {
			return nil, fmt.Errorf("xvfb: %w", err)
		}
		switch e := e.(type) {
		case xproto.SelectionNotifyEvent:
			if e.Property == xproto.AtomNone {
				return nil, fmt.Errorf("xvfb: the clipboard holds no %s", mime)
			}
			r, err := take()
			if err != nil {
				return nil, fmt.Errorf("xvfb: %w", err)
			}
			if r.Type != pieces {
				return r.Value, nil
			}
			inPieces = true
			out = make([]byte, 0, binary.LittleEndian.Uint32(r.Value))
		case xproto.PropertyNotifyEvent:
			if !inPieces || e.State != xproto.PropertyNewValue || e.Atom != property {
				continue
			}
			r, err := take()
			if err != nil {
				return nil, fmt.Errorf("xvfb: %w", err)
			}
			if len(r.Value) == 0 {
				return out, nil
			}
			out = append(out, r.Value...)
		}
	}
	return nil, fmt.Errorf("xvfb: nobody answers for the clipboard")
}
