package browsertest

import (
	"context"
	"fmt"
	"net/http/httptest"
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

// patience bounds every single wait: a software GPU compiles for seconds, and
// for a minute where other programs use the machine.
const patience = 4 * time.Minute

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

// tab is a page of the site in a browser of its own.
type tab struct {
	t       *testing.T
	ctx     context.Context
	server  *httptest.Server
	address string

	mu       sync.Mutex
	requests []string // addresses asked for
	console  []string // errors and exceptions
}

// early runs before the page's own scripts: it notes long tasks and refused
// loads, keeps the Worker at hand, and hashes what a canvas shows.
const early = `
window.testLong = [];
new PerformanceObserver((list) => {
	for (const e of list.getEntries()) testLong.push(Math.round(e.duration));
}).observe({ type: "longtask", buffered: true });
window.testRefused = [];
document.addEventListener("securitypolicyviolation", (e) => testRefused.push(e.blockedURI));
const RealWorker = window.Worker;
window.Worker = function (url) { return window.testWorker = new RealWorker(url); };
window.testPixels = (id) => {
	const canvas = document.getElementById(id);
	const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
	return new Uint32Array(data.buffer);
};
window.testSum = (id) => testPixels(id).reduce((hash, v) => Math.imul(hash ^ v, 16777619), 7);
window.testText = (selector) => (document.querySelector(selector) || { textContent: "" }).textContent.trim();
`

// setup is how a tab begins.
type setup struct {
	path   string // of the page, relative to the site
	webgpu bool   // with a software adapter, or with none at all
	wrap   wrapper
}

// open starts a browser and opens a page.
func open(t *testing.T, s setup) *tab {
	t.Helper()
	chromium, site := needs(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.WindowSize(1200, 900),
	)
	if s.webgpu {
		options = append(options, chromedp.Flag("enable-unsafe-webgpu", true), chromedp.Flag("use-webgpu-adapter", "swiftshader"))
	} else {
		options = append(options, chromedp.Flag("disable-gpu", true))
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*patience)
	t.Cleanup(cancel)

	b := &tab{t: t, ctx: ctx, server: serve(t, site, s.wrap)}
	b.address = b.server.URL + folder
	b.watch()
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: early}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(b.address + s.path))
	return b
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

// at hands the tab to a subtest and returns the way back.
func (b *tab) at(t *testing.T) func() {
	outer := b.t
	b.t = t
	return func() { b.t = outer }
}

// do runs actions or fails the test.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// click clicks on the element of a selector.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
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
	b.waitFor(patience, what, expression)
}

func (b *tab) waitFor(most time.Duration, what, expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("Boolean("+expression+")",
		chromedp.WithPollingTimeout(most), chromedp.WithPollingInterval(100*time.Millisecond)))
	if err != nil {
		b.t.Fatalf("waiting for %s: %v; status %q, alert %q, console %q", what, err, b.text("#status"), b.text("#alert"), b.errors())
	}
}

// text is the text of an element, or "" where there is none.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(eval[string](b, fmt.Sprintf("testText(%q)", selector)))
}

// sum is a hash of what a canvas shows.
func (b *tab) sum(id string) int {
	b.t.Helper()
	return eval[int](b, fmt.Sprintf("testSum(%q)", id))
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
