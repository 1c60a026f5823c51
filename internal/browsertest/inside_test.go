package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testImage counts the colours of an image of the page, by its selector.
const testImage = `window.testColours = async (selector) => {
	const image = document.querySelector(selector);
	await image.decode();
	const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight), pen = canvas.getContext("2d");
	pen.drawImage(image, 0, 0);
	return new Set(new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
}`

// TestInsideView goes a person's way through the view: channels of several layers,
// GRN, collapse, the leak, and the tour by keyboard.
func TestInsideView(t *testing.T) {
	b := open(t, setup{path: "#inside", webgpu: true})
	eval[any](b, testImage)
	b.wait("the channels", `testText("#atlas-caption") === "160 channels, 56 x 80 positions each"`)
	b.wait("the leak", `document.querySelectorAll("#leak-dense img").length > 3`)
	b.wait("the collapse", `document.querySelectorAll("#chart-collapse path.curve").length >= 3`)
	b.wait("what it makes of the photo", `document.querySelector("#inside-filled")?.tagName === "IMG"`)
	eval[bool](b, "(testLong.length = 0) === 0")

	if n := eval[int](b, `testColours("#atlas")`); n < 100 {
		t.Errorf("the channels have %d colours", n)
	}
	numbers := b.text("#channel-numbers")
	for _, want := range []string{"Channel", "RMS", "γ, β", "Gain 1 + γN", "Strength after GRN"} {
		if !strings.Contains(numbers, want) {
			t.Errorf("the numbers are %q, want %q in them", numbers, want)
		}
	}
	b.do(chromedp.Focus(chromedp.CSS("#atlas-keys")), chromedp.KeyEvent(kb.ArrowRight))
	b.wait("the next channel", fmt.Sprintf(`testText("#channel-numbers") !== %q`, numbers))

	b.set("#layer", "stages.3.1")
	b.wait("another layer", `testText("#atlas-caption") === "1280 channels, 7 x 10 positions each"`)
	b.click(`label:has(#part-output)`)
	b.wait("its output", `testText("#atlas-caption") === "320 channels, 7 x 10 positions each"`)
	if n := eval[int](b, `testColours("#channel")`); n < 20 {
		t.Errorf("the chosen channel has %d colours", n)
	}
	b.wait("no GRN of an output", `testText("#inside-grn").includes("Choose a block above")`)
	b.click(`label:has(#part-after)`)
	b.wait("the charts of GRN", `document.querySelectorAll("#chart-grn path.curve").length === 2 && document.querySelector("#chart-gain path.curve")`)

	shares := func(id string) []string {
		return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("%s strong")].map((e) => e.textContent)`, id))
	}
	dense, sparse := shares("#leak-dense"), shares("#leak-sparse")
	if len(dense) == 0 || len(sparse) != len(dense) {
		t.Fatalf("ordinary convolutions show %q, sparse ones %q", dense, sparse)
	}
	if dense[0] != "0 %" || dense[len(dense)-1] != "100 %" {
		t.Errorf("an ordinary convolution reaches %q, want from 0 to 100 %%", dense)
	}
	for _, s := range sparse {
		if s != "0 %" {
			t.Errorf("a sparse convolution reaches %q", sparse)
		}
	}
	b.fitsNarrowScreens(t)
	b.tours(t)
	b.noLongTasks("on the way through the view")
	b.noAlert()
	b.noErrors()
}

// tours takes the tour by keyboard.
func (b *tab) tours(t *testing.T) {
	b.do(chromedp.Focus(chromedp.CSS("#tour-start")), chromedp.KeyEvent(kb.Enter))
	titles := map[string]bool{}
	for step := 1; step <= 5; step++ {
		b.wait("the step", fmt.Sprintf(`testText("#tour-at") === "%d of 5"`, step))
		titles[b.text("#tour-title")] = true
		if shown := eval[int](b, `[...document.querySelectorAll(".inside > section")].filter((e) => !e.hidden && e.id !== "tour").length`); shown != 1 {
			t.Errorf("step %d shows %d parts of the view, want 1", step, shown)
		}
		b.do(chromedp.Focus(chromedp.CSS("#tour-next")), chromedp.KeyEvent(kb.Enter))
	}
	b.wait("the end", `document.querySelector("#tour-start") !== null`)
	if len(titles) != 5 {
		t.Errorf("the tour has the titles %v, want five", titles)
	}
}
