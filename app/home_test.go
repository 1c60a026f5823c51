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
	sent    []session.Command
	stopped int

	sentFiles []string
}

func (f *fakeHost) Start(emit func(session.Event)) Engine {
	f.emit = emit
	return f
}

func (f *fakeHost) Send(c session.Command) { f.sent = append(f.sent, c) }
func (f *fakeHost) Stop()                  { f.stopped++ }

func (f *fakeHost) SendFile(c session.Command, path string) {
	f.sentFiles = append(f.sentFiles, path)
	f.Send(c)
}

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
		SamplesPath + "lake.jpg":   "lake",
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
	wantHTML(t, h, "Starting the engine…", "no device yet", "disabled")
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
		Path: ui.TestPath(0, 0, 2, 0), Expected: ui.Text("A GPU"), // page, header, device
	}); err != nil {
		t.Error(err)
	}
	did := strings.Join(actions(host.sent), " ")
	for _, want := range []string{session.DoOpen, session.DoWeights, session.DoPicture} {
		if !strings.Contains(did, want) {
			t.Fatalf("the engine was sent %q, want %q among them", did, want)
		}
	}
	if len(host.sentFiles) != 1 || host.sentFiles[0] != WeightsPath {
		t.Errorf("the engine was told to fetch %q, want %q", host.sentFiles, WeightsPath)
	}
	wantHTML(t, h, `aria-label="Sample: A lake"`, `src="web/samples/fur.jpg"`)
}

func TestReadyPage(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.result = &session.Reconstruction{PSNR: 21.26, SSIM: 0.8124, MS: map[string]float64{"total": 41.4, "forward": 30}}
	wantHTML(t, h, "A GPU", "21.3 dB", "0.812", "41 ms", "60 %", "9 of 15 patches hidden (60 %)",
		"Ready. Paint on the original to hide or show patches.")
	if got := html(h); strings.Contains(got, cpuNote) {
		t.Error("a GPU is said to be a CPU")
	} else if off := regexp.MustCompile(`disabled[ >]`).FindAllString(got, -1); len(off) > 0 {
		t.Errorf("%d controls are disabled", len(off))
	}
}

func TestCPUNote(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.device = &device.Info{Kind: "cpu", Name: "CPU"}
	wantHTML(t, h, "This browser offers no WebGPU: the CPU computes, slower.")
	h.prefer = "cpu"
	wantHTML(t, h, "The CPU computes, as the address of the page asks for: slower than WebGPU.")
}

func TestAlert(t *testing.T) {
	h := NewHome(nil)
	h.studio = working(t)
	h.problem = &session.Problem{Text: "notes.txt is no picture.", Remedy: "Choose a JPEG.", Code: "picture"}
	wantHTML(t, h, `role="alert"`, "notes.txt is no picture.", "Choose a JPEG.", `aria-label="Dismiss the message"`)
	if strings.Contains(html(h), "Start the engine again") {
		t.Error("a restart is offered for a broken picture")
	}
	h.problem = &session.Problem{Text: "The GPU was lost.", Code: "device"}
	wantHTML(t, h, "Start the engine again")
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"choose one first":             "Choose one first.",
		"notes.jpg: no picture":        "notes.jpg: no picture.",
		"The GPU was lost.":            "The GPU was lost.",
		"élan":                         "Élan.",
		"session: there is no picture": "session: there is no picture.",
		"did it break?":                "Did it break?",
	} {
		if got := sentence(text); got != want {
			t.Errorf("sentence(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestEveryProblemHasARemedy(t *testing.T) {
	for _, code := range []string{"picture", "weights", "mask", "device", "memory", "internal", CodeStopped, ""} {
		if got := remedy(&session.Problem{Text: "It broke.", Code: code}); got == "" {
			t.Errorf("no remedy for %q", code)
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
	host.emit(session.Event{Kind: session.EvReady})
	d.Consume()
	wantActions(t, "the new engine", host.sent[len(host.sent)-3:], session.DoWeights, session.DoOpen, session.DoPicture)
}

func TestMissingFiles(t *testing.T) {
	cases := []struct{ missing, want string }{
		{SamplesPath + "index.json", "The sample pictures could not be listed: the server answered 404."},
		{SamplesPath + "lake.jpg", "The sample picture &#34;A lake&#34; could not be loaded: the server answered 404."},
	}
	for _, c := range cases {
		host := &fakeHost{files: map[string]string{
			SamplesPath + "index.json": `[{"file":"lake.jpg","title":"A lake"}]`,
			SamplesPath + "lake.jpg":   "lake",
		}}
		delete(host.files, c.missing)
		h := NewHome(host)
		d := ui.NewClientTester(h)
		d.Consume()
		if got := html(h); !strings.Contains(got, c.want) {
			t.Errorf("%s missing: the page does not say %q; problem: %+v", c.missing, c.want, h.problem)
		}
		d.Close()
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
	set(s.mask, 1, 2, true) // pixels x 64..95, y 32..63
	for i := range s.pixels {
		s.pixels[i] = 7
	}
	out := maskedPixels(s.pixels, s.mask)
	for i := 0; i < len(out); i += 4 {
		x, y := i/4%160, i/4/160
		want := byte(7)
		if x >= 64 && x < 96 && y >= 32 && y < 64 {
			want = hiddenRGB[0]
		}
		if out[i] != want || out[i+3] != 7 {
			t.Fatalf("pixel (%d, %d) is %v, want red %d and alpha 7", x, y, out[i:i+4], want)
		}
	}
	if s.pixels[4*(32*160+64)] != 7 {
		t.Error("the original was changed")
	}
}
