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

// reconstruction answers a DoReconstruct whose mask shows the first two of 3 x 5
// patches; all its pixels are 200.
func reconstruction(id int) session.Event {
	grey := bytes.Repeat([]byte{200}, 4*160*96)
	return session.Event{
		ID: id, Kind: session.EvReconstruction,
		Reconstruction: &session.Reconstruction{PSNR: 20 + float64(id), Visible: []int{0, 1}},
		Blobs:          [][]byte{grey, grey},
	}
}

func failure(id int, code string) session.Event {
	return session.Event{ID: id, Kind: session.EvError, Error: &session.Problem{Text: "It broke.", Code: code}}
}

func weightsLoaded(id int) session.Event {
	return session.Event{ID: id, Kind: session.EvWeights,
		Weights: &session.WeightsInfo{Name: "atto.safetensors", Model: "atto", Params: 7_300_000, HasDecoder: true}}
}

func actions(requests []request) []string {
	var names []string
	for _, r := range requests {
		names = append(names, r.Do)
	}
	return names
}

// wantActions fails unless requests are the named ones, in order.
func wantActions(t *testing.T, what string, requests []request, want ...string) {
	t.Helper()
	if got := actions(requests); !slices.Equal(got, want) {
		t.Fatalf("%s: sends %q, want %q", what, got, want)
	}
}

// working is a studio with an engine, weights and a picture of 3 x 5 patches
// whose first reconstruction was answered.
func working(t *testing.T) *studio {
	t.Helper()
	s := newStudio()
	greeting := s.start()
	s.handle(session.Event{Kind: session.EvReady})
	s.handle(session.Event{Kind: session.EvDevice, Device: &device.Info{Kind: "gpu", Name: "A GPU"}})
	s.handle(weightsLoaded(greeting[1].ID))
	opened := s.open(source{"blob:a", "a.png"})
	wantActions(t, "open", opened, session.DoPicture)
	asked := s.handle(picture3x5(opened[0].ID))
	wantActions(t, "picture", asked, session.DoReconstruct)
	if len(asked[0].Hidden) != 15 {
		t.Fatalf("the mask sent has %d bits, want 15", len(asked[0].Hidden))
	}
	s.handle(reconstruction(asked[0].ID))
	return s
}

func TestGreeting(t *testing.T) {
	s := newStudio()
	wantActions(t, "without a picture", s.start(), session.DoOpen, session.DoWeights)
	wantActions(t, "open", s.open(source{"blob:a", "a.png"}), session.DoPicture)
	first := s.start()
	wantActions(t, "with a picture", first, session.DoOpen, session.DoWeights, session.DoPicture)
	if first[1].urls[0] != WeightsPath || first[2].urls[0] != "blob:a" || first[2].Name != "a.png" || first[2].Size != pictureSize {
		t.Errorf("the greeting is %+v", first)
	}
	wantActions(t, "picture without weights", s.handle(picture3x5(first[2].ID)))
	wantActions(t, "weights", s.handle(weightsLoaded(first[1].ID)), session.DoReconstruct)
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
	opened := s.open(source{"blob:b", "b.png"})
	s.handle(picture3x5(opened[0].ID))
	if got := s.mask.Bits(); got != before {
		t.Errorf("the mask became %s, want %s", got, before)
	}
}

func TestAnswersOutOfTime(t *testing.T) {
	s := working(t)
	old := s.wantID
	opened := s.open(source{"blob:b", "b.png"})
	s.open(source{"blob:c", "c.png"})
	wantActions(t, "a mask while a picture is on its way", s.reconstruct())
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
	if s.reconstruction != nil || s.composite != nil {
		t.Error("with all hidden there is still a reconstruction")
	}
	if got, want := s.status(), "Every patch is hidden. Show at least one."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
}

// The network is not trained to say anything of patches that it sees.
func TestVisiblePatchesAreQuiet(t *testing.T) {
	s := working(t)
	for _, c := range []struct {
		name string
		x, y int
		want byte
	}{
		{"inside a visible patch", 40, 16, quietRGB[0]},
		{"at its edge", 63, 16, frameRGB[0]},
		{"in a hidden patch", 64, 16, 200},
		{"in the next row", 40, 32, 200},
	} {
		if got := s.reconstruction[4*(c.y*160+c.x)]; got != c.want {
			t.Errorf("%s: red is %d, want %d", c.name, got, c.want)
		}
	}
	if got := s.composite[4*(16*160+40)]; got != 200 {
		t.Errorf("the composite became %d, want 200", got)
	}
}

func TestOtherWeights(t *testing.T) {
	s := working(t)
	loads := s.load(source{"blob:w", "mine.pth"})
	wantActions(t, "load", loads, session.DoWeights)
	s.handle(session.Event{ID: loads[0].ID, Kind: session.EvProgress, Progress: &session.Progress{Done: 1, Total: 4, Unit: "MB"}})
	if got, want := s.status(), "Loading the network: 1.0 of 4.0 MB"; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	wantActions(t, "a mask meanwhile", s.reconstruct(), session.DoReconstruct)
	wantActions(t, "loaded", s.handle(weightsLoaded(loads[0].ID)), session.DoReconstruct)
	if first := s.start(); first[1].urls[0] != "blob:w" || first[1].Name != "mine.pth" {
		t.Errorf("a restart loads %+v", first[1])
	}
}

func TestBrokenWeightsLeaveTheOldOnes(t *testing.T) {
	s := working(t)
	loads := s.load(source{"blob:w", "broken.pth"})
	s.handle(failure(loads[0].ID, "weights"))
	if s.problem == nil || s.loading() || s.weights == nil {
		t.Errorf("problem %v, loading %v, weights %v", s.problem, s.loading(), s.weights)
	}
	if s.restartHelps() {
		t.Error("a restart is offered, with weights in force")
	}
	if first := s.start(); first[1].urls[0] != WeightsPath {
		t.Errorf("a restart loads %q, want %q", first[1].urls[0], WeightsPath)
	}
}

func TestWeightsWithoutDecoder(t *testing.T) {
	s := working(t)
	loads := s.load(source{"blob:w", "classifier.pth"})
	e := weightsLoaded(loads[0].ID)
	e.Weights.HasDecoder = false
	wantActions(t, "loaded", s.handle(e))
	if s.result != nil || s.composite != nil {
		t.Error("the former network's answer is still shown")
	}
	if got, want := s.status(), "These weights have no decoder, so they cannot fill anything in."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
}

// Weights that predict standardised patches say so with every answer.
func TestDismissedNoteStaysAway(t *testing.T) {
	s := working(t)
	e := reconstruction(s.wantID)
	e.Note = "Brightness is borrowed."
	s.handle(e)
	if s.note != e.Note {
		t.Fatalf("the note is %q, want %q", s.note, e.Note)
	}
	s.dismiss()
	s.handle(e)
	if s.note != "" {
		t.Errorf("the note %q came back", s.note)
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
	opened := s.open(source{"blob:broken", "broken.jpg"})
	wantActions(t, "a broken picture", s.handle(failure(opened[0].ID, "picture")), session.DoReconstruct)
	if s.picture == nil || s.picture.Name != "a.png" {
		t.Fatalf("the picture shown is %+v, want a.png", s.picture)
	}
	if s.file.name != "a.png" || s.file.url != "blob:a" {
		t.Errorf("a restart would open %q", s.file)
	}
}

func TestRestartReplays(t *testing.T) {
	s := working(t)
	before := s.mask.Bits()
	s.handle(failure(s.lastID, "device"))
	if got, want := s.status(), "The engine has stopped."; got != want {
		t.Errorf("status is %q, want %q", got, want)
	}
	wantActions(t, "a picture meanwhile", s.open(source{"blob:b", "b.png"}))
	first := s.start()
	wantActions(t, "restart", first, session.DoOpen, session.DoWeights, session.DoPicture)
	if s.problem != nil || s.stopped || s.waiting() {
		t.Errorf("after the restart: problem %v, stopped %v, waiting %v", s.problem, s.stopped, s.waiting())
	}
	s.handle(session.Event{Kind: session.EvReady})
	s.handle(weightsLoaded(first[1].ID))
	asked := s.handle(picture3x5(first[2].ID))
	wantActions(t, "picture", asked, session.DoReconstruct)
	if asked[0].Hidden != before {
		t.Errorf("the mask became %s, want %s", asked[0].Hidden, before)
	}
}

func TestStatus(t *testing.T) {
	s := newStudio()
	want := func(text string) {
		t.Helper()
		if got := s.status(); got != text {
			t.Errorf("status is %q, want %q", got, text)
		}
	}
	weights := s.start()[1].ID
	want("Starting the engine…")
	s.handle(session.Event{Kind: session.EvReady})
	want("Loading the network…")
	progress := func(done, total float64) {
		s.handle(session.Event{ID: weights, Kind: session.EvProgress, Progress: &session.Progress{Done: done, Total: total, Unit: "MB"}})
	}
	progress(3.21, 7.54)
	want("Loading the network: 3.2 of 7.5 MB")
	progress(3.21, 0)
	want("Loading the network: 3.2 MB")
	s.handle(weightsLoaded(weights))
	want("Drop, paste or choose a picture.")
	opened := s.open(source{"blob:a", "a.png"})
	want("Opening the picture…")
	asked := s.handle(picture3x5(opened[0].ID))
	want("Preparing the network for this device…")
	s.handle(reconstruction(asked[0].ID))
	want("Ready. Paint on the original to hide or show patches.")
}
