package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// point is the middle of a patch of the original, in pixels of the window.
func (b *tab) point(row, col int) (x, y float64) {
	b.t.Helper()
	p := eval[[]float64](b, fmt.Sprintf(`(() => {
		const canvas = document.getElementById("patches"), picture = document.getElementById("original");
		canvas.scrollIntoView({ block: "center", behavior: "instant" });
		const box = canvas.getBoundingClientRect(), side = 32;
		return [box.left + box.width * (%d + 0.5) * side / picture.width,
			box.top + box.height * (%d + 0.5) * side / picture.height];
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

// waitHidden waits until the page tells of n hidden patches.
func (b *tab) waitHidden(n int) {
	b.t.Helper()
	b.wait(fmt.Sprintf("%d hidden patches", n), fmt.Sprintf(`testText("#coverage").startsWith("%d of ")`, n))
}

// paintsByMouse draws one stroke and looks at the pictures before it ends.
func (b *tab) paintsByMouse(t *testing.T) {
	before := b.sum("composite")
	if b.hidden() == 0 {
		t.Fatal("nothing is hidden to begin with")
	}
	b.click(`label:has(#brush-hide)`)
	b.click(`#clear`)
	b.waitHidden(0)
	// From one patch to the third in its row: all three are hidden.
	x0, y := b.point(1, 1)
	x1, _ := b.point(1, 3)
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x0, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x1, y, chromedp.ButtonLeft),
	)
	b.waitHidden(3)
	before = b.changed("painting", before)
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x1, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	// The right button does the opposite of the brush.
	x, y := b.point(1, 2)
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonRight, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonRight, chromedp.ClickCount(1)),
	)
	b.waitHidden(2)
	b.changed("the right button", before)
}

func (b *tab) paintsByTouch(t *testing.T) {
	b.click(`label:has(#brush-flip)`)
	b.click(`#clear`)
	b.waitHidden(0)
	x0, y0 := b.point(2, 1)
	x1, y1 := b.point(4, 1)
	for _, touch := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x0, Y: y0}}},
		{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: []*input.TouchPoint{{X: x1, Y: y1}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Call(b.ctx, input.DispatchTouchEvent, touch); err != nil {
			t.Fatal(err)
		}
	}
	b.waitHidden(3)
	b.wait("the answer", idle)
}

func (b *tab) paintsByKeyboard(t *testing.T) {
	before, n := b.sum("composite"), b.hidden()
	b.do(chromedp.Focus(chromedp.CSS("#patches")))
	keys := []string{kb.Home, kb.ArrowUp, kb.ArrowUp, kb.ArrowUp, kb.ArrowUp, kb.ArrowUp, kb.ArrowUp, kb.ArrowRight, " "}
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
	b.waitHidden(n + 1)
	b.changed("painting by keyboard", before)
	if said := b.text(".panels .visually-hidden"); said != "Row 1, column 2: hidden" {
		t.Errorf("a screen reader hears %q, want %q", said, "Row 1, column 2: hidden")
	}
}

func (b *tab) changesTheMask(t *testing.T) {
	before := b.sum("composite")
	all := eval[int](b, `parseInt(testText("#coverage").split(" of ")[1])`)
	n := b.hidden()
	b.click("#invert")
	b.waitHidden(all - n)
	before = b.changed("inverting", before)
	b.click("#checkerboard")
	b.waitHidden(all / 2)
	before = b.changed("a checkerboard", before)
	seed := eval[string](b, `document.querySelector("#seed").value`)
	b.click("#another")
	before = b.changed("another mask", before)
	if again := eval[string](b, `document.querySelector("#seed").value`); again == seed {
		t.Errorf("another mask has the same seed %s", seed)
	}
	// One step of the slider is five per cent; int(all * 0.35) patches stay.
	n = b.hidden()
	b.do(chromedp.Focus(chromedp.CSS("#ratio")), chromedp.KeyEvent(kb.ArrowRight))
	b.wait("the ratio", `testText("#ratio-value") === "65 %"`)
	b.changed("the ratio", before)
	if got, want := b.hidden(), all-all*35/100; got != want {
		t.Errorf("at 65 %% %d patches are hidden, want %d; at 60 %% there were %d", got, want, n)
	}
}
