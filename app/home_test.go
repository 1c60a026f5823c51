package app

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/internal/device"
	"unmask/session"
)

// fakeHost is a browser without one: its engine keeps what it is sent, its site
// holds the named files.
type fakeHost struct {
	files   map[string]string
	emit    func(session.Event)
	sent    []request
	stopped int
}

func (f *fakeHost) Start(emit func(session.Event)) Engine {
	f.emit = emit
	return f
}

func (f *fakeHost) Send(c session.Command) { f.sent = append(f.sent, request{c, nil}) }
func (f *fakeHost) SendFiles(c session.Command, urls ...string) {
	f.sent = append(f.sent, request{c, urls})
}
func (f *fakeHost) Stop() { f.stopped++ }

func (f *fakeHost) Fetch(path string) ([]byte, error) {
	file, ok := f.files[path]
	if !ok {
		return nil, errors.New("the server answered 404")
	}
	return []byte(file), nil
}

// mounted is the page with a host whose site is complete.
func mounted(t *testing.T) (*Home, *fakeHost, ui.ClientDispatcher) {
	t.Helper()
	host := &fakeHost{files: map[string]string{
		SamplesPath + "index.json": `[{"file":"lake.jpg","title":"A lake"},{"file":"fur.jpg","title":"Fur"}]`,
	}}
	h := NewHome(host)
	d := ui.NewClientTester(h)
	t.Cleanup(d.Close)
	return h, host, d
}

func html(h *Home) string { return ui.HTMLString(h.Render()) }

func wantHTML(t *testing.T, h *Home, parts ...string) {
	t.Helper()
	got := html(h)
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("the page does not contain %q", p)
		}
	}
}

func TestPageWhileLoading(t *testing.T) {
	h := NewHome(nil)
	wantHTML(t, h, "Starting the engine…", "Starting…", "None yet", "disabled")
	if strings.Contains(html(h), `role="alert"`) {
		t.Error("an alert is shown before anything went wrong")
	}
}

func TestFirstPictureComesByItself(t *testing.T) {
	h, host, d := mounted(t)
	host.emit(session.Event{Kind: session.EvReady})
	host.emit(session.Event{Kind: session.EvDevice, Device: &device.Info{Kind: "gpu", Name: "A GPU"}})
	d.Consume()
	if err := ui.TestMatch(h, ui.TestUIDescriptor{
		Path: ui.TestPath(0, 0, 2, 0), Expected: ui.Text("WebGPU · A GPU"), // page, header, device
	}); err != nil {
		t.Error(err)
	}
	wantActions(t, "the engine", host.sent, session.DoOpen, session.DoWeights, session.DoPicture)
	if got := host.sent[1].urls[0]; got != WeightsPath {
		t.Errorf("weights come from %q, want %q", got, WeightsPath)
	}
	if got, want := host.sent[2].urls[0], SamplesPath+"lake.jpg"; got != want {
		t.Errorf("the picture comes from %q, want %q", got, want)
	}
	wantHTML(t, h, `aria-label="Sample: A lake"`, `src="web/samples/fur.jpg"`)
}

func TestReadyPage(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.result = &session.Reconstruction{PSNR: 21.26, SSIM: 0.8124, MS: map[string]float64{"total": 41.4, "forward": 30}}
	wantHTML(t, h, "A GPU", "21.3 dB", "0.812", "41 ms", "60 %", "9 of 15 patches hidden (60 %)",
		"ConvNeXt V2 Atto, 7.3 M parameters", "Ready. Paint on the original to hide or show patches.")
	got := html(h)
	if strings.Contains(got, "cpu-note") {
		t.Error("a GPU is said to be a CPU")
	}
	// The way back to the weights that are in force, undo, redo, and a strip that was
	// not asked for.
	if off := regexp.MustCompile(`disabled[ >]`).FindAllString(got, -1); len(off) != 3+len(sweepRatios) {
		t.Errorf("%d controls are disabled, want %d", len(off), 3+len(sweepRatios))
	}
}

func TestCPUNote(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.device = &device.Info{Kind: "cpu", Name: "CPU"}
	h.deviceNote = "No GPU can be used here, so the CPU computes: slower. (no adapter)"
	wantHTML(t, h, `class="device ready"`, "so the CPU computes: slower. (no adapter)")
	h.prefer, h.deviceNote = "cpu", ""
	wantHTML(t, h, "The CPU computes, as the address of the page asks for: slower than WebGPU.")
}

func TestAlert(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.problem = &session.Problem{Text: "notes.txt is no picture.", Remedy: "Choose a JPEG.", Code: "picture"}
	wantHTML(t, h, `role="alert"`, "That picture cannot be used", "notes.txt is no picture.", "Choose a JPEG.", `aria-label="Dismiss the message"`)
	if strings.Contains(html(h), "Start the engine again") {
		t.Error("a restart is offered for a broken picture")
	}
	h.problem = &session.Problem{Text: "The GPU was lost.", Code: "device"}
	wantHTML(t, h, "Start the engine again")
}

func TestEveryProblemIsExplained(t *testing.T) {
	for _, code := range []string{"picture", "weights", "mask", "device", "memory", "internal", CodeStopped, ""} {
		p := &session.Problem{Text: "It broke.", Code: code}
		if headline(p) == "" || remedy(p) == "" {
			t.Errorf("%q: headline %q, remedy %q", code, headline(p), remedy(p))
		}
	}
	if got := remedy(&session.Problem{Remedy: "Turn it off.", Code: "mask"}); got != "Turn it off." {
		t.Errorf("the engine's own remedy became %q", got)
	}
}

func TestRestartDropsTheOldEngine(t *testing.T) {
	h, host, d := mounted(t)
	host.emit(session.Event{Kind: session.EvReady})
	d.Consume()
	old := host.emit
	old(failure(0, "device"))
	d.Consume()
	d.Context().Dispatch(func(ctx ui.Context) { h.restart(ctx, ui.Event{}) })
	d.Consume()
	if host.stopped != 1 {
		t.Fatalf("the old engine was stopped %d times, want once", host.stopped)
	}
	old(failure(0, "device"))
	d.Consume()
	if h.problem != nil {
		t.Errorf("an event of the old engine was heard: %+v", h.problem)
	}
	wantActions(t, "the new engine", host.sent[len(host.sent)-3:], session.DoOpen, session.DoWeights, session.DoPicture)
}

func TestMissingSamples(t *testing.T) {
	h := NewHome(&fakeHost{})
	d := ui.NewClientTester(h)
	defer d.Close()
	d.Consume()
	wantHTML(t, h, "The sample pictures could not be listed: the server answered 404.", "Choose a picture of your own")
}

// TestNewerVersion: it is told of, and waits for a training to be saved.
func TestNewerVersion(t *testing.T) {
	h, host, d := mounted(t)
	if strings.Contains(html(h), "A newer version") {
		t.Error("a newer version is told of from the start")
	}
	h.updated = true
	wantHTML(t, h, "A newer version of this page is ready.", "Load it")
	v := h.views[1].(*pretrainView)
	v.run.phase, v.run.trainID = training, 77
	h.loadUpdate()
	d.Consume()
	if last := host.sent[len(host.sent)-1]; last.Do != session.DoStop || h.owners[last.ID] != view(v) {
		t.Errorf("loading it sends %q, want the training's stop", last.Do)
	}
	wantHTML(t, h, "What is under way ends first")
	if !h.working() {
		t.Error("the page does not wait for the training to be saved")
	}
	host.emit(session.Event{ID: 77, Kind: session.EvTrain})
	d.Consume()
	if !h.updating {
		t.Error("it is given up without a reason")
	}
}

// TestNewerVersionWaitsForFiles that are on their way in or out.
func TestNewerVersionWaitsForFiles(t *testing.T) {
	h, _, _ := mounted(t)
	m := h.views[3].(*modelsView)
	for name, c := range map[string]struct{ begin, end func() }{
		"chosen files are looked at": {func() { m.intake.reading = 1 }, func() { m.intake.reading = 0 }},
		"pictures wait":              {func() { m.intake.queue = make([]picked, 1) }, func() { m.intake.queue = nil }},
		"pictures are taken":         {func() { m.intake.sent = make([]picked, 1) }, func() { m.intake.sent = nil }},
		"a project is saved":         {func() { m.packID = 5 }, func() { m.packID = 0 }},
		"a project file is opened":   {func() { m.unpackID = 5 }, func() { m.unpackID = 0 }},
	} {
		c.begin()
		if !h.working() {
			t.Errorf("while %s, the page goes", name)
		}
		c.end()
		if h.working() {
			t.Errorf("after that %s, the page stays", name)
		}
	}
}

// TestNewerVersionWithoutAnEngine tells what a reload would lose.
func TestNewerVersionWithoutAnEngine(t *testing.T) {
	h := NewHome(nil)
	h.updated, h.stopped = true, true
	const lost = "files on their way would be lost"
	if strings.Contains(html(h), lost) {
		t.Error("without files on their way, they are said to be lost")
	}
	h.views[3].(*modelsView).intake.queue = make([]picked, 1)
	wantHTML(t, h, lost, "Load it")
}

// TestAProblemKeepsThePage: nobody would see it after a reload.
func TestAProblemKeepsThePage(t *testing.T) {
	for name, e := range map[string]session.Event{
		"the last steps are not saved": failure(77, "training"),
		"the engine dies":              failure(0, CodeStopped),
	} {
		h, host, d := mounted(t)
		v := h.views[1].(*pretrainView)
		v.run.phase, v.run.trainID, h.owners[77] = training, 77, v
		h.updated = true
		h.loadUpdate()
		host.emit(e)
		d.Consume()
		if h.updating || h.problem == nil {
			t.Errorf("%s: it goes on to load is %v, reported %+v", name, h.updating, h.problem)
		}
		wantHTML(t, h, "A newer version of this page is ready.")
	}
}

func TestWeightsByTheirNames(t *testing.T) {
	for name, want := range map[string]bool{
		"atto.safetensors": true, "Model.PTH": true, "a.pt": true, "b.ckpt": true, "pytorch_model.bin": true,
		"photo.jpg": false, "photo": false, "safetensors": false, "a.pt.png": false,
	} {
		if got := session.IsWeights(name); got != want {
			t.Errorf("IsWeights(%q) is %v, want %v", name, got, want)
		}
	}
}

func TestNetworkName(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.load(source{"blob:w", "mine.pth"})
	h.handle(session.Event{ID: h.weightsID, Kind: session.EvWeights,
		Weights: &session.WeightsInfo{Name: "mine.pth", Model: "tiny-v1", Params: 28_600_000}})
	if got, want := h.networkName(), "ConvNeXt V1 Tiny, 28.6 M parameters, from mine.pth"; got != want {
		t.Errorf("the network is %q, want %q", got, want)
	}
}

func TestPreferred(t *testing.T) {
	for query, want := range map[string]string{"": "auto", "device=cpu": "cpu", "device=gpu": "gpu", "device=abacus": "auto"} {
		if got := preferred(&url.URL{RawQuery: query}); got != want {
			t.Errorf("preferred(%q) is %q, want %q", query, got, want)
		}
	}
}

func TestMaskedPixels(t *testing.T) {
	s := working(t)
	s.clear()
	s.mask.Set(1, 2, true) // pixels x 64..95, y 32..63
	for i := range s.pixels {
		s.pixels[i] = 7
	}
	out := maskedPixels(s.pixels, s.mask)
	for i := 0; i < len(out); i += 4 {
		x, y := i/4%160, i/4/160
		want := byte(7)
		if x >= 64 && x < 96 && y >= 32 && y < 64 {
			want = quietRGB[0]
			if x == 64 || x == 95 || y == 32 || y == 63 {
				want = frameRGB[0]
			}
		}
		if out[i] != want || out[i+3] != 7 {
			t.Fatalf("pixel (%d, %d) is %v, want red %d and alpha 7", x, y, out[i:i+4], want)
		}
	}
	if s.pixels[4*(32*160+64)] != 7 {
		t.Error("the original was changed")
	}
}
