package windowtest

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"unmask/data"
	"unmask/internal/desktop"
	"unmask/internal/desktop/scene"
	"unmask/internal/xvfb"
)

const photo = root + "/static/samples/landscape.jpg"

// The patches of photo at 224 pixels.
const rows, cols = 7, 10

// fromCommandLine is what `unmask reconstruct` writes for a mask.
func fromCommandLine(t testing.TB, view string, m data.Mask) image.Image {
	t.Helper()
	out := filepath.Join(t.TempDir(), view+".png")
	cmd := exec.Command(program(t, "unmask"), "reconstruct", photo, "--mask", m.Bits(), "--view", view, "--json", "-o", out)
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Masked int }
	if err := json.Unmarshal(b, &r); err != nil || r.Masked != m.Count() {
		t.Fatalf("the command line hid %d patches, want %d (%v)", r.Masked, m.Count(), err)
	}
	return readPNG(t, out)
}

// panels are the places of the four pictures in the window.
func panels() []scene.Rect {
	return desktop.Panels(desktop.Stage(width, height), 4, float64(cols)/rows, 1)
}

// patch is the middle of a patch of the original.
func patch(row, col int) (x, y int) {
	p := panels()[0]
	return int(p.X + (float64(col)+0.5)*p.W/cols), int(p.Y + (float64(row)+0.5)*p.H/rows)
}

// TestPaintingReconstructs: a picture on the command line, a mask painted with the
// mouse, and the window shows what the command line computes for the same mask.
func TestPaintingReconstructs(t *testing.T) {
	w := open(t, "--ratio", "0", photo)
	original := panels()[0]
	nothing := data.NewMask(rows, cols)
	first := readPNG(t, decoded(t))
	w.until("the picture", func(shot *image.RGBA) bool {
		mean, _ := distance(shot, panels()[1], first) // the original has a grid over it
		return mean < meanTolerance
	})

	// A stroke with the left button hides, one with the right shows some again.
	want := nothing
	drag := func(button byte, r0, c0, r1, c1 int) {
		x0, y0 := patch(r0, c0)
		x1, y1 := patch(r1, c1)
		w.drag(button, x0, y0, x1, y1)
	}
	drag(xvfb.Left, 1, 1, 1, 8)
	want.Stroke(1, 1, 1, 8, 1, true)
	drag(xvfb.Left, 1, 8, 5, 8)
	want.Stroke(1, 8, 5, 8, 1, true)
	drag(xvfb.Right, 1, 3, 1, 4)
	want.Stroke(1, 3, 1, 4, 1, false)
	// The wheel makes the brush larger: a point of 2 x 2 patches.
	w.Move(patch(4, 3))
	w.Press(xvfb.WheelUp)
	w.Release(xvfb.WheelUp)
	w.seen()
	drag(xvfb.Left, 4, 3, 4, 3)
	want.Stroke(4, 3, 4, 3, 2, true)
	w.Move(int(original.X)-20, int(original.Y)-30)
	w.light()

	composite := fromCommandLine(t, "composite", want)
	shot := w.until("the composite of the painted mask", func(shot *image.RGBA) bool {
		mean, _ := distance(shot, panels()[3], composite)
		return mean < meanTolerance
	})
	mean, most := distance(shot, panels()[3], composite)
	t.Logf("the composite differs from the command line's by %.3f of 255 on average, at most by %.0f", mean, most)
	if most > mostTolerance {
		t.Errorf("the composite differs by up to %.0f of 255, want at most %d", most, mostTolerance)
	}
	if mean, _ := distance(shot, panels()[3], first); mean < 2*meanTolerance {
		t.Errorf("the composite is the original (%.2f): nothing was reconstructed", mean)
	}

	// Slider: one large picture, the composite behind its right half.
	w.tap('v')
	w.light()
	large := desktop.Panels(desktop.Stage(width, height), 1, float64(cols)/rows, 1)[0]
	w.until("the slider", func(shot *image.RGBA) bool {
		half := large
		half.X, half.W = large.X+large.W/2, large.W/2
		mean, _ := distance(crop(shot, half), scene.Rect{W: half.W, H: half.H}, right(composite))
		return mean < 2*meanTolerance
	})
	w.quit()
}

// decoded is the photo as the engine takes it, from the library that does it.
func decoded(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(photo)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := data.Decode(photo, b)
	if err != nil {
		t.Fatal(err)
	}
	return writePNG(t, p.Fit(224).Image())
}

// crop is a part of a screenshot.
func crop(shot *image.RGBA, r scene.Rect) *image.RGBA {
	part := shot.SubImage(image.Rect(int(r.X), int(r.Y), int(r.X+r.W), int(r.Y+r.H))).(*image.RGBA)
	return &image.RGBA{Pix: part.Pix, Stride: part.Stride, Rect: image.Rectangle{Max: part.Rect.Size()}}
}

// right is the right half of a picture.
func right(img image.Image) image.Image {
	b := img.Bounds()
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rect(b.Min.X+b.Dx()/2, b.Min.Y, b.Max.X, b.Max.Y))
}

// TestBrokenFilesLeaveTheWindowOpen: on the command line or dropped, they are told
// in the window, and the program goes on with what is dropped next.
func TestBrokenFilesLeaveTheWindowOpen(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "holiday photo.jpg")
	if err := os.WriteFile(broken, []byte("this is no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	w := open(t, "--ratio", "0", broken)
	alert := scene.ThemeOf(false).Alert
	stage := desktop.Stage(width, height)
	alerted := func(shot *image.RGBA) bool {
		c := shot.RGBAAt(int(stage.X+stage.W/2), int(stage.Y+4))
		return c.R == alert.R && c.G == alert.G && c.B == alert.B
	}
	w.until("the message", alerted)
	w.tap(xvfb.Escape)
	w.light()
	w.until("the message to go", func(shot *image.RGBA) bool { return !alerted(shot) })

	drop := func(path string) {
		t.Helper()
		full, err := filepath.Abs(path)
		if err == nil {
			err = w.Drop(w.id, width/2, height/2, full)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	drop(broken)
	w.until("the message about the drop", alerted)
	drop(photo)
	first := readPNG(t, decoded(t))
	w.until("the picture that was dropped", func(shot *image.RGBA) bool {
		mean, _ := distance(shot, panels()[1], first)
		return mean < meanTolerance && !alerted(shot)
	})

	// Copy: what another program pastes is the panel.
	x, y := patch(2, 2)
	w.drag(xvfb.Left, x, y, x, y)
	var pasted []byte
	w.until("the clipboard", func(*image.RGBA) bool {
		w.Key('c', xvfb.Control)
		var err error
		pasted, err = w.Clipboard("image/png")
		return err == nil
	})
	img, err := png.Decode(bytes.NewReader(pasted))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() < 2*320 || b.Dy() < 2*224 {
		t.Errorf("the clipboard holds %v, want four pictures of 320 x 224", b)
	}
	w.quit()
}

// TestWithoutDisplayOrGPU: a clear message and exit code 1, no panic.
func TestWithoutDisplayOrGPU(t *testing.T) {
	path := program(t, "native")
	cmd := exec.Command(path, photo)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DISPLAY=") && !strings.HasPrefix(v, "WAYLAND_DISPLAY=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	refuses := func(what string, cmd *exec.Cmd, want string) {
		t.Helper()
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s: exit code %d, want 1", what, cmd.ProcessState.ExitCode())
		}
		if text := string(out); !strings.Contains(text, want) || !strings.Contains(text, "remedy: ") || strings.Contains(text, "goroutine") {
			t.Errorf("%s: it says %q, want %q and a remedy", what, text, want)
		}
	}
	refuses("no display", cmd, "there is no display: DISPLAY is not set")

	d := display(t)
	cmd = exec.Command(path, photo)
	cmd.Env = append(d.Environ(), "VK_DRIVER_FILES=/nowhere.json", "VK_ICD_FILENAMES=/nowhere.json")
	refuses("no GPU", cmd, "adapter")
}
