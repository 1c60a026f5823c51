package app

import "unmask/session"

// CodeStopped is the code of the problem that a host reports when the engine
// itself has ended.
const CodeStopped = "stopped"

// cpuNote is shown where the browser has no WebGPU.
const cpuNote = "This browser offers no WebGPU: the CPU computes, slower."

// handle takes an event of the engine into the state and returns the commands
// that follow from it.
func (s *studio) handle(e session.Event) []session.Command {
	if e.Note != "" {
		s.note = e.Note
	}
	switch e.Kind {
	case session.EvReady:
		s.ready = true
		open := s.command(session.Command{Do: session.DoOpen, Prefer: s.prefer})
		return append([]session.Command{open}, s.sendPicture()...)
	case session.EvDevice:
		s.device = e.Device
	case session.EvWeights:
		s.weights, s.progress = e.Weights, nil
		return s.reconstruct()
	case session.EvPicture:
		return s.takePicture(e)
	case session.EvReconstruction:
		s.takeReconstruction(e)
	case session.EvProgress:
		s.progress = e.Progress
	case session.EvError:
		s.fail(e)
	}
	return nil
}

// takePicture shows a decoded picture. A picture of the same shape keeps the
// mask, so that people can compare; another shape draws a new one.
func (s *studio) takePicture(e session.Event) []session.Command {
	if e.ID < s.pictureID || e.Picture == nil || len(e.Blobs) == 0 {
		return nil
	}
	p := e.Picture
	s.picture, s.pixels = p, e.Blobs[0]
	s.shownFile, s.shownName = s.file, s.fileName
	s.result, s.reconstruction, s.composite = nil, nil, nil
	if s.mask.Rows != p.Rows || s.mask.Cols != p.Cols {
		s.randomise(p.Rows, p.Cols)
	}
	return s.reconstruct()
}

// takeReconstruction shows an answer, even one that newer strokes have
// overtaken: that is what makes painting look alive. An answer about an earlier
// picture is dropped.
func (s *studio) takeReconstruction(e session.Event) {
	s.gotID = max(s.gotID, e.ID)
	if e.ID < s.pictureID || s.mask.Count() == 0 || len(e.Blobs) < 2 {
		return
	}
	s.result, s.reconstruction, s.composite = e.Reconstruction, e.Blobs[0], e.Blobs[1]
}

// fail shows what went wrong and settles whether the engine is of further use.
func (s *studio) fail(e session.Event) {
	s.problem = e.Error
	if s.problem == nil {
		s.problem = &session.Problem{Text: "Something went wrong in the engine.", Code: "internal"}
	}
	s.progress = nil
	s.gotID = max(s.gotID, e.ID)
	switch s.problem.Code {
	case "device", CodeStopped:
		s.stopped = true
	case "picture":
		// The picture shown stays, and a restart must not meet the broken file again.
		s.file, s.fileName = s.shownFile, s.shownName
	}
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
	}
	return false
}
