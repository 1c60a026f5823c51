// Command windowshots takes the pictures of the desktop window that the documents
// show. It starts the window in Xvfb, on a software GPU, and works it by keys and
// mouse.
//
//	go run ./scripts/windowshots OUT [NAME...]
//
// It expects bin/unmask-native and bin/unmask, and the repository's root as folder.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"unmask/internal/smallpng"
	"unmask/internal/xvfb"
)

// maxBytes keeps a clone of the repository small.
const maxBytes = 300_000

// shot is one picture of the window.
type shot struct {
	name  string
	w, h  int // pixels
	dpi   int // 96: one pixel a unit
	args  []string
	keys  []xproto.Keysym // pressed once the window has come to rest
	mouse image.Point     // where it then lies; zero: outside
	look  bool            // taken only by its name: to look at, not for a document
}

const fur, lake = "static/samples/fur.jpg", "static/samples/landscape.jpg"

var shots = []shot{
	{name: "native-studio", args: []string{"--seed", "7", lake}},
	{name: "native-studio-dark", args: []string{"--theme", "dark", "--seed", "7", lake}},
	{name: "native-slider", args: []string{"--seed", "3", "static/samples/flowers.jpg"}, keys: []xproto.Keysym{'v'}},
	{name: "native-features", args: []string{"--theme", "dark", "--ratio", "0", fur}, keys: []xproto.Keysym{'2', xvfb.Down, xvfb.Down, xvfb.Down, xvfb.Down}, mouse: image.Pt(300, 300)},
	{name: "native-training", args: []string{run}},
	{name: "native-dense", w: 2560, h: 1720, dpi: 192, look: true, args: []string{"--theme", "dark", "--seed", "5", fur}},
	{name: "native-small", w: 900, h: 720, dpi: 96, look: true, args: []string{"--width", "900", "--height", "720", fur}},
	{name: "native-plan", look: true, args: []string{"static/samples"}, keys: []xproto.Keysym{'3'}},
	{name: "native-problem", look: true, args: []string{"--theme", "dark", lake, "README.md", "nowhere.jpg"}},
	{name: "native-help", args: []string{fur}, keys: []xproto.Keysym{xvfb.F1}},
}

// run is a folder that is made for the picture of a training.
const run = "RUN"

func main() {
	xgb.Logger.SetOutput(io.Discard)
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./scripts/windowshots OUT [NAME...]")
		os.Exit(2)
	}
	if err := all(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "windowshots:", err)
		os.Exit(1)
	}
}

func all(out string, names []string) error {
	temporary, err := os.MkdirTemp("", "windowshots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for _, s := range shots {
		if named := slices.Contains(names, s.name); !named && (s.look || len(names) > 0) {
			continue
		}
		if err := s.save(out, temporary); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// train makes a small run.
func train(folder string) (string, error) {
	dir := filepath.Join(folder, "samples-run")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	cmd := exec.Command("bin/unmask", "pretrain", "static/samples", "--out", dir,
		"--size", "96", "--batch", "4", "--epochs", "160", "--every", "8", "--val", "0.34")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return dir, nil
}

func (s shot) save(out, temporary string) error {
	if i := slices.Index(s.args, run); i >= 0 {
		dir, err := train(temporary)
		if err != nil {
			return err
		}
		s.args = slices.Clone(s.args)
		s.args[i] = dir
	}
	img, err := s.take()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return err
	}
	most := maxBytes
	if s.look {
		most = b.Len()
	}
	small, err := smallpng.Shrink(b.Bytes(), most)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, s.name+".png"), small, 0o644)
}

func (s shot) take() (*image.RGBA, error) {
	if s.w == 0 {
		s.w, s.h, s.dpi = 1280, 860, 96
	}
	d, err := xvfb.Start(s.w, s.h, s.dpi)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	cmd := exec.Command("bin/unmask-native", append([]string{"--theme", "light"}, s.args...)...)
	cmd.Env, cmd.Stderr = d.Environ(), os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	_, err = d.Window("Unmask", 30*time.Second)
	if err != nil {
		return nil, err
	}
	if _, err := rest(d); err != nil {
		return nil, err
	}
	for i, k := range s.keys {
		d.Key(k)
		if i == 0 && len(s.keys) > 1 {
			if _, err := rest(d); err != nil { // what follows needs an answer of the engine
				return nil, err
			}
		}
	}
	mouse := s.mouse
	if mouse == (image.Point{}) {
		mouse = image.Pt(s.w-1, s.h-1)
	}
	d.Move(mouse.X, mouse.Y)
	return rest(d)
}

// rest waits until the window has not changed for a while.
func rest(d *xvfb.Display) (*image.RGBA, error) {
	const quiet, patience = 4 * time.Second, 2 * time.Minute
	last, since := []byte(nil), time.Now()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		img, err := d.Screenshot()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(img.Pix, last) {
			last, since = img.Pix, time.Now()
		} else if time.Since(since) > quiet {
			return img, nil
		}
	}
	return nil, fmt.Errorf("the window has not come to rest within %v", patience)
}
