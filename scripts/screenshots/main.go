// Command screenshots takes the pictures of the page that the documents show: it
// serves the site that `make site` wrote, opens it in a headless Chromium on a
// software GPU and waits for the first reconstruction.
//
//	go run ./scripts/screenshots [-site DIR] OUT
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"unmask/internal/site"
	"unmask/internal/smallpng"
)

// patience bounds the wait for one picture: a software GPU is slow.
const patience = 2 * time.Minute

// maxBytes keeps a clone of the repository small.
const maxBytes = 300_000

// shot is one picture: a window of the page, in CSS pixels, and what is done in
// it before.
type shot struct {
	name          string // of the file, without .png
	width, height int64
	dark, touch   bool
	click         []string // selectors, in order
}

// twice gives the mask at the start again, without the time that the first run
// takes to compile the kernels.
var twice = []string{"#invert", "#invert"}

var shots = []shot{
	{name: "page", width: 1280, height: 860, click: twice},
	{name: "page-dark", width: 1280, height: 860, dark: true, click: twice},
	{name: "page-phone", width: 390, height: 844, touch: true, click: []string{"#checkerboard"}},
}

func main() {
	dir := flag.String("site", "site", "folder that make site wrote")
	only := flag.String("only", "", "the one picture or view to take")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./scripts/screenshots [-site DIR] OUT")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := take(*dir, flag.Arg(0), *only); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func take(dir, out, only string) error {
	if _, err := os.Stat(filepath.Join(dir, "web", "app.wasm")); err != nil {
		return fmt.Errorf("no built site in %s: run make site (%w)", dir, err)
	}
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		var err error
		if chromium, err = exec.LookPath("chromium"); err != nil {
			return fmt.Errorf("no chromium on the PATH: set CHROMIUM to its path (%w)", err)
		}
	}
	server := httptest.NewServer(site.Handler(dir))
	defer server.Close()
	for _, s := range shots {
		if only != "" && only != s.name {
			continue
		}
		png, err := s.take(chromium, server.URL)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := write(out, s.name, png); err != nil {
			return err
		}
	}
	for _, v := range views {
		if only != "" && only != v.name {
			continue
		}
		if err := v.take(chromium, server.URL, out); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	return nil
}

// documented are the pictures that the documents show; the others are there to be
// looked at.
var documented = []string{"page", "page-dark", "page-phone", "classify-1400", "classify-1400-dark", "inside-900", "inside-900-dark"}

// others is where the pictures go that no document shows.
const others = "bin/screenshots"

// write writes a picture; one for the documents with fewer colours where it would be
// large.
func write(out, name string, png []byte) error {
	if !slices.Contains(documented, name) {
		if err := os.MkdirAll(others, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(others, name+".png"), png, 0o644)
	}
	png, err := smallpng.Shrink(png, maxBytes)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(out, name+".png"), png, 0o644)
}

// ready holds once the page shows a reconstruction and computes nothing.
const ready = `(document.querySelector("#psnr") || {textContent: ""}).textContent.endsWith("dB") &&
	document.querySelector(".pulse.on") === null`

// take returns the picture as PNG. Each has a browser of its own, so that none
// shows what an earlier one did.
func (s shot) take(chromium, address string) ([]byte, error) {
	ctx, cancel := browse(chromium, patience)
	defer cancel()
	if err := theme(ctx, s.dark); err != nil {
		return nil, err
	}
	var viewport []chromedp.EmulateViewportOption
	if s.touch {
		viewport = append(viewport, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	wait := func() error {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](ready, chromedp.WithPollingTimeout(patience)))
		return err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height, viewport...), chromedp.Navigate(address)); err != nil {
		return nil, err
	}
	if err := wait(); err != nil {
		return nil, fmt.Errorf("waiting for a reconstruction: %w", err)
	}
	for _, selector := range s.click {
		// Not Click, which scrolls the window to what it clicks.
		click := fmt.Sprintf("document.querySelector(%q).click()", selector)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](click)); err != nil {
			return nil, fmt.Errorf("%s: %w", selector, err)
		}
		// Time for the page to notice; then it is busy until the answer is there.
		if err := chromedp.Do(ctx, chromedp.Sleep(time.Second)); err != nil {
			return nil, err
		}
		if err := wait(); err != nil {
			return nil, fmt.Errorf("after %s: %w", selector, err)
		}
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// browse starts a browser.
func browse(chromium string, most time.Duration) (context.Context, context.CancelFunc) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("enable-unsafe-webgpu", true),
		chromedp.Flag("use-webgpu-adapter", "swiftshader"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("hide-scrollbars", true),
	)
	ctx, end := context.WithTimeout(context.Background(), most)
	ctx, endBrowser := chromedp.NewExecAllocator(ctx, options...)
	ctx, endTab := chromedp.NewContext(ctx)
	return ctx, func() {
		endTab()
		endBrowser()
		end()
	}
}

// theme chooses the light or the dark colours, without motion.
func theme(ctx context.Context, dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	return err
}
