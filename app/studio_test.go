package app

import (
	"bytes"
	"slices"
	"testing"

	"unmask/internal/device"
	"unmask/session"
)

// picture3x5 answers a DoPicture with an empty picture of 3 x 5 patches.
func picture3x5(id int) session.Event {
	return session.Event{
		ID: id, Kind: session.EvPicture,
		Picture: &session.PictureInfo{Name: "a.png", Width: 160, Height: 96, Rows: 3, Cols: 5},
		Blobs:   [][]byte{make([]byte, 4*160*96)},
	}
}

func reconstruction(id int) session.Event {
	return session.Event{
		ID: id, Kind: session.EvReconstruction,
		Reconstruction: &session.Reconstruction{PSNR: 20 + float64(id)},
		Blobs:          [][]byte{{1}, {2}},
	}
}

func failure(id int, code string) session.Event {
	return session.Event{ID: id, Kind: session.EvError, Error: &session.Problem{Text: "It broke.", Code: code}}
}

func weightsLoaded() session.Event {
	return session.Event{Kind: session.EvWeights, Weights: &session.WeightsInfo{Name: "atto"}}
}

func actions(commands []session.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Do)
	}
	return names
}

// wantActions fails unless commands are the named ones, in order.
func wantActions(t *testing.T, what string, commands []session.Command, want ...string) {
	t.Helper()
	if got := actions(commands); !slices.Equal(got, want) {
		t.Fatalf("%s: sends %q, want %q", what, got, want)
	}
}

// working is a studio with an engine, weights and a picture of 3 x 5 patches
// whose first reconstruction was answered.
func working(t *testing.T) *studio {
	t.Helper()
	s := newStudio()
	s.handle(session.Event{Kind: session.EvReady})
	s.handle(session.Event{Kind: session.EvDevice, Device: &device.Info{Kind: "gpu", Name: "A GPU"}})
	s.handle(weightsLoaded())
	opened := s.open("a.png", []byte("picture"))
	wantActions(t, "open", opened, session.DoPicture)
	asked := s.handle(picture3x5(opened[0].ID))
	wantActions(t, "picture", asked, session.DoReconstruct)
	if len(asked[0].Hidden) != 15 {
		t.Fatalf("the mask sent has %d bits, want 15", len(asked[0].Hidden))
	}
	s.handle(reconstruction(asked[0].ID))
	return s
}

func TestPictureBeforeTheEngineRuns(t *testing.T) {
	s := newStudio()
	wantActions(t, "open", s.open("a.png", []byte("picture")))
	first := s.handle(session.Event{Kind: session.EvReady})
	wantActions(t, "ready", first, session.DoOpen, session.DoPicture)
	if string(first[1].Blob) != "picture" || first[1].Name != "a.png" || first[1].Size != pictureSize {
		t.Errorf("the picture command is %+v", first[1])
	}
	wantActions(t, "picture without weights", s.handle(picture3x5(first[1].ID)))
	wantActions(t, "weights", s.handle(weightsLoaded()), session.DoReconstruct)
}

func TestMaskOfSixtyPercent(t *testing.T) {
	s := working(t)
	// int(15 * 0.4) patches stay.
	if got, want := s.coverage(), "9 of 15 patches hidden (60 %)"; got != want {
		t.Errorf("coverage is %q, want %q", got, want)
	}
}

func TestPictureOfTheSameShapeKeepsTheMask(t *testing.T) {
	s := working(t)
	before := s.mask.Bits()
	s.seed = 99 // would draw another mask
	opened := s.open("b.png", []byte("other"))
	s.handle(picture3x5(opened[0].ID))
	if got := s.mask.Bits(); got != before {
		t.Errorf("the mask became %s, want %s", got, before)
	}
}

func TestAnswersOutOfTime(t *testing.T) {
	s := working(t)
	old := s.wantID
	opened := s.open("b.png", []byte("other"))
	s.open("c.png", []byte("third"))
	wantActions(t, "an overtaken picture", s.handle(picture3x5(opened[0].ID)))
	s.handle(picture3x5(s.pictureID))
	s.handle(reconstruction(old))
	if s.result != nil {
		t.Errorf("an answer about an earlier picture is shown: %+v", s.result)
	}
	if !s.busy() {
		t.Error("not busy while the newest mask is unanswered")
	}
	s.handle(reconstruction(s.wantID))
	if s.result == nil || s.busy() {
		t.Errorf("after the answer: result %v, busy %v", s.result, s.busy())
	}
}

func TestNothingToAsk(t *testing.T) {
	s := working(t)
	s.clear()
	wantActions(t, "nothing hidden", s.reconstruct())
	if s.result != nil || !bytes.Equal(s.composite, s.pixels) {
		t.Error("with nothing hidden the composite is not the picture")
	}
	if got, want := s.status(), "Nothing is hidden. Hide some patches to see the network at work."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	s.mask = s.mask.Invert()
	wantActions(t, "all hidden", s.reconstruct())
	if got, want := s.status(), "Every patch is hidden. Show at least one."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
}

func TestProblems(t *testing.T) {
	cases := []struct {
		code              string
		stopped, restarts bool
	}{
		{"picture", false, false},
		{"weights", false, false},
		{"mask", false, false},
		{"memory", false, true},
		{"internal", false, true},
		{"device", true, true},
		{CodeStopped, true, true},
	}
	for _, c := range cases {
		s := working(t)
		s.handle(failure(s.lastID, c.code))
		if s.problem == nil || s.stopped != c.stopped || s.restartHelps() != c.restarts {
			t.Errorf("%s: problem %v, stopped %v, restart helps %v; want stopped %v, restart helps %v",
				c.code, s.problem, s.stopped, s.restartHelps(), c.stopped, c.restarts)
		}
	}
}

func TestBrokenPictureLeavesTheShownOne(t *testing.T) {
	s := working(t)
	opened := s.open("broken.jpg", []byte("no picture"))
	s.handle(failure(opened[0].ID, "picture"))
	if s.picture == nil || s.picture.Name != "a.png" {
		t.Fatalf("the picture shown is %+v, want a.png", s.picture)
	}
	if s.fileName != "a.png" || string(s.file) != "picture" {
		t.Errorf("a restart would open %q", s.fileName)
	}
}

func TestRestartReplays(t *testing.T) {
	s := working(t)
	before := s.mask.Bits()
	s.handle(failure(s.lastID, "device"))
	if got, want := s.status(), "The engine has stopped."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	s.restarted()
	if s.problem != nil || s.stopped || s.busy() {
		t.Errorf("after the restart: problem %v, stopped %v, busy %v", s.problem, s.stopped, s.busy())
	}
	first := s.handle(session.Event{Kind: session.EvReady})
	wantActions(t, "ready", first, session.DoOpen, session.DoPicture)
	s.handle(weightsLoaded())
	asked := s.handle(picture3x5(first[1].ID))
	wantActions(t, "picture", asked, session.DoReconstruct)
	if asked[0].Hidden != before {
		t.Errorf("the mask became %s, want %s", asked[0].Hidden, before)
	}
}

func TestStatusWhileLoading(t *testing.T) {
	s := newStudio()
	want := func(text string) {
		t.Helper()
		if got := s.status(); got != text {
			t.Errorf("status is %q, want %q", got, text)
		}
	}
	want("Starting the engine…")
	s.handle(session.Event{Kind: session.EvReady})
	want("Waiting for the network's weights.")
	s.progress = &session.Progress{Done: 3.21, Total: 7.54, Unit: "MB"}
	want("Loading the network: 3.2 of 7.5 MB")
	s.progress = &session.Progress{Done: 3.21, Unit: "MB"}
	want("Loading the network: 3.2 MB")
	s.handle(weightsLoaded())
	want("Drop, paste or choose a picture.")
}
