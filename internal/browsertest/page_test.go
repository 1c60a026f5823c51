package browsertest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const hasResult = `(document.querySelector("#psnr") || {textContent: ""}).textContent.endsWith("dB")`

// firstResult waits for the picture that comes by itself and reports what it
// took.
func (b *tab) firstResult() {
	b.t.Helper()
	b.wait("the first reconstruction", hasResult)
	ms := eval[float64](b, "performance.now()")
	for _, id := range []string{"original", "masked", "reconstruction", "composite"} {
		if _, colours := b.pixels(id); colours < 50 {
			b.t.Errorf("canvas %s shows %d colours, want a picture", id, colours)
		}
	}
	b.t.Logf("first reconstruction after %.0f ms; forward to picture %s on %s; tasks over 50 ms so far: %v ms",
		ms, b.text("#ms"), b.text("#device"), eval[[]int](b, "testLong"))
}

// changed waits until the composite differs from an earlier one.
func (b *tab) changed(what, before string) string {
	b.t.Helper()
	after := before
	b.wait(what, hasResult)
	for range 600 {
		if after, _ = b.pixels("composite"); after != before {
			return after
		}
		b.do(chromedp.Sleep(patience / 600))
	}
	b.t.Fatalf("%s: the composite stays the same; status %q, alert %q", what, b.text("#status"), b.text("#alert"))
	return ""
}

// point is the middle of a patch of the original, in pixels of the window.
func (b *tab) point(row, col int) (x, y float64) {
	b.t.Helper()
	p := eval[[]float64](b, fmt.Sprintf(`(() => {
		const canvas = document.getElementById("patches");
		const box = canvas.getBoundingClientRect(), side = 96;
		return [box.left + box.width * (%d + 0.5) * side / canvas.width,
			box.top + box.height * (%d + 0.5) * side / canvas.height];
	})()`, col, row))
	return p[0], p[1]
}

// hidden is the number of hidden patches that the page tells.
func (b *tab) hidden() int {
	b.t.Helper()
	var n, all int
	text := b.text("#coverage")
	if _, err := fmt.Sscanf(text, "%d of %d", &n, &all); err != nil {
		b.t.Fatalf("coverage is %q: %v", text, err)
	}
	return n
}

func TestPageWithWebGPU(t *testing.T) {
	b := open(t, "", withWebGPU()...)
	b.firstResult()
	t.Run("mouse", b.paintsByMouse)
	t.Run("keyboard", b.paintsByKeyboard)
	t.Run("controls", b.changesTheMask)
	t.Run("no picture", b.refusesText)
	t.Run("engine fails", b.startsAgain)
	t.Run("own origin", b.staysAtHome)
	b.noErrors()
	t.Logf("tasks over 50 ms: %v ms", eval[[]int](b, "testLong"))
}

// at hands the tab to a subtest and returns the way back.
func (b *tab) at(t *testing.T) func() {
	outer := b.t
	b.t = t
	return func() { b.t = outer }
}

func (b *tab) paintsByMouse(t *testing.T) {
	defer b.at(t)()
	before, _ := b.pixels("composite")
	n := b.hidden()
	b.do(chromedp.Click(chromedp.CSS(`label:has(#brush-hide)`)))
	b.do(chromedp.Click(chromedp.CSS(`#clear`)))
	b.wait("nothing hidden", `document.querySelector("#coverage").textContent.startsWith("0 of")`)
	if n == 0 {
		t.Fatal("nothing was hidden to begin with")
	}
	// A stroke from one patch to the third in its row hides all three.
	x0, y := b.point(1, 1)
	x1, _ := b.point(1, 3)
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x0, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x1, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x1, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	b.wait("three hidden patches", `document.querySelector("#coverage").textContent.startsWith("3 of")`)
	b.changed("painting by mouse", before)
}

func (b *tab) paintsByKeyboard(t *testing.T) {
	defer b.at(t)()
	before, _ := b.pixels("composite")
	n := b.hidden()
	b.do(chromedp.Focus(chromedp.CSS("#patches")))
	b.do(
		chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp),
		chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(" "),
	)
	b.wait("one more hidden patch", fmt.Sprintf(`document.querySelector("#coverage").textContent.startsWith("%d of")`, n+1))
	b.changed("painting by keyboard", before)
	if said := eval[string](b, `document.querySelector(".panels .visually-hidden").textContent`); said != "Row 1, column 2: hidden" {
		t.Errorf("a screen reader hears %q, want %q", said, "Row 1, column 2: hidden")
	}
}

func (b *tab) changesTheMask(t *testing.T) {
	defer b.at(t)()
	before, _ := b.pixels("composite")
	all := eval[int](b, `parseInt(document.querySelector("#coverage").textContent.split(" of ")[1])`)
	n := b.hidden()
	b.do(chromedp.Click(chromedp.CSS("#invert")))
	b.wait("the inverse", fmt.Sprintf(`document.querySelector("#coverage").textContent.startsWith("%d of")`, all-n))
	before = b.changed("inverting", before)
	b.do(chromedp.Click(chromedp.CSS("#checkerboard")))
	b.wait("a checkerboard", fmt.Sprintf(`document.querySelector("#coverage").textContent.startsWith("%d of")`, all/2))
	before = b.changed("a checkerboard", before)
	seed := eval[string](b, `document.querySelector("#seed").value`)
	b.do(chromedp.Click(chromedp.CSS("#another")))
	b.changed("another mask", before)
	if again := eval[string](b, `document.querySelector("#seed").value`); again == seed {
		t.Errorf("another mask has the same seed %s", seed)
	}
}

func (b *tab) refusesText(t *testing.T) {
	defer b.at(t)()
	file := filepath.Join(t.TempDir(), "notes.jpg")
	if err := os.WriteFile(file, []byte("Not a picture at all."), 0o644); err != nil {
		t.Fatal(err)
	}
	before, _ := b.pixels("original")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	b.wait("the alert", `document.querySelector("#alert") !== null`)
	if text := b.text("#alert"); !strings.Contains(text, "notes.jpg") {
		t.Errorf("the alert %q does not name the file", text)
	}
	if remedy := b.text("#alert .remedy"); remedy == "" {
		t.Error("the alert offers no remedy")
	}
	if after, _ := b.pixels("original"); after != before {
		t.Error("the picture shown has changed")
	}
	b.do(chromedp.Click(chromedp.CSS("#dismiss")))
	b.wait("the alert to go", `document.querySelector("#alert") === null`)
}

// psnr is what the page tells, in dB to one decimal.
func (b *tab) psnr() float64 {
	b.t.Helper()
	b.wait("an idle engine", hasResult+` && document.querySelector(".pulse.on") === null`)
	var v float64
	if _, err := fmt.Sscanf(b.text("#psnr"), "%f dB", &v); err != nil {
		b.t.Fatalf("PSNR is %q: %v", b.text("#psnr"), err)
	}
	return v
}

// startsAgain makes the page believe that its engine has failed.
func (b *tab) startsAgain(t *testing.T) {
	defer b.at(t)()
	// A pattern of one press, and an answer that no earlier request can give.
	before, _ := b.pixels("composite")
	b.do(chromedp.Click(chromedp.CSS("#lattice")))
	b.changed("a lattice", before)
	psnr, mask := b.psnr(), b.text("#coverage")
	eval[bool](b, `(() => {
		const error = { text: "The GPU was lost.", remedy: "Start the engine again.", code: "device" };
		testWorker.onmessage({ data: { json: JSON.stringify({ id: 0, kind: "error", error }), blobs: [] } });
		return true;
	})()`)
	b.wait("the alert", `document.querySelector("#restart") !== null`)
	b.do(chromedp.Click(chromedp.CSS("#restart")))
	b.wait("the new engine", `document.querySelector("#alert") === null &&
		document.querySelector("#device").className.includes("ready") && `+hasResult+`&&
		document.querySelector("#status").textContent.startsWith("Ready")`)
	// The new engine may choose other kernels, which round differently.
	if again := b.psnr(); math.Abs(again-psnr) > 0.11 {
		t.Errorf("the same picture and mask give %g dB after a restart, %g dB before", again, psnr)
	}
	if got := b.text("#coverage"); got != mask {
		t.Errorf("after the restart %q, before %q", got, mask)
	}
}

func (b *tab) staysAtHome(t *testing.T) {
	defer b.at(t)()
	b.mu.Lock()
	requests := slices.Clone(b.requests)
	b.mu.Unlock()
	requests = append(requests, eval[[]string](b, `performance.getEntriesByType("resource").map((e) => e.name)`)...)
	if len(requests) == 0 {
		t.Fatal("no request was noted")
	}
	for _, r := range requests {
		if !strings.HasPrefix(r, b.address) && !strings.HasPrefix(r, "data:") && !strings.HasPrefix(r, "blob:") {
			t.Errorf("a request left the site's folder: %s", r)
		}
	}
	if refused := eval[[]string](b, "testRefused"); len(refused) > 0 {
		t.Errorf("the content policy refused %q", refused)
	}
}

func TestPageWithoutWebGPU(t *testing.T) {
	b := open(t, "", withoutWebGPU()...)
	if eval[bool](b, `(async () => "gpu" in navigator && await navigator.gpu.requestAdapter() !== null)()`) {
		t.Fatal("this browser offers a WebGPU adapter in spite of the flags")
	}
	b.firstResult()
	if note := b.text("#cpu-note"); !strings.Contains(note, "the CPU computes, slower") {
		t.Errorf("the note is %q", note)
	}
	b.noErrors()
}
