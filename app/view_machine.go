package app

import (
	"fmt"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// machineView draws the state machine.
type machineView struct {
	*machine
	h *Home

	copied  string // what became of the report
	written string // the report, where the browser did not copy it
}

func newMachineView(h *Home) *machineView { return &machineView{machine: newMachine(h.desk()), h: h} }

func (v *machineView) address() string  { return "device" }
func (v *machineView) title() string    { return "Device" }
func (v *machineView) enter() []request { return nil }
func (v *machineView) leave()           {}

func (v *machineView) begin() []request {
	v.machine.begin()
	return nil
}

func (v *machineView) handle(e session.Event) []request {
	v.machine.handle(e)
	return nil
}

// files takes a picture or weights in hand; they show in the first view.
func (v *machineView) files(list ui.Value) []request {
	v.h.takeInHand(list)
	return nil
}

func (v *machineView) send(requests []request) { v.h.sendFor(v, requests) }

func (v *machineView) render() ui.UI {
	return ui.Div().Class("inside machine").Body(
		section("this-device", "This device", v.factsPart()...),
		section("selftest", "Does it compute rightly?", v.testPart()...),
		section("bench", "How fast is it?", v.benchPart()...),
		section("kernels", "Fit the kernels to it", v.kernelsPart()...),
		section("report", "Report", v.reportPart()...),
	)
}

func (v *machineView) factsPart() []ui.UI {
	if v.device == nil {
		return []ui.UI{ui.P().Class("hint").Text("Starting the engine…")}
	}
	body := []ui.UI{facts("facts", v.facts()).Class("wide")}
	names := v.limits()
	if len(names) == 0 {
		return body
	}
	return append(body, ui.Details().Class("more").Body(
		ui.Summary().Text("Limits and features"),
		ui.Div().Class("more-body").Body(ui.Div().Class("scroll").Body(table("limits", []string{"Limit", "Here", "Needed"}, len(names), func(i int) []string {
			n := names[i]
			return []string{n, amount(n, v.device.Limits[n]), amount(n, needs[n])}
		})), ui.P().ID("features").Class("hint").Text("Features: "+v.features()))))
}

// jobButtons start a job and stop it, with its progress between.
func (v *machineView) jobButtons(name, start string, id int, begin func() []request) ui.UI {
	off := v.busy() || v.stopped || v.device == nil
	body := []ui.UI{pushButton(name+"-start", "button primary", start, off, func() { v.send(begin()) })}
	if id != 0 {
		body = append(body,
			ui.Progress().Aria("label", start).Max(max(1, v.total)).Value(v.done),
			pushButton(name+"-stop", "button", "Stop", false, func() { v.send(v.stop()) }))
	}
	return ui.Div().Class("buttons job").Body(body...)
}

func (v *machineView) testPart() []ui.UI {
	body := []ui.UI{
		ui.P().Class("hint").Text("Every kernel runs on this device and is compared with plain code of double precision. A driver that computes wrongly shows here."),
		v.jobButtons("selftest", "Test every kernel", v.testID, v.test),
	}
	if len(v.tests) == 0 {
		return body
	}
	failed, _ := v.failed()
	rows := failed
	for _, t := range v.tests {
		if t.OK {
			rows = append(rows, t)
		}
	}
	class := "verdict"
	if len(failed) > 0 {
		class = "notice plain"
	}
	return append(body,
		ui.P().ID("selftest-verdict").Role("status").Class(class).Text(v.verdict()),
		ui.Details().Class("more").Open(len(failed) > 0).Body(
			ui.Summary().Text("Kernel by kernel"),
			ui.Div().Class("more-body scroll").Body(table("selftest-table", []string{"Kernel", "Op", "Cases", "Of the allowed error"}, len(rows), func(i int) []string {
				t := rows[i]
				result := fmt.Sprintf("%.1f %%", 100*t.Share)
				if !t.OK {
					result = "failed: " + t.Detail
				}
				return []string{t.Kernel, t.Op, fmt.Sprint(t.Cases), result}
			}))))
}

func (v *machineView) benchPart() []ui.UI {
	body := []ui.UI{
		ui.P().Class("hint").Text("The smallest network, Atto, at what this page does. The peak is what nothing but multiply-adds reach on this device. It takes from some seconds to some minutes; a training that is under way waits meanwhile."),
		v.jobButtons("bench", "Measure", v.benchID, v.speed),
	}
	r := v.bench
	if r == nil {
		return body
	}
	peak := fmt.Sprintf("Peak: %.1f GFLOP/s", r.PeakGFLOPS)
	if v.partial && v.benchID == 0 {
		peak += ". Stopped early."
	}
	body = append(body,
		ui.P().ID("bench-peak").Class("verdict").Text(peak),
		ui.Div().Class("scroll").Body(table("bench-table", []string{"Work", "Time", "Pictures/s", "GFLOP/s", "Of the peak", "First run"}, len(r.Rows), func(i int) []string {
			row := r.Rows[i]
			return []string{benchName(row.Part, row.Batch, row.Size), fmt.Sprintf("%.1f ms", row.MS), fmt.Sprintf("%.1f", 1000*float64(row.Batch)/row.MS),
				fmt.Sprintf("%.1f", row.GFLOPS), fmt.Sprintf("%.0f %%", 100*row.ShareOfPeak), fmt.Sprintf("%.0f ms", row.FirstMS)}
		})))
	p := r.Profile
	if p == nil {
		return body
	}
	return append(body, ui.Details().Class("more").Body(
		ui.Summary().Text("Reconstruct, kernel by kernel"),
		ui.Div().Class("more-body").Body(
			ui.P().Class("hint").Text("Measured "+p.How()+"."),
			ui.Div().Class("scroll").Body(table("profile-table", []string{"Kernel", "Op", "Calls", "Time", "Share"}, len(p.Kernels), func(i int) []string {
				k := p.Kernels[i]
				return []string{k.Name, k.Op, fmt.Sprint(k.Calls), fmt.Sprintf("%.2f ms", k.MS), fmt.Sprintf("%.0f %%", 100*k.Share)}
			})))))
}

func (v *machineView) kernelsPart() []ui.UI {
	off := v.busy() || v.stopped || v.device == nil || v.device.Kind == "cpu"
	state := "The defaults are in force."
	switch {
	case v.tuneID != 0:
		state = "Being measured…"
	case v.device != nil && v.device.Kind == "cpu":
		state = "The CPU has one way to compute each operation: there is nothing to choose."
	case v.tuned != nil:
		state = "As measured here: " + strings.Join(v.tuned.Fastest(), ", ") + "."
	}
	return []ui.UI{
		ui.P().Class("hint").Text("Some operations have several kernels, each the fastest on some devices. Measured once, the choice is kept in this browser for this device. All give the same results, up to rounding."),
		ui.P().ID("tuned").Role("status").Text(state),
		slot(v.tunedNote()),
		ui.Div().Class("buttons job").Body(
			pushButton("tune", "button", "Measure and keep", off, func() { v.send(v.tune()) }),
			slot(ui.If(v.tuned != nil, pushButton("untune", "button quiet", "Back to the defaults", off, func() { v.send(v.untune()) }))),
		),
	}
}

// tunedNote says why what was measured earlier is not in force, or what was measured
// now will not be after the next start.
func (v *machineView) tunedNote() ui.UI {
	var text string
	switch {
	case v.unkept != "":
		text = session.Sentence(v.unkept)
	case v.deviceNote != "" && v.device != nil && !v.h.onCPU(): // the page's notices tell why it is the CPU
		text = session.Sentence(v.deviceNote) + " Measure again to have kernels fit to this device."
	default:
		return nil
	}
	return ui.P().ID("tuned-note").Class("notice plain").Role("status").Text(text)
}

func (v *machineView) reportPart() []ui.UI {
	return []ui.UI{
		ui.P().Class("hint").Text("All of the above as text, for whoever is asked for help. It holds the names of the device and of the browser, and nothing of your pictures."),
		ui.Div().Class("buttons job").Body(pushButton("copy-report", "button", "Copy the report", v.device == nil, v.copyReport)),
		ui.P().ID("report-copied").Role("status").Class("hint").Text(v.copied),
		slot(ui.If(v.written != "", ui.Textarea().ID("report-text").ReadOnly(true).Rows(12).Aria("label", "The report").Text(v.written))),
	}
}

func (v *machineView) copyReport() {
	text := v.text(ui.Getenv("GOAPP_VERSION"), ui.Window().Get("navigator").Get("userAgent").String())
	v.h.copyText(text, func(copied bool) {
		if v.copied, v.written = "Copied.", ""; !copied {
			v.copied, v.written = "The browser does not let the page copy. Here it is:", text
		}
	})
}
