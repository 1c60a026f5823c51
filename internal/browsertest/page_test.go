package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// idle holds when the page shows a reconstruction and waits for nothing.
const idle = `testText("#psnr").endsWith("dB") && document.querySelector(".pulse.on") === null`

func TestPageWithWebGPU(t *testing.T) {
	b := open(t, setup{webgpu: true})
	b.firstResult()
	if device := b.text("#device"); !strings.Contains(strings.ToLower(device), "swiftshader") {
		t.Errorf("the device is %q, want the name of the adapter", device)
	}
	for _, s := range []struct {
		name string
		test func(*testing.T)
	}{
		{"long tasks", b.staysFree},
		{"smooth", b.paintsSmoothly},
		{"mouse", b.paintsByMouse},
		{"touch", b.paintsByTouch},
		{"keyboard", b.paintsByKeyboard},
		{"masks", b.changesTheMask},
		{"undo", b.undoes},
		{"compare", b.compares},
		{"error map", b.mapsErrors},
		{"sweep", b.sweeps},
		{"many masks", b.averages},
		{"link", b.links},
		{"sample", b.takesASample},
		{"camera", b.photographs},
		{"dropped picture", b.takesADroppedPicture},
		{"pasted picture", b.takesAPastedPicture},
		{"no picture", b.refusesText},
		{"dropped weights", b.takesDroppedWeights},
		{"broken weights", b.refusesBrokenWeights},
		{"download", b.saves},
		{"narrow", b.fitsNarrowScreens},
		{"engine fails", b.startsAgain},
		{"own origin", b.staysAtHome},
	} {
		t.Run(s.name, func(t *testing.T) {
			defer b.at(t)()
			s.test(t)
		})
	}
	b.noErrors()
}

func TestPageWithoutWebGPU(t *testing.T) {
	b := open(t, setup{})
	if eval[bool](b, `(async () => "gpu" in navigator && await navigator.gpu.requestAdapter() !== null)()`) {
		t.Fatal("this browser offers a WebGPU adapter in spite of the flags")
	}
	b.firstResult()
	if note := b.text("#cpu-note"); !strings.Contains(note, "the CPU computes: slower") || !strings.Contains(note, "no WebGPU") {
		t.Errorf("the note is %q", note)
	}
	if device := b.text("#device"); device != "CPU" {
		t.Errorf("the device is %q, want CPU", device)
	}
	b.paintsByMouse(t)
	b.staysFree(t)
	b.noErrors()
}

func TestDeviceOfTheAddress(t *testing.T) {
	b := open(t, setup{path: "?device=cpu", webgpu: true})
	b.firstResult()
	if note := b.text("#cpu-note"); !strings.Contains(note, "as the address of the page asks") {
		t.Errorf("the note is %q", note)
	}
}

// firstResult waits for the picture that comes by itself and reports what it
// took.
func (b *tab) firstResult() {
	b.t.Helper()
	b.wait("the first reconstruction", idle)
	ms := eval[float64](b, "performance.now()")
	for _, id := range []string{"original", "masked", "reconstruction", "composite"} {
		if colours := eval[int](b, fmt.Sprintf("new Set(testPixels(%q)).size", id)); colours < 50 {
			b.t.Errorf("canvas %s shows %d colours, want a picture", id, colours)
		}
	}
	b.t.Logf("%s: first reconstruction %.1f s after navigation; mask to picture %s", b.text("#device"), ms/1000, b.text("#ms"))
}

// changed waits until the composite differs from an earlier one and nothing is
// on its way any more.
func (b *tab) changed(what string, before int) int {
	b.t.Helper()
	b.wait(what, fmt.Sprintf(`testSum("composite") !== %d && %s`, before, idle))
	return b.sum("composite")
}

// staysFree reports the main thread's long tasks while the engine computes.
// What is waited for is cheap, so that the tasks are the page's own.
func (b *tab) staysFree(t *testing.T) {
	start := eval[[]int](b, "testLong")
	eval[bool](b, "(testLong.length = 0) === 0")
	for range 3 {
		before := eval[string](b, `document.querySelector("#seed").value`)
		b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#another").click()`))
		b.wait("another mask", fmt.Sprintf(`document.querySelector("#seed").value !== %q && %s`, before, idle))
	}
	t.Logf("tasks of the main thread over 50 ms: at the start %v ms, during three reconstructions %v ms", start, eval[[]int](b, "testLong"))
}

// paintsSmoothly tells how many frames a second the page draws while people paint and
// the engine reconstructs what they hide.
func (b *tab) paintsSmoothly(t *testing.T) {
	b.click(`label:has(#brush-flip)`)
	before := b.sum("composite")
	x, y := b.point(3, 4)
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	rate := eval[float64](b, `(async () => {
		testLong.length = 0;
		const canvas = document.getElementById("patches"), box = canvas.getBoundingClientRect();
		const start = performance.now();
		let frames = 0, now = start;
		while ((now = await new Promise(requestAnimationFrame)) < start + 4000) {
			// A curve that leaves the picture's edge alone: a stroke hides all that it meets.
			const t = (now - start) / 1000;
			canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerId: 1, buttons: 1,
				clientX: box.left + box.width * (0.5 + 0.3 * Math.sin(7 * t)), clientY: box.top + box.height * (0.5 + 0.3 * Math.cos(5 * t)) }));
			frames++;
		}
		return frames / (now - start) * 1000;
	})()`)
	long := eval[[]int](b, "testLong")
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	b.wait("the last reconstruction", idle)
	b.changed("painting", before)
	t.Logf("painting: %.1f frames/s, tasks of the main thread over 50 ms: %v ms", rate, long)
}

// fitsNarrowScreens looks for what is wider than a small phone, and than a
// window between.
func (b *tab) fitsNarrowScreens(t *testing.T) {
	for _, width := range []int64{360, 768, 1440} {
		b.do(chromedp.EmulateViewport(width, 800))
		b.wait("the new width", fmt.Sprintf("innerWidth === %d", width))
		if got := eval[int64](b, "document.documentElement.scrollWidth"); got > width {
			t.Errorf("at %d pixels the page is %d wide", width, got)
		}
		cut := eval[[]string](b, `[...document.querySelectorAll("button, .button, h2, dt, dd, figcaption, #status")]
			.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map((e) => e.id || e.textContent)`)
		if len(cut) > 0 {
			t.Errorf("at %d pixels text overflows: %q", width, cut)
		}
	}
	b.do(chromedp.EmulateViewport(1200, 900))
	b.wait("the old width", "innerWidth === 1200")
}

func (b *tab) staysAtHome(t *testing.T) {
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
