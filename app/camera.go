package app

import (
	"fmt"
	"time"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// idClassCamera is the video that shows what the camera sees.
const idClassCamera = "class-camera"

// Pictures of a burst.
const (
	burstPause = 250 * time.Millisecond
	mostBurst  = 200
	livePause  = 400 * time.Millisecond
)

// camera is the webcam while it is on.
type camera struct {
	h       *Home
	stream  ui.Value
	on      bool
	use     string // the class that gets its pictures; "" is to be asked about
	burst   bool
	taken   int
	whenOn  func() // what to do once it is on, or nil
	session int    // which switching on this is; a loop of an earlier one ends
}

// start switches the camera on.
func (c *camera) start(use string) {
	c.stop()
	c.session++
	this := c.session
	devices := ui.Window().Get("navigator").Get("mediaDevices")
	if !devices.Truthy() {
		c.h.problem = cameraProblem("", "")
		return
	}
	wants := map[string]any{"video": map[string]any{"width": 640, "height": 480}}
	promised(devices.Call("getUserMedia", wants), func(stream ui.Value) {
		c.h.ctx.Dispatch(func(ctx ui.Context) {
			if this != c.session {
				stopStream(stream)
				return
			}
			c.stream, c.on, c.use, c.taken = stream, true, use, 0
			ctx.Defer(func(ui.Context) { // once the video is in the page
				if video := ui.Window().GetElementByID(idClassCamera); video.Truthy() {
					video.Set("srcObject", stream)
				}
			})
			if c.whenOn != nil {
				c.whenOn()
			}
		})
	}, func(err ui.Value) {
		name := err.Get("name").String()
		c.h.ctx.Dispatch(func(ui.Context) { c.h.problem = cameraProblem(name, name+".") })
	})
}

// stop switches it off.
func (c *camera) stop() {
	if c.on {
		stopStream(c.stream)
	}
	c.session++
	c.on, c.burst, c.stream, c.whenOn = false, false, nil, nil
}

// shoot takes a picture and hands its address on, in the page's goroutine.
func (c *camera) shoot(then func(source)) {
	name := fmt.Sprintf("camera-%d-%d.jpg", time.Now().Unix()%1e6, c.taken+1)
	if snap(ui.Window().GetElementByID(idClassCamera), 0.92, func(blob ui.Value) {
		url := addressOf(blob)
		c.h.ctx.Dispatch(func(ui.Context) { then(source{url, name}) })
	}) {
		c.taken++
	}
}

// every calls f again and again while the camera stays on and f wants it.
func (c *camera) every(pause time.Duration, f func() bool) {
	this := c.session
	var tick func(ui.Context)
	tick = func(ctx ui.Context) {
		if c.session == this && c.on && f() {
			c.h.ctx.After(pause, tick)
		}
	}
	c.h.ctx.After(pause, tick)
}
