package app

import (
	"bytes"
	"image/color"
	"slices"
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
	"golang.org/x/image/bmp"

	"unmask/data"
	"unmask/session"
)

// insideOf is the view's state with a picture of 2 x 3 patches, a mask and weights.
func insideOf(t *testing.T) (*inside, map[string][]byte) {
	t.Helper()
	files := map[string][]byte{}
	s := newStudio()
	s.picture = &session.PictureInfo{Width: 96, Height: 64, Rows: 2, Cols: 3}
	s.pixels = make([]byte, 4*96*64)
	s.weights = &session.WeightsInfo{Name: "a", HasDecoder: true}
	s.mask, _ = data.ParseMask("010110", 2, 3)
	n := 0
	i := newInside(&desk{studio: s,
		object: func(file []byte, _ string) string {
			n++
			url := "blob:" + strings.Repeat("x", n)
			files[url] = file
			return url
		},
		revoke: func(url string) { delete(files, url) },
	})
	return i, files
}

// channelsEvent answers with 3 channels of 4 x 6 positions.
func channelsEvent(id int) session.Event {
	of := []session.Channel{{Max: 1, RMS: 1, GRN: &session.GRN{N: 0.5, Gamma: 4, Before: 1, After: 1}},
		{Max: 3, RMS: 3, GRN: &session.GRN{N: 1.5, Gamma: 0, Before: 3, After: 3}}, {Max: 2, RMS: 2, GRN: &session.GRN{N: 1, Gamma: -1, Before: 2, After: 2}}}
	maps := make([]byte, 3*24)
	for p := range maps {
		if y, x := p%24/6, p%6; []bool{false, true, false, true, true, false}[y/2*3+x/2] { // the mask of insideOf
			maps[p] = session.LevelHidden
		}
	}
	return session.Event{ID: id, Kind: session.EvChannels, Layers: []string{"downsample_layers.0", "stages.0.0.pwconv1", "stages.0.0.grn", "stages.0.0"},
		Channels: &session.Channels{Layer: "stages.0.0.pwconv1", Rows: 4, Cols: 6, Count: 3, Of: of}, Blobs: [][]byte{maps}}
}

func TestInsideAsksOnceForWhatItShows(t *testing.T) {
	i, _ := insideOf(t)
	requests := i.refresh()
	wantActions(t, "coming to the view", requests, session.DoChannels, session.DoLeak, session.DoCollapse)
	if c := requests[0]; c.Layer != "stages.0.0.pwconv1" || c.Hidden != "010110" {
		t.Errorf("asks for %q under %q", c.Layer, c.Hidden)
	}
	wantActions(t, "again", i.refresh())
	i.whole = true
	requests = i.refresh()
	wantActions(t, "the whole picture", requests, session.DoChannels)
	if requests[0].Hidden != "000000" {
		t.Errorf("asks for the whole picture under %q", requests[0].Hidden)
	}
	i.mask.Hidden[0] = true
	wantActions(t, "another mask", i.refresh(), session.DoLeak)
	if !i.handle(session.Event{ID: i.collapseID, Kind: session.EvCancelled}) {
		t.Error("a cancelled measurement is not asked for again")
	}
	wantActions(t, "after a cancelled measurement", i.refresh(), session.DoCollapse)
	i.begin()
	wantActions(t, "a new engine", i.refresh(), session.DoChannels, session.DoLeak, session.DoCollapse)
}

func TestInsideWaitsForPictureAndWeights(t *testing.T) {
	i, _ := insideOf(t)
	i.weights = nil
	wantActions(t, "without weights", i.refresh())
	i, _ = insideOf(t)
	i.picture = nil
	wantActions(t, "without a picture", i.refresh())
}

// TestWhatFailedIsAskedAgain with the next change, and not at once: it may fail for ever.
func TestWhatFailedIsAskedAgain(t *testing.T) {
	i, _ := insideOf(t)
	for _, r := range i.refresh() {
		if i.problem = nil; i.handle(failure(r.ID, "memory")) || i.problem == nil {
			t.Errorf("%s fails: reported %+v", r.Do, i.problem)
		}
	}
	wantActions(t, "the next change", i.refresh(), session.DoChannels, session.DoLeak, session.DoCollapse)
}

// TestALayerThatAnotherNetworkLacks gives way to the first block, without an alert.
func TestALayerThatAnotherNetworkLacks(t *testing.T) {
	i, _ := insideOf(t)
	i.handle(channelsEvent(i.refresh()[0].ID))
	i.part = partAfter
	i.handle(channelsEvent(i.refresh()[0].ID))
	i.loadedID++ // a V1
	lacking := i.refresh()
	if lacking[0].Layer != "stages.0.0.grn" {
		t.Fatalf("asks for %q", lacking[0].Layer)
	}
	if again := i.handle(failure(lacking[0].ID, "weights")); !again || i.problem != nil {
		t.Errorf("asked again is %v, reported %+v", again, i.problem)
	}
	second := i.refresh()
	wantActions(t, "instead", second, session.DoChannels)
	if second[0].Layer != "stages.0.0" {
		t.Errorf("asks for %q", second[0].Layer)
	}
	if again := i.handle(failure(second[0].ID, "weights")); again || i.problem == nil {
		t.Errorf("what every network has is asked for for ever: %v, reported %+v", again, i.problem)
	}
}

// TestTheGuessIsOfThePhotoShown: none stays from another photo or another mask.
func TestTheGuessIsOfThePhotoShown(t *testing.T) {
	i, files := insideOf(t)
	shown := func() byte { // the blue of the first pixel
		if f, ok := files[i.filled.url]; ok {
			return f[54]
		}
		return 0
	}
	guess := func(blue byte) []byte {
		rgba := make([]byte, len(i.pixels))
		for p := 2; p < len(rgba); p += 4 {
			rgba[p] = blue
		}
		return rgba
	}
	for _, c := range []struct {
		name      string
		composite []byte
		want      byte
	}{{"before the first guess", nil, 0}, {"a guess", guess(7), 7}, {"nothing hidden", guess(9), 9}, {"weights without a decoder", nil, 0}, {"the next guess", guess(8), 8}} {
		i.composite = c.composite
		i.refresh()
		if got := shown(); got != c.want {
			t.Errorf("%s: shows %d, want %d", c.name, got, c.want)
		}
	}
	if len(files) != 2 { // the photo and the guess
		t.Errorf("%d images are kept", len(files))
	}
}

func TestChannelsInOrder(t *testing.T) {
	i, files := insideOf(t)
	id := i.refresh()[0].ID
	i.handle(channelsEvent(id + 100))
	if i.channels != nil {
		t.Fatal("an answer to another question was taken")
	}
	i.handle(channelsEvent(id))
	for _, c := range []struct {
		sort channelSort
		want []int
	}{{byStrength, []int{1, 2, 0}}, {byNumber, []int{0, 1, 2}}, {byGain, []int{0, 2, 1}}} {
		i.sort = c.sort
		i.arrange()
		if !slices.Equal(i.order, c.want) {
			t.Errorf("order %d is %v, want %v", c.sort, i.order, c.want)
		}
	}
	i.choose(0)
	i.move(1)
	if i.chosen != 2 {
		t.Errorf("behind channel 0 comes %d, want 2", i.chosen)
	}
	i.move(5)
	if i.chosen != 1 {
		t.Errorf("the last is %d, want 1", i.chosen)
	}
	if n := len(files); n != 3 { // photo, atlas, the chosen channel
		t.Errorf("%d images are kept, want 3", n)
	}
	if before, after, gain := i.grnCurves(); before[0].y != 3 || after[2].y != 1 || gain[2].y != 3 || gain[1].y != 0 {
		t.Errorf("curves %v, %v, %v", before, after, gain)
	}
}

// TestHiddenPatchesAreGreyInTheAtlas: and the visible ones are not.
func TestHiddenPatchesAreGreyInTheAtlas(t *testing.T) {
	i, files := insideOf(t)
	i.handle(channelsEvent(i.refresh()[0].ID))
	img, err := bmp.Decode(bytes.NewReader(files[i.atlas.url]))
	if err != nil {
		t.Fatal(err)
	}
	_, zoom, stepX, stepY := i.grid()
	if b := img.Bounds(); b.Dx() != i.atlas.width || b.Dy() != i.atlas.height || b.Dx() < stepX || b.Dy() < stepY {
		t.Fatalf("the atlas has %v pixels, said to be %d x %d", b, i.atlas.width, i.atlas.height)
	}
	colour := func(x, y int) [3]byte {
		c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
		return [3]byte{c.R, c.G, c.B}
	}
	if got := colour(0, 0); got != levelColours[levelFrame] {
		t.Errorf("the frame of the first channel is %v", got)
	}
	at := func(row, col int) [3]byte { // of a patch of the first channel, 2 x 2 positions each
		return colour(atlasGap+2*col*zoom, atlasGap+2*row*zoom)
	}
	for k, hidden := range i.mask.Hidden {
		if got := at(k/3, k%3); (got == quietRGB) != hidden {
			t.Errorf("patch %d is %v, hidden is %v", k, got, hidden)
		}
	}
}

func TestTour(t *testing.T) {
	i, _ := insideOf(t)
	i.refresh()
	for step := 1; step <= len(tour); step++ {
		i.visit(step)
		shown := 0
		for _, id := range []string{"inside-picture", "inside-channels", "inside-grn", "inside-collapse", "inside-leak"} {
			if !i.hides(id) {
				shown++
			}
		}
		if i.step != step || shown != 1 {
			t.Errorf("step %d shows %d sections, want 1", i.step, shown)
		}
	}
	i.sort = byNumber
	i.handle(channelsEvent(i.channelsID)) // of the layer that the last step shows, too
	i.visit(len(tour))
	if !slices.Equal(i.order, []int{1, 2, 0}) {
		t.Errorf("the last step shows the channels as %v, want the strongest first", i.order)
	}
	i.visit(len(tour) + 1)
	if i.step != 0 || i.hides("inside-leak") {
		t.Error("behind its end the tour goes on")
	}
}

func TestLeakIsShownUntilAllIsReached(t *testing.T) {
	i, files := insideOf(t)
	i.refresh()
	e := session.Event{ID: i.leakID, Kind: session.EvLeak}
	for _, dense := range []float64{0, 0.5, 1, 1, 1} {
		e.Leak = append(e.Leak, session.LeakLayer{Layer: "stages.0.0", Rows: 2, Cols: 3, Dense: dense})
		e.Blobs = append(e.Blobs, make([]byte, 6), make([]byte, 6))
	}
	masked := i.mask.Bits()
	i.handle(e)
	if got := i.leakShown(); !slices.Equal(got, []int{0, 1, 2, 4}) {
		t.Errorf("layers %v are shown, want 0 1 2 4", got)
	}
	kept := len(files)
	clear(i.mask.Hidden)
	i.refresh()
	if i.leak != nil || len(files) > kept-9 {
		t.Errorf("with nothing hidden the leak is still there, %d images of %d", len(files), kept)
	}
	i.mask, _ = data.ParseMask(masked, 2, 3)
	wantActions(t, "the same mask again", i.refresh(), session.DoChannels, session.DoLeak)
}

// TestTextsOfLookInside where there is nothing to draw.
func TestTextsOfLookInside(t *testing.T) {
	h := NewHome(nil)
	v := h.views[2].(*insideView)
	i, _ := insideOf(t)
	v.inside = i
	for _, c := range []struct {
		name, want string
		set        func()
	}{
		{"a mask", "Being computed…", func() { i.refresh() }},
		{"a failure", "Not computed.", func() {
			for _, id := range []int{i.channelsID, i.leakID, i.collapseID} {
				i.handle(failure(id, "memory"))
			}
			if strings.Contains(ui.HTMLString(v.render()), "Being computed…") {
				t.Error("what failed is said to be computed")
			}
		}},
		{"other weights on their way", "Being computed…", func() { i.load(source{"blob:w", "w.pth"}) }},
		{"nothing hidden", "Hide some patches in Reconstruct", func() { clear(i.mask.Hidden) }},
		{"an output", "Choose a block above", func() { i.channels, i.channelsID = &session.Channels{Of: []session.Channel{{}}}, 0 }},
		{"a V1", "This network is a ConvNeXt V1, which has no GRN.", func() { i.weights.Model = "atto-v1" }},
	} {
		c.set()
		if got := ui.HTMLString(v.render()); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is missing", c.name, c.want)
		}
	}
}
