package desktop

import (
	"image"
	"math"
	"math/rand/v2"

	"unmask/data"
	"unmask/session"
)

// Limits of what controls choose.
const (
	maxRatio = 0.95
	maxSeed  = 999999
	maxBrush = 5 // patches
)

// studio is the picture in hand, its mask and what was answered.
type studio struct {
	files []string // pictures of the folder that was opened, or one picture
	at    int      // the one that is shown or on its way

	weights *session.WeightsInfo
	net     string // file of the weights that were asked for last; "": those of Unmask
	netWas  string // of those in force

	picture *session.PictureInfo
	path    string // of picture; "": none
	pixels  *image.RGBA

	mask    data.Mask
	ratio   float64
	seed    uint64
	brush   int // side in patches
	row     int // of the patch under mouse or keyboard
	col     int
	over    bool // row, col are to be marked
	sliding bool // original and composite behind a slider
	split   float64

	result         *session.Reconstruction
	masked         *image.RGBA
	reconstruction *image.RGBA // visible patches greyed
	bare           *image.RGBA // what the network says everywhere
	composite      *image.RGBA
	answers        int

	pictureID, gotID    int // newest DoPicture, and the newest that ended
	weightsID, loadedID int
	wantID, answeredID  int // DoReconstruct
}

func newStudio(o Options) studio {
	return studio{ratio: o.Ratio, seed: o.Seed, brush: 1, split: 0.5}
}

// busy reports whether an answer is still to come.
func (s *studio) busy() bool {
	return s.gotID < s.pictureID || s.loadedID < s.weightsID || s.answeredID < s.wantID
}

// live reports whether there is a picture to paint on.
func (s *studio) live() bool { return s.picture != nil }

// status says in a few words what goes on.
func (a *App) status() string {
	s := &a.studio
	switch {
	case a.device == nil:
		return "Starting the engine…"
	case s.loadedID < s.weightsID:
		return "Loading the network…"
	case s.gotID < s.pictureID:
		return "Opening the picture…"
	case s.weights == nil:
		return "There is no network yet: drop a weights file."
	case s.picture == nil:
		return "Drop a photo, a folder, weights or a run."
	case !s.weights.HasDecoder:
		return "These weights have no decoder, so they cannot fill anything in."
	case s.mask.Count() == 0:
		return "Nothing is hidden. Hide some patches to see the network at work."
	case s.mask.Count() == len(s.mask.Hidden):
		return "Every patch is hidden. Show at least one."
	case s.result == nil && !s.busy():
		return "The network did not answer."
	case s.result == nil && s.answers == 0:
		return "Preparing the network for this device…"
	case s.result == nil:
		return "Reconstructing…"
	case s.sliding:
		return "Ready. Drag the line to compare."
	}
	return "Ready. Paint on the original: left hides, right shows."
}

// coverage says how much is hidden.
func (s *studio) coverage() string { return session.Coverage(s.mask) }

// grow changes the size of the brush.
func (s *studio) grow(by int) { s.brush = min(max(s.brush+by, 1), maxBrush) }

// setMask takes a mask and asks for what it hides.
func (a *App) setMask(m data.Mask) {
	if a.studio.live() {
		a.studio.mask = m
		a.maskChanged()
	}
}

func (a *App) clearMask() {
	if s := &a.studio; s.live() {
		a.setMask(data.NewMask(s.mask.Rows, s.mask.Cols))
	}
}

func (a *App) setRatio(r float64) {
	a.studio.ratio = min(max(math.Round(r*20)/20, 0), maxRatio)
	a.randomMask()
}

func (a *App) setSeed(seed uint64) {
	a.studio.seed = min(seed, maxSeed)
	a.randomMask()
}

func (a *App) anotherMask() { a.setSeed(rand.Uint64N(maxSeed + 1)) }

// randomMask draws the mask of the ratio and seed in force.
func (a *App) randomMask() {
	if s := &a.studio; s.live() {
		a.setMask(s.random(s.picture.Rows, s.picture.Cols))
	}
}

func (s *studio) random(rows, cols int) data.Mask {
	m, err := data.RandomMask(rows, cols, s.ratio, s.seed)
	if err != nil {
		panic("BUG: desktop: " + err.Error())
	}
	return m
}

// maskChanged shows the mask at once and asks the engine for the rest.
func (a *App) maskChanged() {
	s := &a.studio
	s.masked = masked(s.pixels, s.mask)
	a.dirty = true
	a.reconstruct()
	a.askFeatures()
}

// reconstruct asks for the hidden patches, where there is anything to ask.
func (a *App) reconstruct() {
	s := &a.studio
	if s.picture == nil || s.gotID < s.pictureID {
		return // the next picture asks when it is there
	}
	n, all := s.mask.Count(), len(s.mask.Hidden)
	if n == 0 {
		s.result, s.composite = nil, s.pixels
		s.reconstruction = masked(s.pixels, s.mask.Invert())
		return
	}
	if s.weights == nil || !s.weights.HasDecoder || n == all {
		s.result, s.reconstruction, s.composite = nil, nil, nil
		return
	}
	s.wantID = a.engine.send(session.Command{Do: session.DoReconstruct, Hidden: s.mask.Bits()})
}
