// Package xvfb gives tests and pictures of documents a display without a screen:
// it starts Xvfb, a window server in memory, and acts there as a person would, by
// mouse, keys and files that are dropped.
package xvfb

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// ErrMissing is a machine without Xvfb.
var ErrMissing = errors.New("xvfb: Xvfb is not installed (Debian's package xvfb)")

// Display is a running Xvfb with a connection to it.
type Display struct {
	Name   string // for the variable DISPLAY: ":7"
	conn   *xgb.Conn
	root   xproto.Window
	server *exec.Cmd
}

// Start starts a server with one screen of w x h pixels, at dpi dots an inch; 96 is
// one pixel a unit.
func Start(w, h, dpi int) (*Display, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, ErrMissing
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	defer read.Close()
	// The server chooses a free number and tells it on descriptor 3.
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h), "-dpi", fmt.Sprint(dpi), "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	write.Close()
	if err != nil {
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	d := &Display{server: cmd}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err == nil {
		d.Name = ":" + strings.TrimSpace(number)
		d.conn, err = xgb.NewConnDisplay(d.Name)
	}
	if err == nil {
		err = xtest.Init(d.conn)
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	d.root = xproto.Setup(d.conn).DefaultScreen(d.conn).Root
	// A key that is held until a busy program notices it must not count as many.
	xproto.ChangeKeyboardControl(d.conn, xproto.KbAutoRepeatMode, []uint32{xproto.AutoRepeatModeOff})
	// Programs ask the resource for the density of the screen, as desktops set it.
	density := fmt.Sprintf("Xft.dpi:\t%d\n", dpi)
	xproto.ChangeProperty(d.conn, xproto.PropModeReplace, d.root, xproto.AtomResourceManager, xproto.AtomString, 8, uint32(len(density)), []byte(density))
	return d, nil
}

// Close ends the server, and with it every program that has a window there.
func (d *Display) Close() {
	if d.conn != nil {
		d.conn.Close()
	}
	_ = d.server.Process.Kill()
	_ = d.server.Wait()
}

// Conn is the connection to the display.
func (d *Display) Conn() *xgb.Conn { return d.conn }

// Environ is the environment of a program that is to open its windows here.
func (d *Display) Environ() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "WAYLAND_DISPLAY=") && !strings.HasPrefix(v, "DISPLAY=") {
			env = append(env, v)
		}
	}
	return append(env, "DISPLAY="+d.Name)
}

// Window waits for a window with a name, puts it into the upper left corner and
// gives it the keyboard, as a window manager would.
func (d *Display) Window(name string, patience time.Duration) (xproto.Window, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		tree, err := xproto.QueryTree(d.conn, d.root).Reply()
		if err != nil {
			return 0, fmt.Errorf("xvfb: %w", err)
		}
		for _, w := range tree.Children {
			if d.title(w) != name {
				continue
			}
			if a, err := xproto.GetWindowAttributes(d.conn, w).Reply(); err != nil || a.MapState != xproto.MapStateViewable {
				continue
			}
			xproto.ConfigureWindow(d.conn, w, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{0, 0})
			if d.Focus(w) == nil {
				return w, nil
			}
		}
	}
	return 0, fmt.Errorf("xvfb: no window %q within %v", name, patience)
}

// Focus gives a window the keyboard.
func (d *Display) Focus(w xproto.Window) error {
	return xproto.SetInputFocusChecked(d.conn, xproto.InputFocusParent, w, xproto.TimeCurrentTime).Check()
}

func (d *Display) title(w xproto.Window) string {
	r, err := xproto.GetProperty(d.conn, false, w, xproto.AtomWmName, xproto.GetPropertyTypeAny, 0, 64).Reply()
	if err != nil {
		return ""
	}
	return string(r.Value)
}

// Resize gives a window another size.
func (d *Display) Resize(w xproto.Window, width, height int) {
	xproto.ConfigureWindow(d.conn, w, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{uint32(width), uint32(height)})
}

// Pixel is the colour of one point of the screen.
func (d *Display) Pixel(x, y int) (color.RGBA, error) {
	r, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), int16(x), int16(y), 1, 1, 0xffffffff).Reply()
	if err != nil {
		return color.RGBA{}, fmt.Errorf("xvfb: %w", err)
	}
	return color.RGBA{r.Data[2], r.Data[1], r.Data[0], 255}, nil
}

// Screenshot is what the screen shows.
func (d *Display) Screenshot() (*image.RGBA, error) {
	s := xproto.Setup(d.conn).DefaultScreen(d.conn)
	w, h := int(s.WidthInPixels), int(s.HeightInPixels)
	r, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), 0, 0, uint16(w), uint16(h), 0xffffffff).Reply()
	if err != nil {
		return nil, fmt.Errorf("xvfb: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i+3 < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = r.Data[i+2], r.Data[i+1], r.Data[i], 255
	}
	return img, nil
}
