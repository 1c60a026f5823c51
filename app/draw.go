package app

import (
	"fmt"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/data"
)

// The canvases of the page.
const (
	idOriginal       = "original"
	idOverlay        = "patches"
	idMasked         = "masked"
	idReconstruction = "reconstruction"
	idComposite      = "composite"
)

// overlayScale is how many pixels the overlay has for one of the picture, so
// that its lines stay crisp when the panel is larger.
const overlayScale = 3

// The colours of a patch that nothing is shown of, the same in both themes and
// in what is downloaded: a frame lets it be told from its neighbour.
var (
	quietRGB = [3]byte{0x7a, 0x80, 0x7f}
	frameRGB = [3]byte{0x8a, 0x90, 0x8f}
)

// draw paints the four panels from the state.
func (h *Home) draw() {
	if h.picture == nil {
		return
	}
	// The styles keep tall pictures inside the window by this.
	ui.Window().Get("document").Get("documentElement").Get("style").Call("setProperty",
		"--aspect", fmt.Sprintf("%.4f", float64(h.picture.Width)/float64(h.picture.Height)))
	h.put(idOriginal, h.pixels)
	h.put(idMasked, maskedPixels(h.pixels, h.mask))
	h.put(idReconstruction, h.reconstruction)
	h.put(idComposite, h.composite)
	h.drawLook()
	h.drawSweep()
	h.drawOverlay()
}

// put shows RGBA pixels of the picture's size on a canvas; none leave it empty.
func (h *Home) put(id string, rgba []byte) {
	canvas := ui.Window().GetElementByID(id)
	if !canvas.Truthy() {
		return
	}
	resize(canvas, h.picture.Width, h.picture.Height)
	if len(rgba) != 4*h.picture.Width*h.picture.Height {
		pen(canvas).Call("clearRect", 0, 0, h.picture.Width, h.picture.Height)
		return
	}
	pen(canvas).Call("putImageData", imageData(rgba, h.picture.Width, h.picture.Height), 0, 0)
}

// imageData hands RGBA pixels to the browser.
func imageData(rgba []byte, width, height int) ui.Value {
	array := ui.Window().Get("Uint8ClampedArray").New(len(rgba))
	ui.CopyBytesToJS(array, rgba)
	return ui.Window().Get("ImageData").New(array, width, height)
}

// pen is a canvas's context. It draws on the CPU, as willReadFrequently asks for:
// the main thread would wait for a graphics process that is busy with the
// network.
func pen(canvas ui.Value) ui.Value {
	return canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true})
}

// resize gives a canvas its size in pixels; setting it even to the same value
// would blank it.
func resize(canvas ui.Value, width, height int) {
	if canvas.Get("width").Int() != width {
		canvas.Set("width", width)
	}
	if canvas.Get("height").Int() != height {
		canvas.Set("height", height)
	}
}

// maskedPixels is the picture with its hidden patches painted over.
func maskedPixels(rgba []byte, m data.Mask) []byte {
	const patch = data.Patch
	out := append([]byte(nil), rgba...)
	stride := 4 * patch * m.Cols
	for i, hidden := range m.Hidden {
		if !hidden {
			continue
		}
		corner := i/m.Cols*patch*stride + i%m.Cols*patch*4
		for y := range patch {
			line := out[corner+y*stride:][:4*patch]
			for x := range patch {
				c := quietRGB
				if x == 0 || y == 0 || x == patch-1 || y == patch-1 {
					c = frameRGB
				}
				line[4*x], line[4*x+1], line[4*x+2] = c[0], c[1], c[2]
			}
		}
	}
	return out
}

// drawOverlay marks, over the original, which patches are hidden and which one
// the brush or the keyboard's cursor is on.
func (h *Home) drawOverlay() {
	canvas := ui.Window().GetElementByID(idOverlay)
	if !canvas.Truthy() || h.picture == nil {
		return
	}
	const side = data.Patch * overlayScale
	width, height := h.mask.Cols*side, h.mask.Rows*side
	resize(canvas, width, height)
	c := pen(canvas)
	c.Call("clearRect", 0, 0, width, height)
	c.Set("fillStyle", "rgba(16, 24, 26, 0.56)")
	for i, hidden := range h.mask.Hidden {
		if hidden {
			c.Call("fillRect", i%h.mask.Cols*side, i/h.mask.Cols*side, side, side)
		}
	}
	c.Set("lineWidth", 1)
	c.Set("strokeStyle", "rgba(255, 255, 255, 0.16)")
	c.Call("beginPath")
	for col := 1; col < h.mask.Cols; col++ {
		c.Call("moveTo", col*side, 0)
		c.Call("lineTo", col*side, height)
	}
	for row := 1; row < h.mask.Rows; row++ {
		c.Call("moveTo", 0, row*side)
		c.Call("lineTo", width, row*side)
	}
	c.Call("stroke")
	if h.stroke.over {
		h.drawCursor(c, side)
	}
}

// drawCursor outlines what the brush covers light on dark, so that it shows on any
// picture.
func (h *Home) drawCursor(c ui.Value, side int) {
	reach := h.brushSize / 2
	left, top := max(h.stroke.col-reach, 0), max(h.stroke.row-reach, 0)
	right, bottom := min(h.stroke.col+reach+1, h.mask.Cols), min(h.stroke.row+reach+1, h.mask.Rows)
	x, y, width, height := left*side+5, top*side+5, (right-left)*side-10, (bottom-top)*side-10
	c.Set("lineWidth", 10)
	c.Set("strokeStyle", "rgba(8, 20, 18, 0.85)")
	c.Call("strokeRect", x, y, width, height)
	c.Set("lineWidth", 5)
	c.Set("strokeStyle", "#ffffff")
	c.Call("strokeRect", x, y, width, height)
}
