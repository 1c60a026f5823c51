package browsertest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"unmask/shaders"
)

// The engine has to serve any page that speaks its messages, such as a
// benchmark: commands may come before it runs, and a message that is no command
// is answered.
func TestWorkerByMessagesAlone(t *testing.T) {
	b := open(t, setup{path: "web/logo.svg", webgpu: true})
	type event struct {
		Kind  string `json:"kind"`
		Error *struct {
			Text string `json:"text"`
			Code string `json:"code"`
		} `json:"error"`
		Device *struct {
			Kind string `json:"kind"`
		} `json:"device"`
	}
	b.startWorker(`"no command"`, `JSON.stringify({ id: 7, do: "open", prefer: "cpu" })`)
	b.wait("three events", "testEvents.length === 3")
	events := eval[[]event](b, "testEvents")
	byKind := map[string]event{}
	for _, e := range events {
		byKind[e.Kind] = e
	}
	if _, ok := byKind["ready"]; !ok {
		t.Errorf("no event says ready: %+v", events)
	}
	if e := byKind["error"]; e.Error == nil || e.Error.Code != "internal" {
		t.Errorf("a message that is no command is answered by %+v", e.Error)
	}
	if d := byKind["device"].Device; d == nil || d.Kind != "cpu" {
		t.Errorf("open with the CPU is answered by %+v", d)
	}
}

// startWorker starts an engine without the page and sends it messages, which
// are JavaScript expressions; its events gather in testEvents.
func (b *tab) startWorker(messages ...string) {
	b.t.Helper()
	eval[bool](b, `(() => {
		window.testEvents = [];
		const worker = new Worker(new URL("engine-worker.js", location.href));
		worker.onerror = (e) => testEvents.push({ kind: "error", error: { text: e.message, code: "worker" } });
		worker.onmessage = ({ data }) => testEvents.push(JSON.parse(data.json));
		return true;
	})()`)
	for _, m := range messages {
		eval[bool](b, `(testWorker.postMessage({ json: `+m+`, blobs: [] }), true)`)
	}
}

// selfTestPatience is for all kernels, each of which a software GPU compiles.
const selfTestPatience = 8 * time.Minute

// Every kernel of every op has to agree with the reference on the browser's own
// WebGPU: its compiler, its bounds checks and its arithmetic are not those of
// the native library.
func TestKernelsInTheBrowser(t *testing.T) {
	b := open(t, setup{path: "web/logo.svg", webgpu: true})
	b.startWorker(`JSON.stringify({ id: 1, do: "open", prefer: "gpu" })`, `JSON.stringify({ id: 2, do: "selftest" })`)
	b.waitFor(selfTestPatience, "the self-test", `testEvents.some((e) => e.kind === "error" || e.kind === "selftest")`)
	if failed := eval[string](b, `JSON.stringify(testEvents.find((e) => e.kind === "error") || "")`); failed != `""` {
		t.Fatalf("the engine failed: %s", failed)
	}
	results := eval[[]struct {
		Op, Kernel, Detail string
		Cases              int
		Share              float64
		OK                 bool
	}](b, `testEvents.find((e) => e.kind === "selftest").selftest`)
	features := eval[[]string](b, "navigator.gpu.requestAdapter().then((a) => [...a.features])")
	want := 0
	for _, op := range shaders.All() {
		for _, k := range op.Kernels {
			if k.RunsOn(features) {
				want++
			} else {
				t.Logf("%s was not tested: it needs %q", k.Name, k.Needs)
			}
		}
	}
	if len(results) != want || want == 0 {
		t.Fatalf("%d kernels were tested, want %d", len(results), want)
	}
	cases, worst, name := 0, 0.0, ""
	for _, r := range results {
		cases += r.Cases
		if r.Share > worst {
			worst, name = r.Share, r.Kernel
		}
		if !r.OK {
			t.Errorf("%s, kernel %s: %s", r.Op, r.Kernel, r.Detail)
		}
	}
	t.Logf("%d kernels, %d cases; the worst error is %.0f %% of what is allowed (%s)", len(results), cases, 100*worst, name)
}

// psnr is what the page tells, in dB to one decimal.
func (b *tab) psnr() float64 {
	b.t.Helper()
	b.wait("an idle engine", idle)
	var v float64
	if _, err := fmt.Sscanf(b.text("#psnr"), "%f dB", &v); err != nil {
		b.t.Fatalf("PSNR is %q: %v", b.text("#psnr"), err)
	}
	return v
}

// startsAgain makes the page believe that its engine has failed.
func (b *tab) startsAgain(t *testing.T) {
	psnr, mask := b.psnr(), b.text("#coverage")
	eval[bool](b, `(() => {
		const error = { text: "The GPU was lost.", remedy: "Start the engine again.", code: "device" };
		testWorker.onmessage({ data: { json: JSON.stringify({ id: 0, kind: "error", error }), blobs: [] } });
		return true;
	})()`)
	b.wait("the alert", `document.querySelector("#restart") !== null`)
	b.click("#restart")
	b.wait("the new engine", `document.querySelector("#alert") === null &&
		document.querySelector("#device").className.includes("ready") && `+idle+`&&
		testText("#status").startsWith("Ready")`)
	// The new engine may choose other kernels, which round differently.
	if again := b.psnr(); math.Abs(again-psnr) > 0.11 {
		t.Errorf("the same picture and mask give %g dB after a restart, %g dB before", again, psnr)
	}
	if got := b.text("#coverage"); got != mask {
		t.Errorf("after the restart %q, before %q", got, mask)
	}
}
