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
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./scripts/screenshots [-site DIR] OUT")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := take(*dir, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func take(dir, out string) error {
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
		png, err := s.take(chromium, server.URL)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if png, err = smallpng.Shrink(png, maxBytes); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(out, s.name+".png"), png, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ready holds once the page shows a reconstruction and computes nothing.
const ready = `(document.querySelector("#psnr") || {textContent: ""}).textContent.endsWith("dB") &&
	document.querySelector(".pulse.on") === null`

// take returns the picture as PNG. Each has a browser of its own, so that none
// shows what an earlier one did.
func (s shot) take(chromium, address string) ([]byte, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("enable-unsafe-webgpu", true),
		chromedp.Flag("use-webgpu-adapter", "swiftshader"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("hide-scrollbars", true),
	)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()

	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
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
