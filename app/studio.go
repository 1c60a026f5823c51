package app

import (
	"fmt"

	"unmask/data"
	"unmask/internal/device"
	"unmask/session"
)

// pictureSize is the shorter side, in pixels, that a picture is brought to: the
// size the default weights were trained at.
const pictureSize = 224

// studio is the state of the page without any of the browser: what is loaded,
// what is hidden, what was answered. Its methods return the commands to send.
type studio struct {
	prefer  string // auto, gpu or cpu
	ready   bool   // the engine runs
	stopped bool   // the engine failed; only a restart helps
	device  *device.Info
	weights *session.WeightsInfo

	file     []byte // the picture file in hand, kept for a restart
	fileName string

	shownFile []byte // the file that picture came from
	shownName string
	picture   *session.PictureInfo
	pixels    []byte // RGBA of picture, Height * Width * 4

	mask  data.Mask
	ratio float64 // of the random mask
	seed  uint64
	brush brush

	result         *session.Reconstruction
	reconstruction []byte // RGBA
	composite      []byte // RGBA

	problem  *session.Problem
	note     string
	progress *session.Progress

	lastID    int // of the newest command
	pictureID int // of the newest DoPicture
	wantID    int // of the newest DoReconstruct
	gotID     int // of the newest answered DoReconstruct
}

func newStudio() *studio {
	return &studio{prefer: "auto", ratio: 0.6, seed: 1}
}

// command numbers a command.
func (s *studio) command(c session.Command) session.Command {
	s.lastID++
	c.ID = s.lastID
	return c
}

// open takes a picture file in hand.
func (s *studio) open(name string, file []byte) []session.Command {
	s.file, s.fileName = file, name
	if s.problem != nil && s.problem.Code == "picture" {
		s.problem = nil // of an earlier picture
	}
	if !s.ready {
		return nil
	}
	return s.sendPicture()
}

func (s *studio) sendPicture() []session.Command {
	if s.file == nil {
		return nil
	}
	c := s.command(session.Command{
		Do: session.DoPicture, Name: s.fileName, Size: pictureSize, Blob: s.file,
	})
	s.pictureID = c.ID
	return []session.Command{c}
}

// weightsCommand loads weights from a file that the engine's side fetches.
func (s *studio) weightsCommand(name string) session.Command {
	return s.command(session.Command{Do: session.DoWeights, Name: name})
}

// restarted forgets what the old engine knew and keeps what people did.
func (s *studio) restarted() {
	s.ready, s.stopped = false, false
	s.device, s.weights, s.progress, s.problem = nil, nil, nil, nil
	s.result = nil
	s.gotID = s.wantID
}

// reconstruct asks for the hidden patches, where there is anything to ask: a
// picture, weights, and both hidden and visible patches.
func (s *studio) reconstruct() []session.Command {
	n := s.mask.Count()
	if s.picture == nil || n == 0 {
		s.result, s.reconstruction, s.composite = nil, s.pixels, s.pixels
		return nil
	}
	if s.weights == nil || n == len(s.mask.Hidden) {
		return nil
	}
	c := s.command(session.Command{Do: session.DoReconstruct, Hidden: s.mask.Bits()})
	s.wantID = c.ID
	return []session.Command{c}
}

// busy reports whether an answer is still to come.
func (s *studio) busy() bool { return s.gotID < s.wantID && !s.stopped }

// live reports whether there is a picture to paint on.
func (s *studio) live() bool { return s.picture != nil }

// status says in a few words what goes on.
func (s *studio) status() string {
	switch {
	case s.stopped:
		return "The engine has stopped."
	case !s.ready:
		return "Starting the engine…"
	case s.weights == nil && s.progress != nil && s.progress.Total > 0:
		return fmt.Sprintf("Loading the network: %.1f of %.1f MB", s.progress.Done, s.progress.Total)
	case s.weights == nil && s.progress != nil:
		return fmt.Sprintf("Loading the network: %.1f MB", s.progress.Done)
	case s.weights == nil:
		return "Waiting for the network's weights."
	case s.picture == nil:
		return "Drop, paste or choose a picture."
	case s.mask.Count() == 0:
		return "Nothing is hidden. Hide some patches to see the network at work."
	case s.mask.Count() == len(s.mask.Hidden):
		return "Every patch is hidden. Show at least one."
	case s.result == nil:
		return "Reconstructing…"
	}
	return "Ready. Paint on the original to hide or show patches."
}

// coverage says how much is hidden: "30 of 49 patches hidden (61 %)".
func (s *studio) coverage() string {
	all := len(s.mask.Hidden)
	if all == 0 {
		return "No picture yet"
	}
	n := s.mask.Count()
	return fmt.Sprintf("%d of %d patches hidden (%.0f %%)", n, all, 100*float64(n)/float64(all))
}
