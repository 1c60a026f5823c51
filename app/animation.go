package app

import (
	"fmt"
	"time"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// frame is one picture of an animation: one or two pictures side by side over a line
// of text.
type frame struct {
	tiles [][]byte // RGBA of the picture's size
	text  string
	ms    int // how long it stays
}

// How long a frame stays.
const (
	stepMS = 700
	longMS = 1600
)

// The measures of a frame, in pixels.
const (
	frameMargin = 8
	frameText   = 26
	frameFont   = 14
)

// sweepDone reports whether the strip is complete.
func (s *studio) sweepDone() bool { return len(s.sweep.steps) == len(sweepRatios) }

// frames are those of the strip where there is one, of before and after elsewhere.
func (s *studio) frames() []frame {
	if s.sweepDone() {
		var f []frame
		for _, step := range s.sweep.steps {
			f = append(f, frame{
				tiles: [][]byte{maskedPixels(s.pixels, step.mask), step.composite},
				text:  fmt.Sprintf("%.0f %% hidden · PSNR %s", 100*step.ratio, session.Decibels(step.psnr)),
				ms:    stepMS,
			})
		}
		f[len(f)-1].ms = longMS
		return f
	}
	after := "Filled in by Unmask"
	if s.result != nil {
		after += " · PSNR " + session.Decibels(s.result.PSNR)
	}
	return []frame{
		{[][]byte{s.pixels}, "Original", longMS},
		{[][]byte{maskedPixels(s.pixels, s.mask)}, "What the network sees", longMS},
		{[][]byte{s.composite}, after, 2 * longMS},
	}
}

// animate asks for a file of drawn frames.
func (s *studio) animate(c session.Command) []request {
	c.Do = session.DoAnimate
	r := s.command(c)
	s.animationID = r.ID
	return []request{r}
}

// onAnimate draws the frames, each in a task of its own so that the page stays free,
// and hands them to the engine, which writes the file.
func (h *Home) onAnimate(ui.Context, ui.Event) {
	if h.stopped || h.composite == nil {
		return
	}
	frames, generation := h.frames(), h.generation
	h.animationID = -1 // being drawn
	canvas := ui.Window().Get("document").Call("createElement", "canvas")
	var c session.Command
	var next func(ui.Context)
	next = func(ui.Context) {
		if generation != h.generation {
			return
		}
		i := len(c.Blobs)
		if i == len(frames) {
			h.send(h.animate(c))
			return
		}
		var rgba []byte
		c.Width, c.Height, rgba = h.drawFrame(canvas, frames[i])
		c.Blobs, c.Delays = append(c.Blobs, rgba), append(c.Delays, frames[i].ms)
		h.ctx.After(time.Millisecond, next)
	}
	next(h.ctx)
}

// drawFrame draws a frame and reads it back.
func (h *Home) drawFrame(canvas ui.Value, f frame) (width, height int, rgba []byte) {
	w, tall := h.picture.Width, h.picture.Height
	n := len(f.tiles)
	width, height = n*(w+frameMargin)+frameMargin, tall+frameMargin+frameText
	canvas.Set("width", width)
	canvas.Set("height", height)
	c := pen(canvas)
	c.Set("fillStyle", panelGround)
	c.Call("fillRect", 0, 0, width, height)
	for i, tile := range f.tiles {
		if len(tile) == 4*w*tall {
			c.Call("putImageData", imageData(tile, w, tall), frameMargin+i*(w+frameMargin), frameMargin)
		}
	}
	c.Set("font", fmt.Sprintf("600 %dpx system-ui, sans-serif", frameFont))
	c.Set("fillStyle", panelInk)
	c.Call("fillText", f.text, frameMargin, height-frameMargin, width-2*frameMargin)
	rgba = make([]byte, 4*width*height)
	ui.CopyBytesToGo(rgba, c.Call("getImageData", 0, 0, width, height).Get("data"))
	return width, height, rgba
}

// takeAnimation saves the file that the engine wrote.
func (h *Home) takeAnimation(e session.Event) {
	if e.Kind != session.EvAnimation || e.ID != h.animationID || len(e.Blobs) == 0 {
		return
	}
	h.animationID = 0
	offer(blobOf(e.Blobs[0], "image/gif"), h.downloadName("animation", ".gif"))
}
