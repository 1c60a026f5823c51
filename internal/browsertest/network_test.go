package browsertest

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// halting sends the first half bytes and the rest once goOn is closed.
type halting struct {
	http.ResponseWriter
	half, sent int
	goOn       <-chan struct{}
}

func (h *halting) Write(b []byte) (int, error) {
	if h.sent <= h.half && h.sent+len(b) > h.half {
		if f, ok := h.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		<-h.goOn
	}
	n, err := h.ResponseWriter.Write(b)
	h.sent += n
	return n, err
}

func TestProgressInMB(t *testing.T) {
	goOn := make(chan struct{})
	release := sync.OnceFunc(func() { close(goOn) })
	b := open(t, setup{wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".safetensors") {
				w = &halting{ResponseWriter: w, half: 4_000_000, goOn: goOn}
			}
			next.ServeHTTP(w, r)
		})
	}})
	t.Cleanup(release) // or the server would wait for its answer in vain
	b.wait("half of the weights", `/^Loading the network: \d+\.\d of \d+\.\d MB$/.test(testText("#status")) &&
		document.querySelector("progress") !== null`)
	value, most := eval[float64](b, `document.querySelector("progress").value`), eval[float64](b, `document.querySelector("progress").max`)
	if size := float64(len(shipped(t))) / 1e6; most < size-0.01 || most > size+0.01 || value <= 0 || value > 4.1 {
		t.Errorf("the bar is at %g of %g MB, want at most 4 of %g", value, most, size)
	}
	release()
	b.firstResult()
	if eval[bool](b, `document.querySelector("progress") !== null`) {
		t.Error("the bar is still there")
	}
	b.noErrors()
}

func TestMissingFilesOfTheSite(t *testing.T) {
	for _, c := range []struct {
		missing string
		want    []string // in the alert
	}{
		{"web/weights/atto.safetensors", []string{"Those weights cannot be used", "atto.safetensors could not be loaded: the server answered 404.",
			"Check the connection", "Start the engine again"}},
		{"web/engine.wasm", []string{"The engine has stopped", "engine.wasm: the server answered 404.", "load the page again", "Start the engine again"}},
		{"web/engine-worker.js", []string{"The engine has stopped", "script could not be loaded", "load the page again"}},
		{"web/samples/landscape.jpg", []string{"landscape.jpg could not be loaded: the server answered 404."}},
	} {
		t.Run(c.missing, func(t *testing.T) {
			b := open(t, setup{wrap: without(c.missing)})
			b.wait("the alert", `document.querySelector("#alert") !== null`)
			text := b.text("#alert")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("the alert is %q, want %q in it", text, want)
				}
			}
			if eval[bool](b, `document.querySelector(".pulse.on") !== null`) && strings.HasPrefix(c.missing, "web/engine") {
				t.Error("the page still looks busy")
			}
		})
	}
}

// The page works offline once the service worker has everything; the server is
// gone, not merely slow.
func TestOffline(t *testing.T) {
	b := open(t, setup{})
	b.firstResult()
	eval[bool](b, `(navigator.serviceWorker.ready.then(() => { window.testCached = true; }), true)`)
	b.wait("the offline cache", "window.testCached")
	b.server.CloseClientConnections()
	b.server.Close()
	b.do(chromedp.Reload())
	b.firstResult()
	if !eval[bool](b, "navigator.serviceWorker.controller !== null") {
		t.Error("the page came from elsewhere than the offline cache")
	}
}
