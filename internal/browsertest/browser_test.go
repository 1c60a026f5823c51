package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait: a software GPU on a busy machine is slow.
const patience = 90 * time.Second

// missing skips the test, or fails it where a browser is required.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("UNMASK_REQUIRE_BROWSER") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// needs returns the paths of the browser and of the site.
func needs(t *testing.T) (chromium, site string) {
	t.Helper()
	chromium = os.Getenv("CHROMIUM")
	if chromium == "" {
		found, err := exec.LookPath("chromium")
		if err != nil {
			missing(t, "browsertest: no chromium on the PATH; set CHROMIUM to its path")
		}
		chromium = found
	}
	site = os.Getenv("UNMASK_SITE")
	if site == "" {
		site = filepath.Join("..", "..", "site")
	}
	if _, err := os.Stat(filepath.Join(site, "web", "app.wasm")); err != nil {
		missing(t, "browsertest: no built site: "+err.Error()+"; run make site")
	}
	return chromium, site
}

// tab is a page of the site in a browser.
type tab struct {
	t       *testing.T
	ctx     context.Context
	address string

	mu       sync.Mutex
	requests []string // addresses asked for
	console  []string // errors and exceptions
}

// early runs before the page's own scripts: it notes long tasks and refused
// loads, and keeps the Worker at hand.
const early = `
window.testLong = [];
new PerformanceObserver((list) => {
	for (const e of list.getEntries()) testLong.push(Math.round(e.duration));
}).observe({ type: "longtask", buffered: true });
window.testRefused = [];
document.addEventListener("securitypolicyviolation", (e) => testRefused.push(e.blockedURI));
const RealWorker = window.Worker;
window.Worker = function (url) { return window.testWorker = new RealWorker(url); };
`

// open opens the page with flags beside the usual ones; query follows the
// address.
func open(t *testing.T, query string, flags ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	chromium, site := needs(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.WindowSize(1200, 900),
	)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*patience)
	t.Cleanup(cancel)

	b := &tab{t: t, ctx: ctx, address: serve(t, site)}
	b.watch()
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: early}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(b.address + query))
	return b
}

// withWebGPU are the flags that give a headless browser a software WebGPU.
func withWebGPU() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("enable-unsafe-webgpu", true),
		chromedp.Flag("use-webgpu-adapter", "swiftshader"),
	}
}

// withoutWebGPU are the flags with which pages find no WebGPU adapter.
func withoutWebGPU() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.Flag("disable-gpu", true)}
}

// watch notes the tab's requests and what goes wrong on its console.
func (b *tab) watch() {
	b.t.Helper()
	if err := chromedp.Listen(b.ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.requests = append(b.requests, e.Request.URL)
		}
	}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" {
				b.mu.Lock()
				b.console = append(b.console, m.String())
				b.mu.Unlock()
			}
		}
	}()
}

// do runs actions or fails the test.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval evaluates an expression in the page; a promise is awaited.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression holds; what names it for the failure.
func (b *tab) wait(what, expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience)))
	if err != nil {
		b.t.Fatalf("waiting for %s: %v; status %q, alert %q, console %q", what, err, b.text("#status"), b.text("#alert"), b.errors())
	}
}

// text is the text of an element, or "" where there is none.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(eval[string](b, `(document.querySelector("`+selector+`") || {textContent: ""}).textContent`))
}

// pixels is a digest of what a canvas shows, with the number of colours.
func (b *tab) pixels(id string) (digest string, colours int) {
	b.t.Helper()
	type result struct {
		Digest  string `json:"digest"`
		Colours int    `json:"colours"`
	}
	r := eval[result](b, `(async () => {
		const canvas = document.getElementById("`+id+`");
		const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
		const hash = await crypto.subtle.digest("SHA-256", data);
		return {
			digest: Array.from(new Uint8Array(hash), (v) => v.toString(16)).join(" "),
			colours: new Set(new Uint32Array(data.buffer)).size,
		};
	})()`)
	return r.Digest, r.Colours
}

// errors are the errors and exceptions on the console so far.
func (b *tab) errors() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.console...)
}

// noErrors fails the test where the console holds errors.
func (b *tab) noErrors() {
	b.t.Helper()
	for _, e := range b.errors() {
		b.t.Errorf("console: %s", e)
	}
}
