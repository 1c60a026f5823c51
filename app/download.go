package app

import (
	"fmt"
	"path"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// A downloaded panel, in pixels: small pictures are enlarged by panelScale so
// that their labels can be read.
const (
	panelScale  = 2
	panelMargin = 28
	panelLabel  = 40 // height of a label above its picture
	panelFont   = 22
	panelInk    = "#1c201f"
	panelQuiet  = "#60686a"
	panelGround = "#fafaf8"
)

// downloadComposite saves the visible pixels with the hidden ones filled in.
func (h *Home) downloadComposite(ui.Context, ui.Event) {
	save(ui.Window().GetElementByID(idComposite), h.downloadName("filled", ".png"))
}

// downloadPanel saves all four pictures with their names, wide ones in two rows.
func (h *Home) downloadPanel(ui.Context, ui.Event) {
	tiles := []struct{ id, label string }{
		{idOriginal, "Original"}, {idMasked, "Masked"}, {idReconstruction, "Reconstruction"}, {idComposite, "Composite"},
	}
	columns := len(tiles)
	if h.picture.Width > h.picture.Height*5/4 {
		columns = 2
	}
	w, tall := panelScale*h.picture.Width, panelScale*h.picture.Height
	rows := len(tiles) / columns
	canvas := ui.Window().Get("document").Call("createElement", "canvas")
	canvas.Set("width", columns*(w+panelMargin)+panelMargin)
	canvas.Set("height", rows*(tall+panelLabel+panelMargin/2)+panelLabel+panelMargin/2)
	c := pen(canvas)
	c.Set("fillStyle", panelGround)
	c.Call("fillRect", 0, 0, canvas.Get("width"), canvas.Get("height"))
	c.Set("imageSmoothingEnabled", false)
	write := func(weight int, ink, text string, x, y, most int) {
		c.Set("font", fmt.Sprintf("%d %dpx system-ui, sans-serif", weight, panelFont))
		c.Set("fillStyle", ink)
		c.Call("fillText", text, x, y, most)
	}
	for i, t := range tiles {
		x := panelMargin + i%columns*(w+panelMargin)
		y := panelLabel + panelMargin/2 + i/columns*(tall+panelLabel+panelMargin/2)
		write(600, panelInk, t.label, x, y-panelFont/2, w)
		c.Call("drawImage", ui.Window().GetElementByID(t.id), x, y, w, tall)
	}
	width, height := canvas.Get("width").Int(), canvas.Get("height").Int()
	write(400, panelQuiet, h.panelCaption(), panelMargin, height-panelMargin+panelFont/4, width-2*panelMargin)
	save(canvas, h.downloadName("panel", ".png"))
}

// panelCaption tells what made the pictures and how close they come.
func (h *Home) panelCaption() string {
	parts := []string{"Unmask", h.networkName(), h.coverage()}
	if h.result != nil {
		parts = append(parts, "PSNR "+session.Decibels(h.result.PSNR))
	}
	return strings.Join(parts, " · ")
}

// downloadName is the picture's name with what was made of it.
func (h *Home) downloadName(what, ext string) string {
	name := strings.TrimSuffix(path.Base(h.picture.Name), path.Ext(h.picture.Name))
	if name == "" || name == "." {
		name = "picture"
	}
	return name + "-" + what + ext
}

// save offers a canvas as a PNG file.
func save(canvas ui.Value, name string) {
	if canvas.Truthy() {
		toBlob(canvas, "image/png", 1, func(blob ui.Value) { offer(blob, name) })
	}
}

// toBlob encodes a canvas as a file, unless it is empty.
func toBlob(canvas ui.Value, kind string, quality float64, take func(blob ui.Value)) {
	var done ui.Func
	done = ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		defer done.Release()
		if args[0].Truthy() {
			take(args[0])
		}
		return nil
	})
	canvas.Call("toBlob", done, kind, quality)
}

// offer saves a Blob of the browser as a file.
func offer(blob ui.Value, name string) {
	url := addressOf(blob)
	link := ui.Window().Get("document").Call("createElement", "a")
	link.Set("href", url)
	link.Set("download", name)
	link.Call("click")
	// The browser has taken the file by the end of the click's task.
	forgetAddress(url)
}
