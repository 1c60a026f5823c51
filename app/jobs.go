package app

import (
	"fmt"

	"unmask/data"
	"unmask/session"
)

// sweepRatios are the hidden parts of the strip.
var sweepRatios = []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}

// wholeMasks is how many masks the whole picture is averaged over.
const wholeMasks = 8

// The hidden part of these masks: fewer than eight tenths of them must show a
// patch, and a network that sees next to nothing says nothing.
const (
	wholeLeast = 0.3
	wholeMost  = 0.9
)

// sweep is a strip of reconstructions, one for each of sweepRatios.
type sweep struct {
	open  bool // people look at it: it follows the picture
	id    int  // of the command under way, or 0
	seed  uint64
	steps []sweepStep
}

type sweepStep struct {
	ratio      float64
	mask       data.Mask
	composite  []byte // RGBA
	psnr, ssim float64
}

// whole is a picture of predictions alone, averaged over many masks.
type whole struct {
	id   int // of the command under way, or 0
	done int // masks
	info *session.Whole
	rgba []byte
}

// canJob reports whether there is a picture in hand and an engine that fills it in.
func (s *studio) canJob() bool {
	return s.picture != nil && !s.opening() && s.answering() && !s.stopped
}

// askSweep asks for the strip, where there is something to ask.
func (s *studio) askSweep() []request {
	if !s.canJob() {
		return nil
	}
	r := s.command(session.Command{Do: session.DoSweep, Ratios: sweepRatios, Seed: s.seed})
	s.sweep.id, s.sweep.seed, s.sweep.steps = r.ID, s.seed, nil
	return []request{r}
}

// askWhole asks for the whole picture with the ratio and seed in force.
func (s *studio) askWhole() []request {
	if !s.canJob() {
		return nil
	}
	r := s.command(session.Command{Do: session.DoWhole, Ratio: s.wholeRatio(), Seed: s.seed, Masks: wholeMasks})
	s.whole = whole{id: r.ID}
	return []request{r}
}

// wholeRatio is the slider's, within what makes sense.
func (s *studio) wholeRatio() float64 { return min(max(s.ratio, wholeLeast), wholeMost) }

// cancel ends the jobs under way.
func (s *studio) cancel() []request {
	var r []request
	for _, id := range []*int{&s.sweep.id, &s.whole.id} {
		if *id != 0 {
			r = append(r, s.command(session.Command{Do: session.DoCancel, Job: *id}))
			*id = 0
		}
	}
	return r
}

// forgetJobs drops what was computed of an earlier picture or network and asks
// anew for what people look at.
func (s *studio) forgetJobs() []request {
	s.sweep.id, s.sweep.steps, s.whole = 0, nil, whole{}
	var r []request
	if s.look == lookWhole {
		r = append(r, s.askWhole()...)
	}
	if s.sweep.open && len(r) == 0 { // one at a time: a job ends the one before
		r = append(r, s.askSweep()...)
	}
	return r
}

// handleJob takes an event of a sweep or a whole picture; false if it is neither.
func (s *studio) handleJob(e session.Event) ([]request, bool) {
	switch e.Kind {
	case session.EvSweep:
		s.takeSweep(e)
	case session.EvWhole:
		if e.ID == s.whole.id && e.Whole != nil && len(e.Blobs) > 0 && len(e.Blobs[0]) == len(s.pixels) {
			s.whole = whole{info: e.Whole, rgba: e.Blobs[0]}
			if s.sweep.open && len(s.sweep.steps) == 0 && s.sweep.id == 0 {
				return s.askSweep(), true
			}
		}
	case session.EvCancelled:
		s.endJob(e.ID)
	default:
		return nil, false
	}
	return nil, true
}

func (s *studio) takeSweep(e session.Event) {
	if e.ID != s.sweep.id || e.Sweep == nil || e.Reconstruction == nil || len(e.Blobs) == 0 || len(e.Blobs[0]) != len(s.pixels) {
		return
	}
	m, err := data.ParseMask(e.Sweep.Hidden, s.mask.Rows, s.mask.Cols)
	if err != nil {
		return // of a picture that is gone
	}
	r := e.Reconstruction
	s.sweep.steps = append(s.sweep.steps, sweepStep{ratio: e.Sweep.Ratio, mask: m, composite: e.Blobs[0], psnr: r.PSNR, ssim: r.SSIM})
	if e.Sweep.Index == e.Sweep.Total-1 {
		s.sweep.id = 0
	}
}

// endJob marks a job as ended, done or not; it reports whether there was one.
func (s *studio) endJob(id int) bool {
	switch {
	case id == 0:
	case id == s.sweep.id:
		s.sweep.id = 0
		return true
	case id == s.whole.id:
		s.whole.id = 0
		return true
	}
	return false
}

// jobStatus says what goes on, or "".
func (s *studio) jobStatus() string {
	switch {
	case s.sweep.id != 0:
		return fmt.Sprintf("Reconstructing at every ratio: %d of %d", len(s.sweep.steps), len(sweepRatios))
	case s.whole.id != 0:
		return fmt.Sprintf("Averaging over many masks: %d of %d", s.whole.done, wholeMasks)
	}
	return ""
}
