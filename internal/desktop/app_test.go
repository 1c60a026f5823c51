package desktop

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unmask/data"
	"unmask/internal/ref/blas"
	"unmask/session"
)

// small is a network of a few thousand parameters with its decoder.
const small = "../../weights/testdata/fcmae.safetensors"

// native is the CPU device with a fast matrix product.
var native = session.Options{MatMul: blas.MatMul}

// start opens the app on the CPU with a small network, at 64 pixels.
func start(t *testing.T, paths ...string) *App {
	t.Helper()
	a := New(Options{Device: "cpu", Weights: small, Ratio: 0.5, Seed: 1, Size: 64, Paths: paths, Session: native})
	t.Cleanup(a.Close)
	a.Resize(1280, 860, 1)
	return a
}

// until runs frames until something holds.
func until(t *testing.T, a *App, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		a.Update(Input{X: a.in.X, Y: a.in.Y, Left: a.in.Left, Right: a.in.Right})
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not within a minute; problem %+v, note %q", what, a.problem, a.note)
}

// settled waits for the answer about the mask.
func settled(t *testing.T, a *App) {
	t.Helper()
	until(t, a, "a reconstruction", func() bool { return a.studio.live() && !a.studio.busy() && a.studio.result != nil })
}

// photo writes a picture of w x h pixels with a pattern of its own.
func photo(t *testing.T, path string, w, h, kind int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x * (3 + kind)), uint8(y * 2), uint8(x*y/7 + 40*kind), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// at is the middle of a patch of the original.
func at(a *App, row, col int) (x, y float64) {
	p := a.panels()[0]
	return p.X + (float64(col)+0.5)*p.W/float64(a.studio.mask.Cols), p.Y + (float64(row)+0.5)*p.H/float64(a.studio.mask.Rows)
}

// TestThePaintedMaskIsWhatTheSessionGets: a stroke hides, the right button shows,
// and the picture is what a session computes for that mask.
func TestThePaintedMaskIsWhatTheSessionGets(t *testing.T) {
	file := photo(t, filepath.Join(t.TempDir(), "a.png"), 96, 128, 0)
	a := start(t, file)
	settled(t, a)
	a.Update(Input{Keys: []string{"C"}})
	if a.studio.mask.Count() != 0 || a.studio.composite != a.studio.pixels {
		t.Fatalf("cleared, %d patches are hidden", a.studio.mask.Count())
	}
	x0, y0 := at(a, 0, 0)
	x1, y1 := at(a, 0, 1)
	a.Update(Input{X: x0, Y: y0})
	a.Update(Input{X: x0, Y: y0, Left: true})
	a.Update(Input{X: x1, Y: y1, Left: true})
	a.Update(Input{X: x1, Y: y1})
	a.Update(Input{X: x0, Y: y0})
	a.Update(Input{X: x0, Y: y0, Right: true})
	a.Update(Input{X: x0, Y: y0})
	want, err := data.ParseMask("0100", 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.studio.mask.Bits(); got != want.Bits() {
		t.Fatalf("painted %s, want %s", got, want.Bits())
	}
	settled(t, a)

	s := session.New(native)
	defer s.Close()
	if _, _, err := s.Open(context.Background(), "cpu"); err != nil {
		t.Fatal(err)
	}
	name, b, err := readWeights(small)
	if err == nil {
		_, err = s.LoadWeights(name, b)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err = os.ReadFile(file)
	if err == nil {
		_, _, err = s.SetPicture(file, b, 64)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reconstruct(context.Background(), want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.studio.composite.Pix, r.Composite.RGBA()) || a.studio.result.PSNR != r.PSNR {
		t.Errorf("the window shows another picture: PSNR %v, want %v", a.studio.result.PSNR, r.PSNR)
	}
}

func TestWheelAndKeys(t *testing.T) {
	a := start(t, photo(t, filepath.Join(t.TempDir(), "a.png"), 128, 64, 0)) // 2 x 4 patches
	settled(t, a)
	x, y := at(a, 0, 1)
	a.Update(Input{X: x, Y: y, Keys: []string{"C"}})
	for range 9 {
		a.Update(Input{X: x, Y: y, Wheel: 1})
	}
	if a.studio.brush != maxBrush {
		t.Errorf("the brush is %d, want %d", a.studio.brush, maxBrush)
	}
	for range 3 {
		a.Update(Input{X: x, Y: y, Wheel: -0.5})
	}
	a.Update(Input{X: x, Y: y, Left: true})
	a.Update(Input{X: x, Y: y})
	if got := a.studio.mask.Bits(); got != "0110"+"0110" {
		t.Errorf("a brush of 2 x 2 paints %s", got)
	}
	a.Update(Input{X: x, Y: y, Keys: []string{"I"}})
	if got := a.studio.mask.Bits(); got != "1001"+"1001" {
		t.Errorf("inverted: %s", got)
	}
	a.Update(Input{X: x, Y: y, Keys: []string{"BracketLeft", "ArrowLeft", "Space"}})
	if got := a.studio.mask.Bits(); got != "0001"+"1001" {
		t.Errorf("the keyboard's cursor: %s", got)
	}
	ratio, seed := a.studio.ratio, a.studio.seed
	a.Update(Input{Keys: []string{"Equal", "R"}})
	if a.studio.ratio <= ratio || a.studio.seed == seed {
		t.Errorf("ratio %v, seed %d after + and R", a.studio.ratio, a.studio.seed)
	}
	a.Update(Input{Keys: []string{"F1", "F11", "D"}})
	if !a.help || !a.Fullscreen() || !a.Dark() {
		t.Errorf("help %t, full screen %t, dark %t", a.help, a.Fullscreen(), a.Dark())
	}
	a.Update(Input{Keys: []string{"Escape"}})
	a.Update(Input{Keys: []string{"Escape"}})
	if a.help || a.Fullscreen() {
		t.Errorf("after Escape twice help is %t, full screen %t", a.help, a.Fullscreen())
	}
	a.Update(Input{Ctrl: true, Keys: []string{"Q"}})
	if !a.Quit() {
		t.Error("Ctrl Q does not quit")
	}
}

// TestTheSliderMovesAndPaintsNothing: in that view a drag moves the line.
func TestTheSliderMovesAndPaintsNothing(t *testing.T) {
	a := start(t, photo(t, filepath.Join(t.TempDir(), "a.png"), 64, 64, 0))
	settled(t, a)
	a.Update(Input{Keys: []string{"V"}})
	before, r := a.studio.mask.Bits(), a.panels()[0]
	a.Update(Input{X: r.X + r.W/2, Y: r.Y + 50, Left: true})
	a.Update(Input{X: r.X + r.W*0.25, Y: r.Y + 50, Left: true})
	if s := a.studio.split; s < 0.24 || s > 0.26 || a.studio.mask.Bits() != before {
		t.Errorf("the line is at %.2f, the mask %s, was %s", s, a.studio.mask.Bits(), before)
	}
}

// TestBrokenDropsLeaveWhatIsThere: pictures, weights and runs that cannot be read.
func TestBrokenDropsLeaveWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	a := start(t, photo(t, filepath.Join(dir, "good.png"), 64, 64, 0))
	settled(t, a)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	write("run/config.json", "{")
	for _, c := range []struct{ path, want string }{
		{write("holiday.jpg", "this is no picture"), "holiday.jpg"},
		{write("net.safetensors", "12345678"), "net.safetensors"},
		{filepath.Join(dir, "run"), "config.json cannot be read"},
		{empty, "there is no picture in"},
		{filepath.Join(dir, "nothing"), "there is no file or folder"},
	} {
		a.problem = nil
		a.Update(Input{Dropped: []string{c.path}})
		until(t, a, c.path, func() bool { return a.problem != nil && !a.studio.busy() })
		if text := a.problem.Text; !strings.Contains(text, c.want) {
			t.Errorf("%s: it says %q, want %q", filepath.Base(c.path), text, c.want)
		}
		a.show(StudioView)
		a.dirty = true
		a.Update(Input{})
		if !slices.Contains(a.Scene().Words(), a.problem.Headline()) {
			t.Errorf("%s: the window does not show the message", filepath.Base(c.path))
		}
	}
	a.Update(Input{Keys: []string{"Escape", "R"}})
	settled(t, a)
	if a.problem != nil || filepath.Base(a.studio.path) != "good.png" || a.studio.net != small {
		t.Errorf("afterwards: problem %v, picture %s, weights %s", a.problem, a.studio.path, a.studio.net)
	}
}

// TestAFolderIsBrowsed: its pictures in order, round and round; a broken one is told
// and passed by.
func TestAFolderIsBrowsed(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a.png", "b/c.png", "d.png"} {
		photo(t, filepath.Join(dir, name), 64+32*i, 64, i)
	}
	a := start(t)
	a.Update(Input{Dropped: []string{dir}})
	for _, want := range []string{"a.png", "c.png", "d.png", "a.png"} {
		until(t, a, want, func() bool { return filepath.Base(a.studio.path) == want && !a.studio.busy() })
		a.Update(Input{Keys: []string{"PageDown"}})
	}
	if a.training.plan == nil || a.view != StudioView {
		t.Errorf("plan %v, view %d: want a plan in the studio", a.training.plan, a.view)
	}
}

func TestWeightsAreSwitchedByADrop(t *testing.T) {
	a := start(t, photo(t, filepath.Join(t.TempDir(), "a.png"), 64, 64, 0))
	settled(t, a)
	before := a.studio.composite
	other := "../../weights/testdata/f32.safetensors"
	a.Update(Input{Dropped: []string{other}})
	until(t, a, "the classifier", func() bool { return a.studio.weights != nil && !a.studio.weights.HasDecoder })
	if a.studio.composite != nil || !strings.Contains(a.status(), "no decoder") {
		t.Errorf("without a decoder the window shows a composite, and says %q", a.status())
	}
	a.Update(Input{Dropped: []string{small}})
	settled(t, a)
	if !bytes.Equal(before.Pix, a.studio.composite.Pix) {
		t.Error("the same weights give another picture")
	}
}

func TestSaveAndCopy(t *testing.T) {
	dir := t.TempDir()
	var copied []byte
	a := New(Options{Device: "cpu", Weights: small, Ratio: 0.5, Size: 64, Paths: []string{photo(t, filepath.Join(dir, "a.png"), 64, 64, 0)},
		Copy: func(b []byte) error { copied = b; return nil }})
	defer a.Close()
	a.Resize(1280, 860, 1)
	settled(t, a)
	save := func(in Input, want string) image.Image {
		t.Helper()
		a.note = ""
		a.Update(in)
		until(t, a, "saved", func() bool { return a.note != "" })
		if !strings.HasSuffix(a.note, want) {
			t.Fatalf("it says %q, want %q", a.note, want)
		}
		img, err := readPNG(filepath.Join(dir, want))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	save(Input{Ctrl: true, Keys: []string{"S"}}, "a-panel.png")
	save(Input{Ctrl: true, Keys: []string{"S"}}, "a-panel-2.png")
	if img := save(Input{Ctrl: true, Shift: true, Keys: []string{"S"}}, "a-filled.png"); !bytes.Equal(img.(*image.RGBA).Pix, a.studio.composite.Pix) {
		t.Error("the saved composite is another picture")
	}
	a.Update(Input{Ctrl: true, Keys: []string{"C"}})
	until(t, a, "copied", func() bool { return strings.HasPrefix(a.note, "Copied") })
	if _, err := png.Decode(bytes.NewReader(copied)); err != nil {
		t.Error(err)
	}
	a.o.Copy = func([]byte) error { return errors.New("no display") }
	a.Update(Input{Ctrl: true, Keys: []string{"C"}})
	until(t, a, "the failure", func() bool { return a.problem != nil && strings.Contains(a.problem.Text, "no display") })
}

// TestNoDeviceIsFatal: a front end closes its window and says so.
func TestNoDeviceIsFatal(t *testing.T) {
	a := New(Options{Device: "none", Weights: small})
	defer a.Close()
	a.Resize(1280, 860, 1)
	until(t, a, "the reason", func() bool { return a.Fatal() != nil })
}

// TestTheWindowNeverWaitsForTheEngine: with an engine that is stuck in its work,
// frames go on, strokes paint and views change; its answer arrives when it comes.
func TestTheWindowNeverWaitsForTheEngine(t *testing.T) {
	gate := make(chan struct{})
	busy := make(chan struct{}, 1)
	slow := func(dst, x, w []float32, rows, k, n int) {
		select {
		case busy <- struct{}{}:
		default:
		}
		<-gate
		for r := range rows {
			for c := range n {
				sum := float32(0)
				for i := range k {
					sum += x[r*k+i] * w[i*n+c]
				}
				dst[r*n+c] = sum
			}
		}
	}
	a := New(Options{Device: "cpu", Weights: small, Ratio: 0.5, Seed: 1, Size: 64, Session: session.Options{MatMul: slow},
		Paths: []string{photo(t, filepath.Join(t.TempDir(), "a.png"), 64, 64, 0)}})
	defer a.Close()
	a.Resize(1280, 860, 1)
	until(t, a, "the picture", func() bool { return a.studio.live() })
	<-busy
	a.Update(Input{Keys: []string{"C"}})
	x, y := at(a, 1, 1)
	a.Update(Input{X: x, Y: y})
	a.Update(Input{X: x, Y: y, Left: true})
	a.Update(Input{X: x, Y: y})
	if got := a.studio.mask.Bits(); got != "0001" || !a.studio.busy() || a.studio.result != nil {
		t.Fatalf("while the engine is stuck the mask is %s, busy %t", got, a.studio.busy())
	}
	a.Update(Input{Keys: []string{"Digit2"}})
	a.Update(Input{Keys: []string{"Digit3"}})
	a.Update(Input{Keys: []string{"Digit1"}})
	close(gate)
	until(t, a, "the answer", func() bool { return !a.studio.busy() && a.studio.result != nil && a.studio.result.Masked == 1 })
}

// TestAGoodFileBesideAMissingOne: the picture opens and the message stays.
func TestAGoodFileBesideAMissingOne(t *testing.T) {
	dir := t.TempDir()
	a := start(t, photo(t, filepath.Join(dir, "a.png"), 64, 64, 0), filepath.Join(dir, "nowhere.png"))
	settled(t, a)
	if a.problem == nil || !strings.Contains(a.problem.Text, "nowhere.png") {
		t.Errorf("problem %+v, want one about nowhere.png", a.problem)
	}
}
