package app

import (
	"strings"
	"testing"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/internal/device"
	"unmask/session"
)

func machineOf() *machine {
	s := newStudio()
	s.device = &device.Info{Kind: "gpu", Name: "card", Backend: "WebGPU", Features: []string{"timestamp-query"},
		Limits: map[string]uint64{"maxBufferSize": 1 << 30, "maxComputeWorkgroupStorageSize": 32768}}
	return newMachine(&desk{studio: s})
}

func TestOneJobAtATime(t *testing.T) {
	m := machineOf()
	first := m.test()
	wantActions(t, "test", first, session.DoSelfTest)
	wantActions(t, "a benchmark meanwhile", m.speed())
	stopped := m.stop()
	wantActions(t, "stop", stopped, session.DoCancel)
	if stopped[0].Job != first[0].ID {
		t.Errorf("stops command %d, want %d", stopped[0].Job, first[0].ID)
	}
	m.handle(session.Event{ID: first[0].ID, Kind: session.EvSelfTest, Partial: true, SelfTest: []session.OpResult{{Op: "add", Kernel: "add_1", OK: true, Share: 0.25}}})
	m.handle(session.Event{ID: first[0].ID, Kind: session.EvCancelled})
	if m.busy() || !strings.HasPrefix(m.verdict(), "Stopped early. Until then: All 1 kernels compute rightly; the worst uses 25 %") {
		t.Errorf("busy %v, %q", m.busy(), m.verdict())
	}
	wantActions(t, "then the benchmark", m.speed(), session.DoBench)
	wantActions(t, "tuning cannot be stopped, and so waits", m.tune())
	m.begin()
	m.device = nil
	wantActions(t, "without a device", m.tune())
}

func TestFailedKernelsComeFirst(t *testing.T) {
	m := machineOf()
	m.tests = []session.OpResult{{Op: "add", Kernel: "add_1", OK: true, Share: 0.5}, {Op: "linear", Kernel: "linear_any", Detail: "rows 3: off by 2"}}
	if failed, worst := m.failed(); len(failed) != 1 || failed[0].Kernel != "linear_any" || worst.Kernel != "add_1" {
		t.Errorf("failed %v, worst %v", failed, worst)
	}
	if v := m.verdict(); !strings.Contains(v, "1 of 2 kernels compute wrongly") || !strings.Contains(v, "?device=cpu") {
		t.Errorf("verdict %q", v)
	}
	if text := m.text("1", "browser"); !strings.Contains(text, "linear by linear_any: rows 3: off by 2") {
		t.Errorf("the report hides what failed:\n%s", text)
	}
}

func TestReport(t *testing.T) {
	m := machineOf()
	m.tuned = &session.Tuned{Order: map[string][]string{"linear": {"linear_tile", "linear_any"}}}
	text := m.text("0.1", "Some browser")
	for _, want := range []string{"Unmask 0.1", "Browser: Some browser", "Name: card", "maxBufferSize: 1024 MiB (needed: 256 MiB)",
		"maxComputeWorkgroupStorageSize: 32768 (needed: 16384)", "Features: timestamp-query", "Kernels as measured: linear_tile"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
	if strings.Contains(text, "Self-test") || strings.Contains(text, "Benchmark") {
		t.Errorf("the report tells of what was not done:\n%s", text)
	}
}

// TestWhyMeasuredKernelsAreIgnored is said until others are measured.
func TestWhyMeasuredKernelsAreIgnored(t *testing.T) {
	h := NewHome(nil)
	h.device = &device.Info{Kind: "gpu", Name: "card"}
	h.deviceNote = "What was measured of the kernels is ignored. (an older version)"
	v := h.views[4].(*machineView)
	said := func() bool {
		return strings.Contains(ui.HTMLString(v.render()), "is ignored. (an older version). Measure again")
	}
	if !said() {
		t.Error("the view does not say why the defaults are in force")
	}
	r := v.tune()
	v.handle(session.Event{ID: r[0].ID, Kind: session.EvTuned, Tuned: &session.Tuned{}})
	if said() {
		t.Error("it is still said after they were measured")
	}
	r = v.tune()
	v.handle(session.Event{ID: r[0].ID, Kind: session.EvTuned, Tuned: &session.Tuned{}, Note: "this could not be kept. (the disk is full)"})
	v.handle(session.Event{ID: v.tune()[0].ID, Kind: session.EvCancelled})
	if page := ui.HTMLString(v.render()); !strings.Contains(page, "This could not be kept. (the disk is full)") || said() {
		t.Error("the view does not say that what was measured is not kept")
	}
	v.begin()
	if strings.Contains(ui.HTMLString(v.render()), "could not be kept") {
		t.Error("a new engine is said to have it still")
	}
	h.deviceNote, h.device.Kind = "No GPU can be used here.", "cpu"
	if strings.Contains(ui.HTMLString(v.render()), "Measure again") {
		t.Error("the CPU is to be measured")
	}
}
