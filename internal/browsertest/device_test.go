package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDeviceView goes a person's way: what the device is, the self-test, stopped and
// whole, the benchmark, the tuner across a reload, and the report.
func TestDeviceView(t *testing.T) {
	b := open(t, setup{path: "#device", webgpu: true})
	b.wait("the device", `testText("#facts").toLowerCase().includes("swiftshader")`)
	if n := eval[int](b, `document.querySelectorAll("#limits tbody tr").length`); n < 5 {
		t.Errorf("%d limits", n)
	}
	b.wait("the first reconstruction", idle)

	b.press("#selftest-start")
	b.press("#selftest-stop")
	b.wait("the stop", `testText("#selftest-verdict").startsWith("Stopped early.")`)
	b.press("#selftest-start")
	b.wait("the whole", `testText("#selftest-verdict").startsWith("All ")`)
	t.Log(b.text("#selftest-verdict"))

	eval[bool](b, "(testLong.length = 0) === 0")
	b.press("#bench-start")
	b.wait("the profile", `document.querySelectorAll("#profile-table tbody tr").length > 5 && !document.querySelector("#bench-start").disabled`)
	b.noLongTasks("during the benchmark")
	rows := eval[[][]string](b, `[...document.querySelectorAll("#bench-table tbody tr")].map((r) => [...r.children].map((c) => c.textContent))`)
	if len(rows) != 4 {
		t.Errorf("%d rows", len(rows))
	}
	for _, r := range rows {
		var ms float64
		if _, err := fmt.Sscanf(r[1], "%f ms", &ms); err != nil || ms <= 0 {
			t.Errorf("%q (%v)", r, err)
		}
		t.Log(strings.Join(r, " | "))
	}
	t.Log(b.text("#bench-peak"), "; ", b.text("#bench .more .hint"))
	b.fitsNarrowScreens(t)

	b.press("#tune")
	b.wait("the measured kernels", `testText("#tuned").startsWith("As measured here: ")`)
	measured := b.text("#tuned")
	b.do(chromedp.Reload())
	b.wait("what was measured", fmt.Sprintf("testText(\"#tuned\") === %q", measured))
	b.wait("a reconstruction by those kernels", idle)
	b.press("#untune")
	b.wait("the defaults", `testText("#tuned") === "The defaults are in force."`)

	eval[bool](b, `(navigator.clipboard.writeText = (text) => { window.testReport = text; return Promise.resolve(); }, true)`)
	b.press("#copy-report")
	b.wait("the report", `testText("#report-copied") === "Copied." && testReport.includes("Browser: Mozilla") && testReport.includes("maxBufferSize")`)
	eval[bool](b, `(navigator.clipboard.writeText = () => Promise.reject(new Error("no")), true)`)
	b.press("#copy-report")
	b.wait("the report to copy by hand", `document.querySelector("#report-text")?.value.includes("Browser: Mozilla")`)
	b.noAlert()
	b.noErrors()
}
