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

// source is a file that the engine's side fetches: of the site, or the object
// URL of a file that people gave.
type source struct{ url, name string }

// request is a command to send; with urls, its blobs are the files there.
type request struct {
	session.Command
	urls []string
}

// studio is the state of the page without any of the browser: what is loaded,
// what is hidden, what was answered. Its methods return the requests to send.
type studio struct {
	prefer     string // auto, gpu or cpu
	ready      bool   // the engine runs
	stopped    bool   // the engine failed; only a restart helps
	device     *device.Info
	deviceNote string         // why it is this device, or has its default kernels
	tuned      *session.Tuned // what picks its kernels, nil: the defaults

	file, shownFile source // the newest picture, and the one that is shown
	net, shownNet   source // the newest weights, and those in force
	weights         *session.WeightsInfo

	picture *session.PictureInfo
	pixels  []byte // RGBA of picture, Height * Width * 4

	mask      data.Mask
	ratio     float64 // of the random mask
	seed      uint64
	brush     data.Brush
	brushSize int
	history   history
	linked    *link // waits for a picture

	animationID int // of the animation under way, or 0

	look  look
	sweep sweep
	whole whole

	result         *session.Reconstruction
	answered       data.Mask // what the result hid
	reconstruction []byte    // RGBA; visible patches painted over
	composite      []byte    // RGBA
	answers        int       // of this engine; the first compiles the kernels

	problem  *session.Problem
	note     string
	read     string // the note that was dismissed
	progress *session.Progress

	lastID              int // of the newest command
	pictureID, gotID    int // of the newest DoPicture and the newest that ended
	weightsID, loadedID int // of the newest DoWeights and the newest that ended
	wantID, answeredID  int // of the newest DoReconstruct and the newest that ended
}

// defaultNet is the network that comes with the site.
var defaultNet = source{WeightsPath, "atto.safetensors"}

// The random mask to begin with.
const (
	firstRatio = 0.6
	firstSeed  = 1
)

func newStudio() *studio {
	return &studio{prefer: "auto", ratio: firstRatio, seed: firstSeed, brushSize: 1, net: defaultNet, shownNet: defaultNet}
}

// command numbers a command.
func (s *studio) command(c session.Command, urls ...string) request {
	s.lastID++
	c.ID = s.lastID
	return request{c, urls}
}

// start greets a new engine with what people have in hand. Of an earlier engine
// it forgets what that one knew and keeps what people did.
func (s *studio) start() []request {
	s.ready, s.stopped, s.answers = false, false, 0
	s.device, s.weights, s.progress, s.problem, s.result = nil, nil, nil, nil, nil
	s.answeredID = s.wantID
	s.sweep.id, s.whole.id, s.animationID = 0, 0, 0
	first := session.Command{Do: session.DoOpen, Prefer: s.prefer}
	if s.net == defaultNet {
		first.Warm = "atto"
	}
	open := s.command(first)
	return append([]request{open, s.weightsRequest()}, s.pictureRequest()...)
}

// open takes a picture in hand.
func (s *studio) open(file source) []request {
	s.file = file
	if s.problem != nil && s.problem.Code == "picture" {
		s.problem = nil // of an earlier picture
	}
	if s.stopped {
		return nil
	}
	return s.pictureRequest()
}

func (s *studio) pictureRequest() []request {
	if s.file.url == "" {
		return nil
	}
	r := s.command(session.Command{Do: session.DoPicture, Name: s.file.name, Size: pictureSize}, s.file.url)
	s.pictureID = r.ID
	return []request{r}
}

// load takes other weights in hand.
func (s *studio) load(file source) []request {
	s.net = file
	if s.problem != nil && s.problem.Code == "weights" {
		s.problem = nil
	}
	if s.stopped {
		return nil
	}
	return []request{s.weightsRequest()}
}

func (s *studio) weightsRequest() request {
	r := s.command(session.Command{Do: session.DoWeights, Name: s.net.name}, s.net.url)
	s.weightsID = r.ID
	return r
}

// reconstruct asks for the hidden patches, where there is anything to ask: a
// picture, weights that can answer, and both hidden and visible patches.
func (s *studio) reconstruct() []request {
	n, all := s.mask.Count(), len(s.mask.Hidden)
	if s.picture == nil || s.opening() {
		return nil // the next picture asks when it is there
	}
	if n == 0 {
		s.result, s.composite = nil, s.pixels
		s.reconstruction = maskedPixels(s.pixels, s.mask.Invert())
		return nil
	}
	if !s.answering() || n == all {
		s.result, s.reconstruction, s.composite = nil, nil, nil
		return nil
	}
	r := s.command(session.Command{Do: session.DoReconstruct, Hidden: s.mask.Bits()})
	s.wantID = r.ID
	return []request{r}
}

// answering reports whether there are weights that fill in hidden patches.
func (s *studio) answering() bool { return s.weights != nil && s.weights.HasDecoder }

// waiting reports whether an answer about the mask is still to come.
func (s *studio) waiting() bool { return s.answeredID < s.wantID && !s.stopped }

// loading reports whether weights are on their way.
func (s *studio) loading() bool { return s.loadedID < s.weightsID && !s.stopped }

// opening reports whether a picture is on its way.
func (s *studio) opening() bool { return s.gotID < s.pictureID && !s.stopped }

// busy reports whether anything is still to come.
func (s *studio) busy() bool {
	return s.waiting() || s.loading() || s.opening() || !s.stopped && s.jobStatus() != ""
}

// live reports whether there is a picture to paint on.
func (s *studio) live() bool { return s.picture != nil }

// status says in a few words what goes on.
func (s *studio) status() string {
	switch {
	case s.stopped:
		return "The engine has stopped."
	case !s.ready && s.problem == nil:
		return "Starting the engine…"
	case s.loading() && s.progress != nil && s.progress.Total > 0:
		return fmt.Sprintf("Loading the network: %.1f of %.1f MB", s.progress.Done, s.progress.Total)
	case s.loading() && s.progress != nil:
		return fmt.Sprintf("Loading the network: %.1f MB", s.progress.Done)
	case s.loading():
		return "Loading the network…"
	case s.opening():
		return "Opening the picture…"
	case s.weights == nil:
		return "There is no network yet."
	case s.picture == nil:
		return "Drop, paste or choose a picture."
	case !s.weights.HasDecoder:
		return "These weights have no decoder, so they cannot fill anything in."
	case s.mask.Count() == 0:
		return "Nothing is hidden. Hide some patches to see the network at work."
	case s.mask.Count() == len(s.mask.Hidden):
		return "Every patch is hidden. Show at least one."
	case s.waiting() && s.answers == 0:
		return "Preparing the network for this device…"
	case s.result == nil:
		return "Reconstructing…"
	case s.jobStatus() != "":
		return s.jobStatus()
	}
	return "Ready. Paint on the original to hide or show patches."
}

// coverage says how much is hidden.
func (s *studio) coverage() string { return session.Coverage(s.mask) }
