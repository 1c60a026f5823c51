package session

import (
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/testdevice"
	"unmask/internal/tune"
	"unmask/model"
	"unmask/shaders"
	"unmask/train"
)

// kept is a tune.Store in memory.
type kept map[string][]byte

func (k kept) Read(name string) ([]byte, error) {
	if b, ok := k[name]; ok {
		return b, nil
	}
	return nil, fs.ErrNotExist
}

func (k kept) Write(name string, b []byte) error { k[name] = b; return nil }
func (k kept) Remove(name string) error          { delete(k, name); return nil }

// withNext is a session whose commands that wait are those of next.
func withNext(t *testing.T, prefer string, o Options, next ...Command) *Session {
	t.Helper()
	o.Next = func() (Command, bool) {
		if len(next) == 0 {
			return Command{}, false
		}
		c := next[0]
		next = next[1:]
		return c, true
	}
	s := New(o)
	t.Cleanup(s.Close)
	if e := do(s, Command{Do: DoOpen, Prefer: prefer}); e[0].Kind != EvDevice {
		t.Fatal(describe(e))
	}
	return s
}

// TestSelfTestIsStopped: a cancel ends it, with what was tested until then.
func TestSelfTestIsStopped(t *testing.T) {
	s := withNext(t, "cpu", Options{}, Command{ID: 9, Do: DoCancel})
	events := do(s, Command{ID: 5, Do: DoSelfTest})
	if len(events) != 3 || events[1].Kind != EvSelfTest || !events[1].Partial || len(events[1].SelfTest) == 0 || events[2].Kind != EvCancelled {
		t.Errorf("answers %s", describe(events))
	}
	// Weights and pictures come in meanwhile and end nothing.
	weights := Command{ID: 8, Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}
	picture := Command{ID: 9, Do: DoPicture, Name: "a.png", Size: 64, Blob: scene(96, 64, 1)}
	all := do(withNext(t, "cpu", Options{}, weights, picture), Command{ID: 5, Do: DoSelfTest})
	if last := all[len(all)-1]; last.Kind != EvSelfTest || last.Partial || len(last.SelfTest) <= len(events[1].SelfTest) {
		t.Errorf("the whole answers %s", describe(all))
	}
}

// kernelsOf are those that the network in hand reconstructs with.
func kernelsOf(t *testing.T, s *Session) []string {
	t.Helper()
	plan, err := s.net.Prepare(model.Reconstruct, s.pixels, s.whole())
	if err != nil {
		t.Fatal(err)
	}
	times, _, err := s.dev.(device.Profiler).Profile(t.Context(), plan.Program())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, step := range times {
		names = append(names, step.Kernel)
	}
	return names
}

// slow is a choice that the defaults of no device make.
const slow = "linear_any"

// slowly keeps that choice for the adapter at hand.
func slowly(t *testing.T, files kept) {
	t.Helper()
	c := tune.Choice{Adapter: testdevice.GPU(t).Info().Name, Kernels: tune.Version(), Order: map[string][]string{"linear": {slow}}}
	if err := c.Save(files); err != nil {
		t.Fatal(err)
	}
}

// TestTune: what was measured is used, kept, found by the next session, and forgotten.
func TestTune(t *testing.T) {
	files := kept{}
	slowly(t, files)
	s := withPicture(t, withNext(t, "gpu", Options{Tuned: files}))
	before := one(t, s, Command{Do: DoReconstruct, Hidden: "010010"}, EvReconstruction)
	if k := kernelsOf(t, s); !slices.Contains(k, slow) {
		t.Errorf("what was kept is not used: %q", k)
	}
	if e := one(t, s, Command{Do: DoUntune}, EvTuned); e.Tuned != nil || len(files) != 0 {
		t.Errorf("after forgetting: %+v, %d files", e.Tuned, len(files))
	}
	if k := kernelsOf(t, s); slices.Contains(k, slow) {
		t.Errorf("what was forgotten is used: %q", k)
	}
	events := do(s, Command{ID: 3, Do: DoTune})
	e := events[len(events)-1]
	if e.Kind != EvTuned || e.Tuned == nil || len(e.Tuned.Order["linear"]) < 2 || len(files) != 1 || e.Note != "" {
		t.Fatalf("answers %s, %d files", describe(events), len(files))
	}
	after := one(t, s, Command{Do: DoReconstruct, Hidden: "010010"}, EvReconstruction)
	if a, b := before.Reconstruction.Loss, after.Reconstruction.Loss; math.Abs(a-b) > 1e-4*a {
		t.Errorf("loss %v before and %v after", a, b)
	}
	again := New(Options{Tuned: files})
	defer again.Close()
	if e := do(again, Command{Do: DoOpen, Prefer: "gpu"})[0]; e.Tuned == nil || e.Note != "" {
		t.Errorf("the next session opens with %+v and says %q", e.Tuned, e.Note)
	}
	if e := do(again, Command{Do: DoOpen, Prefer: "cpu"})[0]; e.Tuned != nil {
		t.Errorf("the CPU is said to be tuned: %+v", e.Tuned)
	}
}

// readOnly is a Store that keeps nothing, as a browser without private files.
type readOnly struct{ kept }

func (readOnly) Write(string, []byte) error { return errFull }
func (readOnly) Remove(string) error        { return errFull }

// TestTuneThatCannotBeKept holds all the same.
func TestTuneThatCannotBeKept(t *testing.T) {
	files := readOnly{kept{}}
	slowly(t, files.kept)
	s := withPicture(t, withNext(t, "gpu", Options{Tuned: files}))
	kernelsOf(t, s)
	for _, do := range []string{DoUntune, DoTune} {
		var e Event
		s.Do(t.Context(), Command{Do: do}, func(event Event) { e = event })
		if e.Kind != EvTuned || (e.Tuned != nil) != (do == DoTune) || !strings.Contains(e.Note, "until the engine starts again. (the disk is full)") {
			t.Errorf("%s: %s, note %q", do, describe([]Event{e}), e.Note)
		}
		if k := kernelsOf(t, s); slices.Contains(k, slow) {
			t.Errorf("%s does not hold: %q", do, k)
		}
	}
}

// TestKernelsStay with a session that reopens its device, whatever is measured
// elsewhere, and with a run whatever is forgotten meanwhile.
func TestKernelsStay(t *testing.T) {
	files := kept{}
	slowly(t, files)
	s := withPicture(t, withNext(t, "gpu", Options{Tuned: files}))
	clear(files)
	one(t, s, Command{Do: DoOpen, Prefer: "gpu"}, EvDevice)
	if k := kernelsOf(t, s); !slices.Contains(k, slow) {
		t.Errorf("a device that was opened again takes others: %q", k)
	}
	open := s.trainOptions(TrainSpec{Prefer: "gpu"}, train.Observer{}).Open
	for _, name := range []string{"first", "reopened"} {
		d, err := open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if k := linearKernel(t, d); k != slow {
			t.Errorf("the %s device of a run takes %s", name, k)
		}
		one(t, s, Command{Do: DoUntune}, EvTuned)
	}
}

// linearKernel is the kernel that a device takes for the op of that name.
func linearKernel(t *testing.T, d device.Device) string {
	t.Helper()
	step := device.Step{Op: shaders.Linear, Args: shaders.Args{"rows": 64, "k": 64, "n": 64, "gelu": 0}, Label: "test"}
	for _, b := range shaders.Linear.Buffers {
		n := b.Len(step.Args)
		buffer, err := d.Alloc(b.Name, n)
		if err != nil {
			t.Fatal(err)
		}
		step.Views = append(step.Views, device.View{Buffer: buffer, Len: n})
	}
	p, err := d.Prepare([]device.Step{step})
	if err != nil {
		t.Fatal(err)
	}
	times, _, err := d.(device.Profiler).Profile(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return times[0].Kernel
}

func TestTuneOfNoUse(t *testing.T) {
	s := withNext(t, "cpu", Options{Tuned: kept{}})
	if e := one(t, s, Command{Do: DoTune}, EvError); e.Error.Code != "device" || !strings.Contains(e.Error.Text, "no kernels to choose from") {
		t.Errorf("on the CPU: %+v", e.Error)
	}
	dev := testdevice.GPU(t)
	files := kept{}
	if err := (&tune.Choice{Adapter: dev.Info().Name, Kernels: "of another version"}).Save(files); err != nil {
		t.Fatal(err)
	}
	s = New(Options{Tuned: files})
	defer s.Close()
	if e := do(s, Command{Do: DoOpen, Prefer: "gpu"})[0]; e.Kind != EvDevice || e.Tuned != nil || !strings.Contains(e.Note, "other kernels") {
		t.Errorf("kernels of another version: %s, note %q", describe([]Event{e}), e.Note)
	}
	if e := do(s, Command{Do: DoOpen, Prefer: "gpu"})[0]; e.Note != "" {
		t.Errorf("says so again: %q", e.Note)
	}
}

// TestBenchCommand measures, tells as it goes, and stops when told to.
func TestBenchCommand(t *testing.T) {
	testdevice.GPU(t)
	events := do(withNext(t, "gpu", Options{}), Command{ID: 4, Do: DoBench})
	last := events[len(events)-1]
	if last.Kind != EvBench || last.Partial {
		t.Fatalf("answers %s", describe(events))
	}
	r := last.Bench
	if len(r.Rows) != len(benchCases) || r.PeakGFLOPS <= 0 || r.Profile == nil || len(r.Profile.Kernels) < 5 {
		t.Fatalf("%+v", r)
	}
	for _, row := range r.Rows {
		if row.MS <= 0 || row.GFLOPS <= 0 || math.Abs(row.ShareOfPeak-row.GFLOPS/r.PeakGFLOPS) > 1e-9 {
			t.Errorf("%+v", row)
		}
	}
	stopped := do(withNext(t, "gpu", Options{}, Command{Do: DoCancel}), Command{ID: 4, Do: DoBench})
	if len(stopped) != 3 || stopped[1].Kind != EvBench || !stopped[1].Partial || stopped[2].Kind != EvCancelled {
		t.Errorf("stopped, it answers %s", describe(stopped))
	}
}

// TestBenchIsOfOneDevice: a GPU that cannot be opened again is no reason to measure
// the CPU under its name.
func TestBenchIsOfOneDevice(t *testing.T) {
	testdevice.GPU(t)
	s := withNext(t, "auto", Options{})
	s.options.Adapter = "no such adapter"
	events := do(s, Command{ID: 4, Do: DoBench})
	last := events[len(events)-1]
	if last.Kind != EvError || last.Error.Code != "device" || slices.ContainsFunc(events, func(e Event) bool { return e.Bench != nil && len(e.Bench.Rows) > 0 }) {
		t.Errorf("answers %s", describe(events))
	}
}
