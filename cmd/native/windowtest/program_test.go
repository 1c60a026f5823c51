package windowtest

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"unmask/internal/testdevice"
	"unmask/internal/xvfb"
)

// The window of every test, in pixels.
const (
	width, height = 1280, 860
	root          = "../../.." // of the repository
)

// patience bounds every wait: a software GPU on a busy machine is slow.
const patience = 4 * time.Minute

// programs are built once: the window's and the command line.
var programs = sync.OnceValues(func() (string, error) {
	xgb.Logger.SetOutput(io.Discard) // it tells of a missing authority file, which Xvfb does not ask for
	dir, err := os.MkdirTemp("", "unmask-window")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"native", "unmask"} {
		out, err := exec.Command("go", "build", "-o", filepath.Join(dir, name), "unmask/cmd/"+name).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("go build unmask/cmd/%s: %w\n%s", name, err, out)
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := programs(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func program(t testing.TB, name string) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// window is the program in a display of its own.
type window struct {
	t testing.TB
	*xvfb.Display
	id     xproto.Window
	cmd    *exec.Cmd
	stderr *log
}

// log is what the program has printed so far.
type log struct {
	sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.Lock()
	defer l.Unlock()
	return l.text.String()
}

// display starts Xvfb; without it a test is skipped on a laptop and fails under
// `make test`, which sets UNMASK_REQUIRE_DISPLAY.
func display(t testing.TB) *xvfb.Display {
	t.Helper()
	d, err := xvfb.Start(width, height, 96)
	if errors.Is(err, xvfb.ErrMissing) && os.Getenv("UNMASK_REQUIRE_DISPLAY") == "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// open starts the program and waits for its window.
func open(t testing.TB, args ...string) *window {
	t.Helper()
	testdevice.GPU(t).Close()
	path := program(t, "native")
	d := display(t)
	w := &window{t: t, Display: d, cmd: exec.Command(path, append([]string{"--theme", "light"}, args...)...), stderr: &log{}}
	w.cmd.Env, w.cmd.Stderr = d.Environ(), w.stderr
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
	})
	var err error
	if w.id, err = d.Window("Unmask", patience); err != nil {
		t.Fatalf("%v\n%s", err, w.stderr)
	}
	return w
}

// seen returns when the window has noticed all that mouse and keys did so far. It
// looks at them once a frame, so that on a busy machine a short click would be
// lost. What happens later is noticed later: here the key that changes the colours.
func (w *window) seen() {
	w.t.Helper()
	before := w.dark()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if err := w.Focus(w.id); err != nil { // a window that was just shown may lose it again
			w.t.Fatalf("%v\n%s", err, w.stderr)
		}
		w.Hold('d')
		for step := time.Now().Add(5 * time.Second); time.Now().Before(step) && w.dark() == before; {
			time.Sleep(5 * time.Millisecond)
		}
		w.LetGo('d')
		// A press that follows a release at once counts as the key's own repetition.
		time.Sleep(100 * time.Millisecond)
		if w.dark() != before {
			return
		}
	}
	w.t.Fatalf("the window does not answer the keyboard\n%s", w.stderr)
}

// dark reports which colours the window wears.
func (w *window) dark() bool {
	w.t.Helper()
	c, err := w.Pixel(5, height-5)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.R < 128
}

// light returns to light colours, in which pictures are compared.
func (w *window) light() {
	if w.dark() {
		w.seen()
	}
}

// drag holds a mouse button from one place to another.
func (w *window) drag(button byte, x0, y0, x1, y1 int) {
	w.Move(x0, y0)
	w.seen()
	w.Press(button)
	w.seen()
	w.Move(x1, y1)
	w.seen()
	w.Release(button)
	w.seen()
}

// tap presses a key until it is noticed.
func (w *window) tap(sym xproto.Keysym) {
	w.Hold(sym)
	w.seen()
	w.LetGo(sym)
	w.seen()
}

// quit ends the program by its key.
func (w *window) quit() {
	w.Hold(xvfb.Control)
	w.Hold('q')
	w.exits(0)
}

// shot is what the window shows.
func (w *window) shot() *image.RGBA {
	w.t.Helper()
	img, err := w.Screenshot()
	if err != nil {
		w.t.Fatal(err)
	}
	return img
}

// until waits for the window to show what is wanted; the last screenshot of a
// failure is kept.
func (w *window) until(what string, ok func(*image.RGBA) bool) *image.RGBA {
	w.t.Helper()
	var img *image.RGBA
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if img = w.shot(); ok(img) {
			return img
		}
	}
	name := filepath.Join(os.TempDir(), strings.ReplaceAll(w.t.Name(), "/", "-")+".png")
	var b bytes.Buffer
	if err := png.Encode(&b, img); err == nil {
		_ = os.WriteFile(name, b.Bytes(), 0o644)
	}
	w.t.Fatalf("%s: not within %v; %s shows the window\n%s", what, patience, name, w.stderr)
	return nil
}

// exits waits for the program to end with a code.
func (w *window) exits(code int) {
	w.t.Helper()
	done := make(chan error, 1)
	go func() { done <- w.cmd.Wait() }()
	select {
	case <-done:
		if got := w.cmd.ProcessState.ExitCode(); got != code {
			w.t.Errorf("exit code %d, want %d\n%s", got, code, w.stderr)
		}
	case <-time.After(patience):
		w.t.Errorf("still running after %v", patience)
	}
}

// readPNG reads a picture.
func readPNG(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}
