package app

import (
	"bytes"
	"slices"
	"testing"

	"unmask/data"
	"unmask/session"
)

// sweepAnswer is step i of the strip that a command asked for, on 3 x 5 patches.
func sweepAnswer(t *testing.T, s *studio, r request, i int) session.Event {
	t.Helper()
	m, err := data.RandomMask(3, 5, r.Ratios[i], r.Seed)
	if err != nil {
		t.Fatal(err)
	}
	return session.Event{ID: r.ID, Kind: session.EvSweep,
		Sweep:          &session.SweepStep{Index: i, Total: len(r.Ratios), Ratio: r.Ratios[i], Hidden: m.Bits()},
		Reconstruction: &session.Reconstruction{PSNR: float64(30 - i)},
		Blobs:          [][]byte{bytes.Repeat([]byte{byte(i)}, len(s.pixels))}}
}

func wholeAnswer(s *studio, id int) session.Event {
	return session.Event{ID: id, Kind: session.EvWhole, Whole: &session.Whole{Masks: wholeMasks, Ratio: s.ratio, Seed: s.seed, PSNR: 21},
		Blobs: [][]byte{make([]byte, len(s.pixels))}}
}

func TestSweepComesStepByStep(t *testing.T) {
	s := working(t)
	s.seed = 8
	asked := s.askSweep()
	wantActions(t, "a sweep", asked, session.DoSweep)
	if r := asked[0]; r.Seed != 8 || !slices.Equal(r.Ratios, sweepRatios) || !s.busy() {
		t.Errorf("asks for seed %d, ratios %v; busy %v", r.Seed, r.Ratios, s.busy())
	}
	s.handle(sweepAnswer(t, s, asked[0], 0))
	if got, want := s.status(), "Reconstructing at every ratio: 1 of 9"; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	if len(s.frames()) != 3 {
		t.Error("an animation shows half a strip")
	}
	for i := 1; i < len(sweepRatios); i++ {
		s.handle(sweepAnswer(t, s, asked[0], i))
	}
	if s.busy() || !s.sweepDone() || s.sweep.steps[3].psnr != 27 || s.sweep.steps[3].composite[0] != 3 {
		t.Errorf("at the end: busy %v, %d steps", s.busy(), len(s.sweep.steps))
	}
	if f := s.frames(); len(f) != 9 || f[8].text != "90 % hidden · PSNR 22.0 dB" || f[0].ms != stepMS || f[8].ms != longMS {
		t.Errorf("%d frames, the last %q", len(f), f[len(f)-1].text)
	}
	// A step of the strip becomes the mask, as one step to undo.
	before := s.mask.Bits()
	s.chooseStep(7)
	if s.mask.Bits() != s.sweep.steps[7].mask.Bits() || s.ratio != 0.8 {
		t.Errorf("the mask is %s of ratio %v", s.mask.Bits(), s.ratio)
	}
	if !s.undo() || s.mask.Bits() != before {
		t.Error("choosing a step cannot be undone")
	}
}

func TestJobsEnd(t *testing.T) {
	for name, end := range map[string]func(s *studio, id int) []string{
		"cancelled by people": func(s *studio, id int) []string { return actions(s.cancel()) },
		"cancelled by the engine": func(s *studio, id int) []string {
			s.handle(session.Event{ID: id, Kind: session.EvCancelled})
			return []string{session.DoCancel}
		},
		"failed": func(s *studio, id int) []string {
			s.handle(failure(id, "memory"))
			return []string{session.DoCancel}
		},
		"lost with the engine": func(s *studio, id int) []string {
			s.handle(failure(0, CodeStopped))
			s.start()
			return []string{session.DoCancel}
		},
	} {
		s := working(t)
		sweep := s.askSweep()[0]
		if got := end(s, sweep.ID); !slices.Equal(got, []string{session.DoCancel}) || s.sweep.id != 0 {
			t.Errorf("a sweep, %s: sends %q, goes on: %v", name, got, s.sweep.id != 0)
		}
		s.handle(sweepAnswer(t, s, sweep, 0))
		if len(s.sweep.steps) != 0 {
			t.Errorf("a sweep, %s: a late answer is shown", name)
		}
		s = working(t)
		whole := s.show(lookWhole)
		wantActions(t, "many masks", whole, session.DoWhole)
		if got := end(s, whole[0].ID); !slices.Equal(got, []string{session.DoCancel}) || s.whole.id != 0 {
			t.Errorf("many masks, %s: sends %q, goes on: %v", name, got, s.whole.id != 0)
		}
		s.handle(wholeAnswer(s, whole[0].ID))
		if s.whole.rgba != nil {
			t.Errorf("many masks, %s: a late answer is shown", name)
		}
	}
	s := working(t)
	if len(s.cancel()) != 0 {
		t.Error("cancels what is not there")
	}
	s.sweep.id, s.whole.id = 3, 4
	if r := s.cancel(); len(r) != 2 || r[0].Job != 3 || r[1].Job != 4 || s.busy() {
		t.Errorf("of two jobs it cancels %+v", r)
	}
}

func TestManyMasks(t *testing.T) {
	s := working(t)
	s.ratio = 0.05 // of which eight masks would not hide every patch
	asked := s.show(lookWhole)
	if r := asked[0]; r.Ratio != wholeLeast || r.Masks != wholeMasks || r.Seed != s.seed {
		t.Errorf("asks for %+v", r.Command)
	}
	s.handle(session.Event{ID: asked[0].ID, Kind: session.EvProgress, Progress: &session.Progress{Done: 3, Total: 8}})
	if got, want := s.status(), "Averaging over many masks: 3 of 8"; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	wantActions(t, "looking elsewhere and back", append(s.show(lookError), s.show(lookWhole)...))
	s.handle(wholeAnswer(s, asked[0].ID))
	if s.whole.info == nil || s.busy() {
		t.Error("the answer is not shown")
	}
	wantActions(t, "looking again", s.show(lookWhole))
}

// What people look at follows the picture; the rest is forgotten.
func TestJobsFollowThePicture(t *testing.T) {
	s := working(t)
	s.sweep.open = true
	sweep := s.askSweep()[0]
	for i := range sweepRatios {
		s.handle(sweepAnswer(t, s, sweep, i))
	}
	next := func() []request { return s.handle(picture3x5(s.open(source{"blob:b", "b.png"})[0].ID)) }
	wantActions(t, "with an open strip", next(), session.DoReconstruct, session.DoSweep)
	if len(s.sweep.steps) != 0 {
		t.Error("the strip of the last picture is still there")
	}
	s.show(lookWhole)
	both := next()
	wantActions(t, "with many masks as well", both, session.DoReconstruct, session.DoWhole)
	wantActions(t, "then the strip", s.handle(wholeAnswer(s, both[1].ID)), session.DoSweep)
	s.look, s.sweep.open = lookFilled, false
	wantActions(t, "with neither", next(), session.DoReconstruct)
}

func TestNothingToAskOfJobs(t *testing.T) {
	s := newStudio()
	s.start()
	wantActions(t, "without a picture", append(s.askSweep(), s.askWhole()...))
	s = working(t)
	s.weights.HasDecoder = false
	wantActions(t, "without a decoder", append(s.askSweep(), s.show(lookWhole)...))
}

func TestAnimation(t *testing.T) {
	s := working(t)
	s.result.PSNR = 20.5
	f := s.frames()
	if len(f) != 3 || f[2].text != "Filled in by Unmask · PSNR 20.5 dB" {
		t.Fatalf("%d frames, the last %q", len(f), f[2].text)
	}
	r := s.animate(session.Command{Width: 4, Height: 3})
	wantActions(t, "an animation", r, session.DoAnimate)
	if s.animationID != r[0].ID || r[0].Width != 4 {
		t.Errorf("%+v", r[0].Command)
	}
	s.handle(failure(r[0].ID, "internal"))
	if s.animationID != 0 || s.problem == nil {
		t.Error("an animation that failed is still waited for")
	}
}
