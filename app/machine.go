package app

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"unmask/session"
)

// machine is the state of the view of the device: what it is, whether it computes
// rightly, how fast it is.
type machine struct {
	*desk

	tests       []session.OpResult
	testPartial bool
	bench       *session.BenchReport
	partial     bool   // the benchmark was stopped or goes on
	unkept      string // why the newest choice of kernels could not be kept, "": it was

	testID, benchID, tuneID int // of the job under way, or 0
	done, total             float64
}

func newMachine(d *desk) *machine { return &machine{desk: d} }

// begin forgets what an earlier engine was doing; what it found out stays.
func (m *machine) begin() {
	m.end()
	m.unkept = ""
}

// end marks the jobs as ended, done or not.
func (m *machine) end() { m.testID, m.benchID, m.tuneID = 0, 0, 0 }

// busy reports whether a job of this view is under way.
func (m *machine) busy() bool { return m.testID != 0 || m.benchID != 0 || m.tuneID != 0 }

// job begins one of the view's jobs, one at a time.
func (m *machine) job(id *int, do string) []request {
	if m.busy() || m.stopped || m.device == nil {
		return nil
	}
	r := m.command(session.Command{Do: do})
	*id, m.done, m.total = r.ID, 0, 0
	return []request{r}
}

func (m *machine) test() []request  { return m.job(&m.testID, session.DoSelfTest) }
func (m *machine) speed() []request { return m.job(&m.benchID, session.DoBench) }
func (m *machine) tune() []request  { return m.job(&m.tuneID, session.DoTune) }
func (m *machine) untune() []request {
	return m.job(&m.tuneID, session.DoUntune)
}

// stop ends a self-test or a benchmark after what it is doing.
func (m *machine) stop() []request {
	if m.testID == 0 && m.benchID == 0 {
		return nil
	}
	return []request{m.command(session.Command{Do: session.DoCancel, Job: cmp.Or(m.testID, m.benchID)})}
}

// handle takes an event that answers a request of this view.
func (m *machine) handle(e session.Event) {
	if e.ID != m.testID && e.ID != m.benchID && e.ID != m.tuneID {
		return
	}
	switch e.Kind {
	case session.EvProgress:
		m.done, m.total = e.Progress.Done, e.Progress.Total
	case session.EvSelfTest:
		m.tests, m.testPartial = e.SelfTest, e.Partial
		if !e.Partial {
			m.testID = 0
		}
	case session.EvBench:
		m.bench, m.partial = e.Bench, e.Partial
		if !e.Partial {
			m.benchID = 0
		}
	case session.EvTuned:
		m.tuned, m.tuneID, m.unkept = e.Tuned, 0, e.Note
		m.deviceNote = "" // of what was kept before
	case session.EvCancelled:
		m.end()
	case session.EvError:
		m.end()
		m.report(e.Error)
	}
}

// failed are the tests that did not pass, and the worst share of the allowed error
// among the others.
func (m *machine) failed() (failed []session.OpResult, worst session.OpResult) {
	for _, t := range m.tests {
		switch {
		case !t.OK:
			failed = append(failed, t)
		case t.Share > worst.Share:
			worst = t
		}
	}
	return failed, worst
}

// verdict is the outcome of the self-test in a sentence.
func (m *machine) verdict() string {
	failed, worst := m.failed()
	text := fmt.Sprintf("All %d kernels compute rightly; the worst uses %.0f %% of the error that is allowed (%s).", len(m.tests), 100*worst.Share, worst.Kernel)
	if len(failed) > 0 {
		text = fmt.Sprintf("%d of %d kernels compute wrongly here. Results cannot be trusted: put ?device=cpu behind the page's address, and please report this.", len(failed), len(m.tests))
	}
	if m.testPartial {
		text = "Stopped early. Until then: " + text
	}
	return text
}

// benchName is a case of the benchmark in plain words.
func benchName(part string, batch, size int) string {
	what := map[string]string{"reconstruct": "Reconstruct", "classifier": "Classify", "train": "Training step"}[part]
	return fmt.Sprintf("%s, %s at %d px", what, plural(batch, "picture", "pictures"), size)
}

// facts describe the device.
func (m *machine) facts() [][2]string {
	d := m.device
	if d == nil {
		return nil
	}
	kind := "a graphics card"
	switch {
	case d.Kind == "cpu":
		kind = "this page's own code on the CPU"
	case d.Software:
		kind = "a CPU that plays a graphics card"
	}
	out := [][2]string{{"Name", d.Name}, {"What it is", kind}, {"By", d.Backend}}
	for _, f := range [][2]string{{"Maker", d.Vendor}, {"Driver", d.Driver}} {
		if f[1] != "" {
			out = append(out, f)
		}
	}
	return out
}

// needs are the limits that the kernels are written for.
var needs = map[string]uint64{
	"maxStorageBuffersPerShaderStage": 8, "maxComputeInvocationsPerWorkgroup": 256, "maxComputeWorkgroupStorageSize": 16384,
	"maxComputeWorkgroupsPerDimension": 65535, "maxStorageBufferBindingSize": 128 << 20, "maxBufferSize": 256 << 20,
}

// features are those of the device, "" where it tells of none.
func (m *machine) features() string {
	if m.device == nil {
		return ""
	}
	return strings.Join(slices.Sorted(slices.Values(m.device.Features)), ", ")
}

// limits are those of the device, by name.
func (m *machine) limits() []string {
	if m.device == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m.device.Limits))
}

// amount writes a limit; those of memory in MiB.
func amount(limit string, n uint64) string {
	if strings.HasSuffix(limit, "Size") && n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprint(n)
}

// text is all of it as text, for whoever is asked for help.
func (m *machine) text(version, browser string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Unmask %s\nBrowser: %s\n", version, browser)
	for _, f := range m.facts() {
		fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
	}
	if f := m.features(); f != "" {
		fmt.Fprintf(&b, "Features: %s\n", f)
	}
	for _, l := range m.limits() {
		fmt.Fprintf(&b, "%s: %s (needed: %s)\n", l, amount(l, m.device.Limits[l]), amount(l, needs[l]))
	}
	if len(m.tests) > 0 {
		fmt.Fprintf(&b, "\nSelf-test: %s\n", m.verdict())
		failed, _ := m.failed()
		for _, t := range failed {
			fmt.Fprintf(&b, "  %s by %s: %s\n", t.Op, t.Kernel, t.Detail)
		}
	}
	if r := m.bench; r != nil {
		fmt.Fprintf(&b, "\nBenchmark: multiply-adds reach %.1f GFLOP/s\n", r.PeakGFLOPS)
		for _, row := range r.Rows {
			fmt.Fprintf(&b, "  %s: %.1f ms, %.1f GFLOP/s, %.0f %% of the peak, first run %.0f ms\n",
				benchName(row.Part, row.Batch, row.Size), row.MS, row.GFLOPS, 100*row.ShareOfPeak, row.FirstMS)
		}
		if p := r.Profile; p != nil {
			fmt.Fprintf(&b, "\nReconstruct, kernel by kernel (%s)\n", p.How())
			for _, k := range p.Kernels {
				fmt.Fprintf(&b, "  %s: %d calls, %.2f ms, %.0f %%\n", k.Name, k.Calls, k.MS, 100*k.Share)
			}
		}
	}
	if m.tuned != nil {
		fmt.Fprintf(&b, "\nKernels as measured: %s\n", strings.Join(m.tuned.Fastest(), ", "))
	}
	return b.String()
}
