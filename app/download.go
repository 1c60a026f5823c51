package app

import (
	"path"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// panelGap is the space between the pictures of a downloaded panel, in pixels.
const panelGap = 8

// downloadComposite saves the visible pixels with the hidden ones filled in.
func (h *Home) downloadComposite(ui.Context, ui.Event) {
	save(ui.Window().GetElementByID(idComposite), h.downloadName("filled"))
}

// downloadPanel saves all four pictures side by side.
func (h *Home) downloadPanel(ui.Context, ui.Event) {
	ids := []string{idOriginal, idMasked, idReconstruction, idComposite}
	canvas := ui.Window().Get("document").Call("createElement", "canvas")
	canvas.Set("width", len(ids)*(h.picture.Width+panelGap)+panelGap)
	canvas.Set("height", h.picture.Height+2*panelGap)
	c := canvas.Call("getContext", "2d")
	c.Set("fillStyle", "#ffffff")
	c.Call("fillRect", 0, 0, canvas.Get("width"), canvas.Get("height"))
	for i, id := range ids {
		c.Call("drawImage", ui.Window().GetElementByID(id), panelGap+i*(h.picture.Width+panelGap), panelGap)
	}
	save(canvas, h.downloadName("panel"))
}

// downloadName is the picture's name with what was made of it.
func (h *Home) downloadName(what string) string {
	name := strings.TrimSuffix(path.Base(h.picture.Name), path.Ext(h.picture.Name))
	if name == "" || name == "." {
		name = "picture"
	}
	return name + "-" + what + ".png"
}

// save offers a canvas as a PNG file.
func save(canvas ui.Value, name string) {
	if !canvas.Truthy() {
		return
	}
	var done ui.Func
	done = ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		defer done.Release()
		if !args[0].Truthy() {
			return nil
		}
		url := ui.Window().Get("URL").Call("createObjectURL", args[0])
		link := ui.Window().Get("document").Call("createElement", "a")
		link.Set("href", url)
		link.Set("download", name)
		link.Call("click")
		// The browser has taken the file by the end of the click's task.
		ui.Window().Get("URL").Call("revokeObjectURL", url)
		return nil
	})
	canvas.Call("toBlob", done, "image/png")
}
