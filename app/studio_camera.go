package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// The elements of the camera's dialog.
const (
	idCamera      = "camera"
	idCameraVideo = "camera-video"
)

// cameraDialog shows what the camera sees, to take one picture of it.
func (h *Home) cameraDialog() ui.UI {
	return ui.Dialog().ID(idCamera).Class("camera").Aria("labelledby", "camera-title").On("close", h.onCameraClose).Body(
		ui.H2().ID("camera-title").Text("Take a picture"),
		ui.Video().ID(idCameraVideo).Class("viewfinder").Muted(true).AutoPlay(true).Attr("playsinline", true).
			Aria("label", "What the camera sees"),
		ui.P().Class("hint").Text("The picture stays on this device. The camera is switched off when this closes."),
		ui.Div().Class("buttons").Body(
			ui.Button().ID("camera-take").Type("button").Class("button primary").OnClick(h.onCameraTake).Text("Take it"),
			ui.Button().ID("camera-close").Type("button").Class("button").OnClick(h.closeCamera).Text("Close"),
		),
	)
}

// onCamera asks for the camera and opens the dialog once it is there.
func (h *Home) onCamera(ui.Context, ui.Event) {
	devices := ui.Window().Get("navigator").Get("mediaDevices")
	if !devices.Truthy() {
		h.problem = cameraProblem("", "")
		return
	}
	wants := map[string]any{"audio": false, "video": map[string]any{
		"facingMode": "environment", "width": map[string]any{"ideal": 1280},
	}}
	promised(devices.Call("getUserMedia", wants), func(stream ui.Value) {
		video := ui.Window().GetElementByID(idCameraVideo)
		if !video.Truthy() || h.shown != nil {
			stopStream(stream)
			return
		}
		video.Set("srcObject", stream)
		ui.Window().GetElementByID(idCamera).Call("showModal")
		h.ctx.Dispatch(func(ui.Context) {
			if h.problem != nil && h.problem.Code == codeCamera {
				h.problem = nil
			}
		})
	}, func(err ui.Value) {
		name, message := err.Get("name").String(), err.Get("message").String()
		h.ctx.Dispatch(func(ui.Context) { h.problem = cameraProblem(name, message) })
	})
}

// codeCamera is the code of a camera's problems.
const codeCamera = "camera"

// cameraProblem explains why there is no picture of the camera: the browser's name
// and message of an error, or none where it knows no cameras at all.
func cameraProblem(name, message string) *session.Problem {
	p := &session.Problem{Code: codeCamera}
	switch name {
	case "":
		p.Text = "This browser offers no camera to a page at this address."
		p.Remedy = "Open the page over https or on this machine, or choose a picture."
	case "NotAllowedError", "SecurityError":
		p.Text = "The camera was not allowed for this page."
		p.Remedy = "Allow it in the browser's settings of this site and try again, or choose a picture."
	case "NotFoundError", "OverconstrainedError":
		p.Text = "There is no camera."
		p.Remedy = "Connect one and try again, or choose a picture."
	case "NotReadableError", "AbortError":
		p.Text = "The camera does not answer: another program may be using it."
		p.Remedy = "Close that program and try again."
	default:
		p.Text = "The camera cannot be opened: " + message
		p.Remedy = "Try again, or choose a picture."
	}
	return p
}

// onCameraTake opens what the camera sees as a picture.
func (h *Home) onCameraTake(ui.Context, ui.Event) {
	if snap(ui.Window().GetElementByID(idCameraVideo), 0.95, func(blob ui.Value) {
		h.ctx.Dispatch(func(ui.Context) { h.send(h.open(h.object(blob, "camera.jpg"))) })
	}) {
		ui.Window().GetElementByID(idCamera).Call("close")
	}
}

// snap takes what a video shows as a JPEG file; false while nothing has come yet.
func snap(video ui.Value, quality float64, take func(blob ui.Value)) bool {
	if !video.Truthy() || video.Get("videoWidth").Int() == 0 || video.Get("videoHeight").Int() == 0 {
		return false
	}
	canvas := ui.Window().Get("document").Call("createElement", "canvas")
	canvas.Set("width", video.Get("videoWidth"))
	canvas.Set("height", video.Get("videoHeight"))
	pen(canvas).Call("drawImage", video, 0, 0)
	toBlob(canvas, "image/jpeg", quality, take)
	return true
}

func (h *Home) closeCamera(ui.Context, ui.Event) { ui.Window().GetElementByID(idCamera).Call("close") }

// onCameraClose switches the camera off, however the dialog was closed.
func (h *Home) onCameraClose(ui.Context, ui.Event) {
	video := ui.Window().GetElementByID(idCameraVideo)
	stopStream(video.Get("srcObject"))
	video.Set("srcObject", nil)
}

func stopStream(stream ui.Value) {
	if !stream.Truthy() {
		return
	}
	tracks := stream.Call("getTracks")
	for i := range tracks.Length() {
		tracks.Index(i).Call("stop")
	}
}
