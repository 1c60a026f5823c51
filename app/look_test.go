package app

import (
	"strings"
	"testing"

	"unmask/session"
)

func TestPanelOfResults(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	wantHTML(t, h, `id="undo"`, "Raw pixels", "nothing of the original is borrowed", "the photo, with the guess filled in")
	h.weights.NormPix = true
	wantHTML(t, h, "Norm pixels", "brightness and contrast are borrowed from the original")
	h.look = lookCompare
	wantHTML(t, h, `id="split"`, `aria-label="Line between original and composite"`)
	h.look, h.heatRMS = lookError, 22.25
	wantHTML(t, h, "96 levels and more", "22.2 of 255 levels over all hidden pixels")
	h.look, h.whole.id, h.whole.done = lookWhole, 9, 2
	wantHTML(t, h, "2 of 8 masks", `id="whole-stop"`)
	h.whole = whole{info: &session.Whole{Masks: 8, Ratio: 0.6, Seed: h.seed, Least: 4, Most: 5, PSNR: 21.31, SSIM: 0.6, Single: 20.5, Borrowed: true}}
	wantHTML(t, h, "PSNR 21.3 dB, SSIM 0.600 over all pixels; each mask alone: 20.5 dB", "every patch 4 or 5 times", "brightness and contrast are the original")
	if strings.Contains(html(h), `id="whole-again"`) {
		t.Error("the same average is offered again")
	}
	h.seed++
	wantHTML(t, h, `id="whole-again"`)
}
