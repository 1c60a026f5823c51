package browsertest

import (
	"fmt"
	"image"
	"image/gif"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// drag moves the pressed mouse over patches of one row.
func (b *tab) drag(row, from, to int) {
	b.t.Helper()
	x0, y := b.point(row, from)
	x1, _ := b.point(row, to)
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x0, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x1, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x1, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
}

// undoes takes strokes back, by button and by key.
func (b *tab) undoes(t *testing.T) {
	b.click("label:has(#brush-hide)")
	b.click("#clear")
	b.waitHidden(0)
	b.drag(1, 1, 3)
	b.waitHidden(3)
	b.wait("the stroke's answer", idle)
	stroke := b.sum("masked")
	b.do(chromedp.Focus(chromedp.CSS("#patches")), chromedp.KeyEvent("]"))
	b.wait("a larger brush", `document.querySelector("#size-3").checked`)
	b.drag(4, 5, 5)
	b.waitHidden(3 + 9)
	b.do(chromedp.KeyEvent("["))
	b.wait("a smaller brush", `document.querySelector("#size-1").checked`)

	b.click("#undo")
	b.waitHidden(3)
	b.wait("the mask of the stroke", fmt.Sprintf(`testSum("masked") === %d && %s`, stroke, idle))
	b.do(chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.waitHidden(0)
	b.do(chromedp.KeyEvent("y", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.waitHidden(3)
	b.click("#redo")
	b.waitHidden(12)
	b.wait("nothing to do again", `document.querySelector("#redo").disabled`)
	b.wait("the answer", idle)
}

// compares moves the line between original and composite by key and by mouse.
func (b *tab) compares(t *testing.T) {
	b.click("label:has(#look-compare)")
	b.wait("the line", `!document.querySelector("#before").hidden && document.querySelector("#split")`)
	if b.sum("before") != b.sum("original") {
		t.Error("the picture left of the line is not the original")
	}
	clip := `getComputedStyle(document.querySelector("#before")).clipPath`
	before := eval[string](b, clip)
	b.do(chromedp.Focus(chromedp.CSS("#split")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	b.wait("the line to move", fmt.Sprintf(`%s !== %q && document.querySelector("#split").value === "52"`, clip, before))
	at := eval[[]float64](b, `(() => {
		const box = document.querySelector(".split").getBoundingClientRect();
		return [box.left + box.width / 4, box.top + box.height / 2];
	})()`)
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	b.wait("the line where the mouse was", `document.querySelector("#split").value === "25"`)
}

// mapsErrors looks at the error map and its legend.
func (b *tab) mapsErrors(t *testing.T) {
	eval[bool](b, "(testLong.length = 0) === 0")
	b.click("label:has(#look-error)")
	b.wait("the error map", `!document.querySelector("#heat").hidden && testText("#heat-mean").includes("of 255 levels")`)
	if colours := eval[int](b, `new Set(testPixels("heat")).size`); colours < 20 {
		t.Errorf("the error map shows %d colours", colours)
	}
	t.Logf("%s; tasks of the main thread over 50 ms: %v ms", b.text("#heat-mean"), eval[[]int](b, "testLong"))
	b.click("label:has(#look-filled)")
	b.wait("the composite", `document.querySelector("#heat").hidden`)
}

// sweeps fills the strip of mask ratios and goes on with one of its masks.
func (b *tab) sweeps(t *testing.T) {
	eval[bool](b, "(testLong.length = 0) === 0")
	b.click("#sweep summary")
	b.wait("nine pictures", `document.querySelectorAll(".step:not(:disabled)").length === 9 && `+idle)
	sums := map[int]bool{}
	for i := range 9 {
		sums[b.sum(fmt.Sprintf("sweep-%d", i))] = true
		if text := b.text(fmt.Sprintf("#step-%d", i)); !strings.HasPrefix(text, fmt.Sprintf("%d0 %%", i+1)) || !strings.HasSuffix(text, "dB") {
			t.Errorf("step %d says %q", i, text)
		}
	}
	if len(sums) != 9 {
		t.Errorf("nine steps show %d pictures", len(sums))
	}
	t.Logf("tasks of the main thread over 50 ms: %v ms", eval[[]int](b, "testLong"))
	b.click("#step-7")
	b.wait("the mask of the step", `testText("#ratio-value") === "80 %" && testSum("composite") === testSum("sweep-7") && `+idle)
	b.click("#undo")
	b.click("#sweep summary")
	b.wait("the answer", idle)
}

// averages computes the picture from many masks, once stopped and once to its end.
func (b *tab) averages(t *testing.T) {
	b.click("label:has(#look-whole)")
	b.wait("progress", `document.querySelector("#whole-stop") !== null`)
	b.click("#whole-stop")
	b.wait("the stop", `document.querySelector("#whole-again") !== null && `+idle)
	b.click("#whole-again")
	b.wait("the whole picture", `testText("#whole-measures").startsWith("PSNR ") && !document.querySelector("#whole").hidden && `+idle)
	if colours := eval[int](b, `new Set(testPixels("whole")).size`); colours < 50 {
		t.Errorf("the whole picture shows %d colours", colours)
	}
	t.Log(b.text("#whole-measures"))
	b.click("label:has(#look-filled)")
}

// links copies the address of a painted mask and opens it in a browser of its own.
func (b *tab) links(t *testing.T) {
	b.click("#lattice")
	b.click("#clear")
	b.waitHidden(0)
	b.drag(2, 1, 6)
	b.waitHidden(6)
	b.wait("the answer", idle)
	eval[bool](b, `(navigator.clipboard.writeText = (text) => { window.testCopied = text; return Promise.resolve(); }, true)`)
	b.click("#copy-link")
	b.wait("the confirmation", `testText("#link-said") === "Link copied: picture and mask."`)
	address := eval[string](b, "testCopied")
	_, fragment, ok := strings.Cut(address, "#")
	if !ok || !strings.HasPrefix(address, b.address) {
		t.Fatalf("the link is %q", address)
	}
	fresh := open(t, setup{path: "?device=cpu#" + fragment})
	fresh.firstResult()
	if fresh.hidden() != 6 || fresh.sum("masked") != b.sum("masked") {
		t.Errorf("%s: %d patches are hidden, want the same 6", address, fresh.hidden())
	}
	fresh.noErrors()
	// Another link in the address bar of an open page.
	eval[bool](b, `(location.hash = "#reconstruct?ratio=0.5&seed=77") !== ""`)
	b.wait("the mask of the link", `document.querySelector("#seed").value === "77" && testText("#ratio-value") === "50 %" && `+idle)
	eval[bool](b, `(location.hash = "#reconstruct?mask=9999x1.AA") !== ""`)
	b.wait("the alert", `testText("#alert .what") === "That link cannot be used"`)
	b.click("#dismiss")
}

// photographs takes a picture of the browser's fake camera.
func (b *tab) photographs(t *testing.T) {
	original := b.sum("original")
	b.click("#use-camera")
	b.wait("the camera", `document.querySelector("#camera").open && document.querySelector("#camera-video").videoWidth > 0`)
	eval[bool](b, `(window.testStream = document.querySelector("#camera-video").srcObject) !== null`)
	b.click("#camera-take")
	b.replaced("the camera's picture", original)
	if state := eval[string](b, `testStream.getTracks()[0].readyState`); state != "ended" {
		t.Errorf("the camera is %s after the picture was taken", state)
	}
	eval[bool](b, `(navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("Permission denied", "NotAllowedError")), true)`)
	b.click("#use-camera")
	b.wait("the refusal", `testText("#alert .what") === "The camera cannot be used"`)
	if text := b.text("#alert .remedy"); !strings.HasPrefix(text, "Allow it in the browser's settings") {
		t.Errorf("the remedy is %q", text)
	}
	b.click("#dismiss")
}

// savesAnimation downloads the GIF into dir; done tells of finished downloads.
func (b *tab) savesAnimation(t *testing.T, dir string, done <-chan string) {
	eval[bool](b, "(testLong.length = 0) === 0")
	b.click("#save-animation")
	select {
	case <-done:
	case <-b.ctx.Done():
		t.Fatal("no animation was downloaded")
	}
	f, err := os.Open(filepath.Join(dir, "image-animation.gif"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gif.DecodeAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 3 || g.Config.Width < 256 || g.Config.Height < 224 || g.Image[0].Bounds() != image.Rect(0, 0, g.Config.Width, g.Config.Height) {
		t.Errorf("%d frames, the first %v of %d x %d", len(g.Image), g.Image[0].Bounds(), g.Config.Width, g.Config.Height)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 300_000 {
		t.Errorf("the animation has %d bytes, want 300,000 at most", info.Size())
	}
	t.Logf("animation of %d bytes; tasks of the main thread over 50 ms: %v ms", info.Size(), eval[[]int](b, "testLong"))
}
