package app

import (
	"unmask/data"
	"unmask/session"
)

// CodeStopped is the code of the problem that a host reports when the engine
// itself has ended.
const CodeStopped = "stopped"

// handle takes an event of the engine into the state and returns the requests
// that follow from it.
func (s *studio) handle(e session.Event) []request {
	if r, ok := s.handleJob(e); ok {
		return r
	}
	switch e.Kind {
	case session.EvReady:
		s.ready = true
	case session.EvDevice:
		s.device, s.deviceNote, s.tuned = e.Device, e.Note, e.Tuned
	case session.EvWeights:
		s.notice(e.Note)
		return s.takeWeights(e)
	case session.EvPicture:
		return s.takePicture(e)
	case session.EvReconstruction:
		s.notice(e.Note)
		s.takeReconstruction(e)
	case session.EvProgress:
		if e.ID == s.weightsID {
			s.progress = e.Progress
		} else if e.ID == s.whole.id && e.Progress != nil {
			s.whole.done = int(e.Progress.Done)
		}
	case session.EvError:
		return s.fail(e)
	}
	return nil
}

// notice shows what is worth knowing, until it is dismissed: the engine may say
// the same again with every answer.
func (s *studio) notice(text string) {
	if text != "" && text != s.read {
		s.note = text
	}
}

// dismiss takes the note away for good.
func (s *studio) dismiss() { s.read, s.note = s.note, "" }

func (s *studio) takeWeights(e session.Event) []request {
	s.loadedID = max(s.loadedID, e.ID)
	s.weights = e.Weights
	if e.ID < s.weightsID {
		return nil // others are on their way
	}
	s.progress, s.shownNet = nil, s.net
	return append(s.reconstruct(), s.forgetJobs()...)
}

// takePicture shows a decoded picture. A picture of the same shape keeps the
// mask, so that people can compare; another shape draws a new one.
func (s *studio) takePicture(e session.Event) []request {
	s.gotID = max(s.gotID, e.ID)
	if e.ID < s.pictureID || e.Picture == nil || len(e.Blobs) == 0 {
		return nil
	}
	p := e.Picture
	s.picture, s.pixels = p, e.Blobs[0]
	s.shownFile = s.file
	s.note = e.Note // what there was to say about the last picture is over
	s.result, s.reconstruction, s.composite = nil, nil, nil
	if s.mask.Rows != p.Rows || s.mask.Cols != p.Cols {
		s.history = history{}
		s.randomise(p.Rows, p.Cols)
	}
	if s.linked != nil {
		s.applyLink()
	}
	return append(s.reconstruct(), s.forgetJobs()...)
}

// takeReconstruction shows an answer, even one that newer strokes have
// overtaken: that is what makes painting look alive. An answer about an earlier
// picture is dropped.
func (s *studio) takeReconstruction(e session.Event) {
	s.answeredID = max(s.answeredID, e.ID)
	n := s.mask.Count()
	if e.ID < s.pictureID || e.Reconstruction == nil || len(e.Blobs) < 2 || len(e.Blobs[0]) != len(s.pixels) || n == 0 || n == len(s.mask.Hidden) {
		return
	}
	s.answers++
	// What the network says about patches that it sees is noise: the loss never
	// asks for them.
	quiet := data.Mask{Rows: s.mask.Rows, Cols: s.mask.Cols, Hidden: make([]bool, len(s.mask.Hidden))}
	for _, p := range e.Reconstruction.Visible {
		quiet.Hidden[p] = true
	}
	s.result, s.reconstruction, s.composite = e.Reconstruction, maskedPixels(e.Blobs[0], quiet), e.Blobs[1]
	s.answered = quiet.Invert()
}

// fail shows what went wrong and settles whether the engine is of further use.
func (s *studio) fail(e session.Event) []request {
	s.problem = e.Error
	if s.problem == nil {
		s.problem = &session.Problem{Text: "Something went wrong in the engine.", Code: "internal"}
	}
	switch {
	case s.problem.Code == "device" || s.problem.Code == CodeStopped:
		s.stopped = true
	case e.ID == s.pictureID:
		s.gotID = e.ID
		// The picture shown stays, and a restart must not meet the broken file again.
		s.file = s.shownFile
		return s.reconstruct()
	case e.ID == s.weightsID:
		s.loadedID, s.progress = e.ID, nil
		s.net = s.shownNet
	case s.endJob(e.ID):
	case e.ID == s.animationID:
		s.animationID = 0
	default:
		s.answeredID = max(s.answeredID, e.ID)
	}
	return nil
}

// restartHelps reports whether the problem at hand is one that a new engine
// may not have.
func (s *studio) restartHelps() bool {
	if s.problem == nil {
		return false
	}
	switch s.problem.Code {
	case "device", "memory", "internal", CodeStopped:
		return true
	case "weights":
		return s.weights == nil // the site's own could not be loaded
	}
	return false
}
