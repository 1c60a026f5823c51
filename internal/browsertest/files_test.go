package browsertest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// gradient is a PNG of 320 x 256 pixels whose blue is b.
func gradient(t *testing.T, b uint8) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 320, 256))
	for y := range 256 {
		for x := range 320 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / 319), uint8(y), b, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// write puts a file into a folder of the test's own.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// drop drops files on the middle of the page, as the system does.
func (b *tab) drop(files ...string) {
	b.t.Helper()
	b.dropAt(500, 400, files...)
}

// dropAt drops them at a point of the window.
func (b *tab) dropAt(x, y float64, files ...string) {
	b.t.Helper()
	for _, typ := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		params := input.DispatchDragEventParams{
			Type: typ, X: x, Y: y,
			Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1},
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchDragEvent, params); err != nil {
			b.t.Fatal(err)
		}
	}
}

// replaced waits for another picture and its reconstruction.
func (b *tab) replaced(what string, original int) {
	b.t.Helper()
	b.wait(what, fmt.Sprintf(`testSum("original") !== %d && %s`, original, idle))
}

func (b *tab) takesASample(t *testing.T) {
	original := b.sum("original")
	b.click(`.samples li:nth-child(3) button`)
	b.replaced("another sample", original)
	if pressed := eval[[]bool](b, `[...document.querySelectorAll(".sample")].map((e) => e.getAttribute("aria-pressed") === "true")`); len(pressed) != 6 || !pressed[2] || pressed[0] {
		t.Errorf("the samples pressed are %v, want the third of six", pressed)
	}
}

func (b *tab) takesADroppedPicture(t *testing.T) {
	original := b.sum("original")
	b.drop(write(t, "gradient.png", gradient(t, 90)))
	b.replaced("the dropped picture", original)
	// 320 x 256 becomes 280 x 224, cut to multiples of 32.
	if size := eval[[]int](b, `[document.getElementById("original").width, document.getElementById("original").height]`); size[0] != 256 || size[1] != 224 {
		t.Errorf("the picture is %v, want 256 x 224", size)
	}
	if class := eval[string](b, `document.querySelector(".page").className`); strings.Contains(class, "dragging") {
		t.Error("the page still waits for a drop")
	}
}

func (b *tab) takesAPastedPicture(t *testing.T) {
	original := b.sum("original")
	eval[bool](b, fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
		document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
		return true;
	})()`, base64.StdEncoding.EncodeToString(gradient(t, 200))))
	b.replaced("the pasted picture", original)
}

// dismisses looks at the alert about a file and closes it.
func (b *tab) dismisses(file string) {
	b.t.Helper()
	b.wait("the alert", `document.querySelector("#alert") !== null`)
	if text := b.text("#alert"); !strings.Contains(text, file) {
		b.t.Errorf("the alert %q does not name %s", text, file)
	}
	if b.text("#alert .remedy") == "" {
		b.t.Error("the alert offers no remedy")
	}
	b.click("#dismiss")
	b.wait("the alert to go", `document.querySelector("#alert") === null`)
}

func (b *tab) refusesText(t *testing.T) {
	before := b.sum("original")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{write(t, "notes.jpg", []byte("Not a picture at all."))}))
	b.dismisses("notes.jpg")
	b.drop(t.TempDir())
	b.dismisses("cannot be read")
	b.wait("an idle page", idle)
	if b.sum("original") != before {
		t.Error("the picture shown has changed")
	}
}

// shipped are the weights of the site.
func shipped(t *testing.T) []byte {
	t.Helper()
	_, site := needs(t)
	b, err := os.ReadFile(filepath.Join(site, "web", "weights", "atto.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) takesDroppedWeights(t *testing.T) {
	before := b.sum("composite")
	b.drop(write(t, "mine.safetensors", shipped(t)))
	b.wait("the dropped weights", `testText("#network").includes("mine.safetensors") && `+idle)
	if text := b.text("#network"); text != "ConvNeXt V2 Atto, 7.3 M parameters, from mine.safetensors" {
		t.Errorf("the network is %q", text)
	}
	if b.sum("composite") != before {
		t.Error("the same weights give another picture")
	}
	b.click("#default-weights")
	b.wait("the default weights", `!testText("#network").includes("mine.safetensors") && `+idle)
}

func (b *tab) refusesBrokenWeights(t *testing.T) {
	network, composite := b.text("#network"), b.sum("composite")
	whole := shipped(t)
	b.drop(write(t, "half.safetensors", whole[:len(whole)/2]))
	b.dismisses("half.safetensors")
	b.drop(write(t, "notes.pth", []byte("Not weights at all.")))
	b.dismisses("notes.pth")
	if got := b.text("#network"); got != network {
		t.Errorf("the network became %q, want %q", got, network)
	}
	// The old weights still answer.
	b.click("#invert")
	b.changed("the old weights", composite)
}

// saves downloads the pictures and the animation.
func (b *tab) saves(t *testing.T) {
	done := make(chan string, 2)
	events := true
	if err := chromedp.ListenBrowser(b.ctx, func(ev any) {
		if e, ok := ev.(*browser.EventDownloadProgress); ok && e.State == browser.DownloadProgressStateCompleted {
			done <- e.GUID
		}
	}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, EventsEnabled: &events,
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		button, name        string
		minWidth, minHeight int
	}{
		{button: "#save-composite", name: "image-filled.png", minWidth: 256, minHeight: 224},
		{button: "#save-panel", name: "image-panel.png", minWidth: 4 * 256, minHeight: 224},
	} {
		b.click(s.button)
		select {
		case <-done:
		case <-b.ctx.Done():
			t.Fatalf("%s: nothing was downloaded", s.button)
		}
		f, err := os.Open(filepath.Join(dir, s.name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if size := img.Bounds().Size(); size.X < s.minWidth || size.Y < s.minHeight {
			t.Errorf("%s is %v, want at least %d x %d", s.name, size, s.minWidth, s.minHeight)
		}
	}
	b.savesAnimation(t, dir, done)
}
