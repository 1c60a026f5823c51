package browsertest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/chromedp/chromedp"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/testdevice"
	"unmask/session"
	"unmask/train"
)

// album is n pictures each of two classes: stripes across and along.
func album(n int) []data.File {
	var files []data.File
	for i := range 2 * n {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		width, c := 3+r.IntN(8), color.NRGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
		img := image.NewNRGBA(image.Rect(0, 0, 80, 72))
		for y := range 72 {
			for x := range 80 {
				at := []int{x, y}[i%2]
				img.SetNRGBA(x, y, color.NRGBA{uint8(r.IntN(60)), uint8(r.IntN(60)), uint8(r.IntN(60)), 255})
				if at/width%2 == 0 {
					img.SetNRGBA(x, y, c)
				}
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic(err)
		}
		files = append(files, data.File{Path: fmt.Sprintf("%s/%02d.png", []string{"along", "across"}[i%2], i), Content: b.Bytes()})
	}
	return files
}

// send posts a command to the Worker, with its files.
func (b *tab) send(c session.Command) {
	b.t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		b.t.Fatal(err)
	}
	files := []string{}
	for _, f := range c.Blobs {
		files = append(files, base64.StdEncoding.EncodeToString(f))
	}
	list, err := json.Marshal(files)
	if err != nil {
		b.t.Fatal(err)
	}
	eval[bool](b, fmt.Sprintf(`(testWorker.postMessage({ json: %q,
		blobs: %s.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer) }), true)`, text, list))
}

// answer waits for an event of a kind and returns it.
func (b *tab) answer(kind string) session.Event {
	b.t.Helper()
	b.wait("the event "+kind, fmt.Sprintf(`testEvents.some((e) => e.kind === %q || e.kind === "error")`, kind))
	for _, e := range b.events() {
		if e.Error != nil {
			b.t.Fatalf("waiting for %s: %+v", kind, *e.Error)
		}
		if e.Kind == kind {
			return e
		}
	}
	panic("BUG: the event is gone")
}

func (b *tab) events() []session.Event {
	b.t.Helper()
	var events []session.Event
	if err := json.Unmarshal([]byte(eval[string](b, "JSON.stringify(testEvents)")), &events); err != nil {
		b.t.Fatal(err)
	}
	return events
}

// losses are those of the steps that the Worker has reported.
func (b *tab) losses(into map[int]float64) {
	b.t.Helper()
	for _, e := range b.events() {
		if e.Step != nil {
			into[e.Step.Step] = e.Step.Loss
		}
	}
}

// TestTrainingInTheWorker trains in the browser, stops in the middle, loads the
// page anew, goes on from what the browser has kept, and loses the GPU on the way.
// Every loss is that of a native run of the same configuration, within the table's
// 2e-3, and so is the state that is kept.
func TestTrainingInTheWorker(t *testing.T) {
	for _, kind := range []train.Kind{train.Finetune, train.Pretrain} {
		t.Run(string(kind), func(t *testing.T) {
			const stopAt, loseAt = 7, 14
			files := album(9)
			b := open(t, setup{path: "web/logo.svg", webgpu: true})
			begin := func() {
				b.startWorker()
				b.send(session.Command{ID: 1, Do: session.DoOpen, Prefer: "gpu"})
				b.answer(session.EvDevice)
				b.send(session.Command{ID: 2, Do: session.DoProject, Project: "stripes"})
			}
			begin()
			add := session.Command{ID: 3, Do: session.DoAdd}
			for _, f := range files {
				add.Paths, add.Blobs = append(add.Paths, f.Path), append(add.Blobs, f.Content)
			}
			b.send(add)
			b.send(session.Command{ID: 4, Do: session.DoTrain, Kind: kind, Plan: &session.TrainPlan{
				Scratch: true, Config: json.RawMessage(`{"size": 64, "batch": 4, "epochs": 8, "every": 4, "seed": 3, "val": 0.2}`)}})
			run := b.answer(session.EvRun).Run
			b.wait("some steps", fmt.Sprintf(`testEvents.some((e) => e.kind === "error" || e.kind === "train" && e.step.step >= %d)`, stopAt))
			b.send(session.Command{ID: 5, Do: session.DoStop})
			end := b.answer(session.EvTrained).Run
			if !end.Stopped || end.Step < stopAt || end.Step >= run.Total {
				t.Fatalf("stopped at %+v", end)
			}
			got := map[int]float64{}
			b.losses(got)

			b.do(chromedp.Reload())
			begin()
			kept := b.answer(session.EvProject).Project
			if len(kept.Pictures) != len(files) || len(kept.Runs) != 1 || kept.Runs[0].Step != end.Step || !kept.Runs[0].Stopped {
				t.Fatalf("after the reload the project is %+v", kept)
			}
			b.send(session.Command{ID: 6, Do: session.DoResume, Kind: kind})
			b.wait("more steps", fmt.Sprintf(`testEvents.some((e) => e.kind === "error" || e.kind === "train" && e.step.step >= %d)`, loseAt))
			b.send(session.Command{ID: 7, Do: session.DoLose})
			if end := b.answer(session.EvTrained).Run; end.Stopped || end.Step != run.Total {
				t.Fatalf("ended at %+v", end)
			}
			if note := b.answer(session.EvNote).Note; note == "" {
				t.Error("nothing is said of the lost device")
			}
			b.losses(got)
			b.startWorker() // as another tab would
			b.send(session.Command{ID: 8, Do: session.DoProject, Project: "stripes"})
			b.wait("an answer", `testEvents.length === 2`)
			if e := b.events()[1].Error; e == nil || e.Code != "project" {
				t.Errorf("a second tab opens the project, too: %+v", b.events())
			}
			compareWithNative(t, *run.Config, files, got)
		})
	}
}

// compareWithNative trains the same run on the native adapter.
func compareWithNative(t *testing.T, c train.Config, files []data.File, got map[int]float64) {
	t.Helper()
	testdevice.GPU(t)
	d, err := data.FileDataset("stripes", files, data.DatasetOptions{Labelled: c.Kind == train.Finetune, ValShare: c.Val, Seed: c.Seed})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]float64{}
	r, err := train.New(context.Background(), train.Options{Config: c, Store: train.Memory{}, Data: d,
		Observer: train.Observer{Step: func(s train.Step) { want[s.Step] = s.Loss }},
		Open: func(ctx context.Context) (device.Device, error) {
			return gpu.Open(ctx, gpu.Options{MaxDispatchesPerSubmit: 32})
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || len(want) < 24 {
		t.Errorf("%d losses in the browser, %d natively", len(got), len(want))
	}
	worst := 0.0
	for step, loss := range want {
		worst = max(worst, math.Abs(got[step]-loss)/loss)
	}
	t.Logf("%s: %d steps, largest difference %.2g of the loss", c.Kind, len(want), worst)
	if !(worst <= 2e-3) {
		t.Errorf("a loss differs by %.2g of the native one, want at most 2e-3", worst)
	}
}
