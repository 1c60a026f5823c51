package desktop

import (
	"image"

	"unmask/data"
	"unmask/internal/panel"
	"unmask/session"
)

// handle takes an event of the engine into the state.
func (a *App) handle(e session.Event) {
	switch e.Kind {
	case session.EvDevice:
		a.device, a.deviceNote = e.Device, e.Note
		a.tell(e.Note)
	case session.EvWeights:
		a.takeWeights(e)
	case session.EvPicture:
		a.takePicture(e)
	case session.EvReconstruction:
		a.tell(e.Note)
		a.takeReconstruction(e)
	case session.EvFeatures:
		a.takeFeatures(e)
	case session.EvError:
		a.takeError(e)
	}
}

func (a *App) takeWeights(e session.Event) {
	s := &a.studio
	s.loadedID = max(s.loadedID, e.ID)
	s.weights = e.Weights
	if e.ID < s.weightsID {
		return // others are on their way
	}
	s.answers, s.netWas = 0, s.net
	a.features.forget()
	a.reconstruct()
	a.askFeatures()
	a.planChanged()
}

// takePicture shows a decoded picture. A picture of the same shape keeps the mask,
// so that people can compare; another shape draws a new one.
func (a *App) takePicture(e session.Event) {
	s := &a.studio
	s.gotID = max(s.gotID, e.ID)
	if e.ID < s.pictureID || e.Picture == nil || len(e.Blobs) == 0 {
		return
	}
	p := e.Picture
	s.picture, s.path = p, p.Name
	s.pixels = opaque(e.Blobs[0], p.Width, p.Height)
	a.note = "" // what there was to say about the last picture is over
	a.tell(e.Note)
	s.result, s.reconstruction, s.bare, s.composite = nil, nil, nil, nil
	if s.mask.Rows != p.Rows || s.mask.Cols != p.Cols {
		s.mask = s.random(p.Rows, p.Cols)
	}
	a.maskChanged()
}

// takeReconstruction shows an answer, even one that newer strokes have overtaken:
// that is what makes painting look alive. One about an earlier picture is dropped.
func (a *App) takeReconstruction(e session.Event) {
	s := &a.studio
	s.answeredID = max(s.answeredID, e.ID)
	n := s.mask.Count()
	if e.ID < s.pictureID || e.Reconstruction == nil || len(e.Blobs) < 2 || s.picture == nil || n == 0 || n == len(s.mask.Hidden) {
		return
	}
	w, h := s.picture.Width, s.picture.Height
	if len(e.Blobs[0]) != 4*w*h {
		return
	}
	s.answers++
	// What the network says about patches that it sees is noise: the loss never asks
	// for them.
	quiet := data.NewMask(s.mask.Rows, s.mask.Cols)
	for _, p := range e.Reconstruction.Visible {
		quiet.Hidden[p] = true
	}
	s.result = e.Reconstruction
	s.bare = opaque(e.Blobs[0], w, h)
	s.reconstruction = masked(s.bare, quiet)
	s.composite = opaque(e.Blobs[1], w, h)
}

// takeError shows what went wrong; what was in hand before stays.
func (a *App) takeError(e session.Event) {
	s := &a.studio
	a.problem = e.Error
	switch {
	case a.device == nil:
		a.fatal = e.Error
	case e.ID == s.pictureID:
		s.gotID = e.ID
		a.reconstruct()
	case e.ID == s.weightsID:
		s.loadedID = e.ID
		s.net = s.netWas
	case e.ID == a.features.askedID:
		a.features.gotID = e.ID
	default:
		s.answeredID = max(s.answeredID, e.ID)
	}
}

// opaque makes an image of RGBA bytes, (h, w, 4).
func opaque(rgba []byte, w, h int) *image.RGBA {
	return &image.RGBA{Pix: rgba, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
}

// masked is the picture with its hidden patches painted over.
func masked(img *image.RGBA, m data.Mask) *image.RGBA {
	n := panel.MaskedImage(img, m.Hidden, m.Rows, m.Cols)
	return &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect} // opaque: both forms are one
}
