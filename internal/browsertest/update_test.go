package browsertest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// nextVersion is what a server calls its page once it has a newer one.
const nextVersion = "a-newer-version"

// renewed serves the page under nextVersion once newer is set.
func renewed(version string, newer *atomic.Bool) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !newer.Load() || r.URL.Path != folder+"app.js" && r.URL.Path != folder+"app-worker.js" {
				next.ServeHTTP(w, r)
				return
			}
			r.Header.Del("Accept-Encoding") // for text to replace in
			r.Header.Del("If-None-Match")
			r.Header.Del("If-Modified-Since")
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte(version), []byte(nextVersion)))
		})
	}
}

// version is that of the page in the tab.
const version = "goappEnv.GOAPP_VERSION"

// countSteps counts the steps of a training that the Worker tells of.
const countSteps = `window.testSteps = 0; testWorker.addEventListener("message", ({ data }) => {
	if (JSON.parse(data.json).kind === "train") testSteps++;
})`

// TestTrainingGoesOn: a training is not held up by a tab that nobody sees, and it
// loses nothing to a newer version of the page.
func TestTrainingGoesOn(t *testing.T) {
	var newer atomic.Bool
	first := builtVersion(t)
	files := folders(t, 9)
	b := open(t, setup{path: "#pretrain", webgpu: true, wrap: renewed(first, &newer)})
	// Only a page that came from the offline cache is told of a newer one.
	eval[bool](b, "navigator.serviceWorker.ready.then(() => true)")
	b.do(chromedp.Reload())
	b.firstResult() // of a second visit
	b.wait("the default project", `testText("#pretrain-project option:checked") === "My pictures"`)
	b.upload("#photos-files", slices.Concat(files["along"], files["across"])...)
	b.wait("the photos", `document.querySelectorAll(".thumbs img").length === 18`)
	for key, value := range map[string]string{"size": "64", "epochs": "400", "batch": "4", "val": "0.2"} {
		b.set("#pretrain-"+key, value)
	}
	b.wait("the cost", `/\d+ steps, 4 pictures each at 64 px/.test(testText("#pretrain-cost"))`)
	b.wait("the first reconstruction", idle)
	eval[any](b, countSteps)
	b.press("#pretrain-train")
	b.wait("some steps", "testSteps >= 4")

	t.Run("hidden", func(t *testing.T) { defer b.at(t)(); b.trainsHidden() })
	t.Run("update", func(t *testing.T) {
		defer b.at(t)()
		newer.Store(true)
		eval[bool](b, "navigator.serviceWorker.ready.then((r) => r.update()).then(() => true)")
		b.wait("the newer version", `document.querySelector("#load-update") !== null`)
		before := eval[int](b, "testSteps")
		b.wait("steps after it was told of", fmt.Sprintf("testSteps > %d", before))
		b.press("#load-update")
		b.leaves(fmt.Sprintf("%s === %q", version, nextVersion))
		b.wait("the run", `testText("#pretrain-status").startsWith("Paused after step")`)
		var step, total int
		if _, err := fmt.Sscanf(b.text("#pretrain-status"), "Paused after step %d of %d", &step, &total); err != nil || step < before {
			t.Errorf("the page says %q after at least %d steps (%v)", b.text("#pretrain-status"), before, err)
		}
		eval[any](b, countSteps)
		b.press("#pretrain-resume")
		b.wait("more steps", "testSteps >= 2")
		b.press("#pretrain-pause")
		b.wait("the pause", `testText("#pretrain-status").startsWith("Paused after step")`)
		var later int
		if _, err := fmt.Sscanf(b.text("#pretrain-status"), "Paused after step %d of", &later); err != nil || later < step+2 {
			t.Errorf("the page says %q, and before %d (%v)", b.text("#pretrain-status"), step, err)
		}
	})
	b.noAlert()
	b.noErrors()
}

// builtVersion is the version of the built site.
func builtVersion(t *testing.T) string {
	t.Helper()
	_, site := needs(t)
	script, err := os.ReadFile(filepath.Join(site, "app.js"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`"GOAPP_VERSION":"(\w+)"`).FindSubmatch(script)
	if m == nil {
		t.Fatal("app.js tells no version")
	}
	return string(m[1])
}

// leaves waits until an expression holds in a page that replaces the present one.
func (b *tab) leaves(expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		// It fails while one page goes and before the other's scripts have run.
		v, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && v {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s is %v (%v)", expression, v, err)
		}
	}
}

// trainsHidden hides the tab for a while.
func (b *tab) trainsHidden() {
	b.t.Helper()
	window, err := chromedp.Call(b.ctx, browser.GetWindowForTarget, browser.GetWindowForTargetParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	become := func(state browser.WindowState) {
		b.t.Helper()
		if _, err := chromedp.Call(b.ctx, browser.SetWindowBounds, browser.SetWindowBoundsParams{
			WindowID: window.WindowID, Bounds: &browser.Bounds{WindowState: state},
		}); err != nil {
			b.t.Fatal(err)
		}
	}
	become(browser.WindowStateMinimized)
	defer become(browser.WindowStateNormal)
	hidden := func() bool { return eval[string](b, "document.visibilityState") == "hidden" }
	for end := time.Now().Add(patience); !hidden(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatal("the tab is still seen")
		}
	}
	before := eval[int](b, "testSteps")
	for end := time.Now().Add(patience); eval[int](b, "testSteps") < before+4; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("%d steps before the tab was hidden, and no 4 more", before)
		}
	}
	if !hidden() {
		b.t.Error("the tab was seen meanwhile")
	}
}
