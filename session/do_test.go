package session

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/ref"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

// each runs a test with a session on the GPU and with one on the CPU.
func each(t *testing.T, f func(t *testing.T, s *Session)) {
	t.Run("gpu", func(t *testing.T) {
		testdevice.GPU(t)
		f(t, opened(t, "gpu"))
	})
	t.Run("cpu", func(t *testing.T) { f(t, opened(t, "cpu")) })
}

func opened(t *testing.T, prefer string) *Session {
	t.Helper()
	s := New(Options{})
	t.Cleanup(s.Close)
	if _, _, err := s.Open(context.Background(), prefer); err != nil {
		t.Fatal(err)
	}
	return s
}

// do carries out one command and returns its events.
func do(s *Session, c Command) []Event {
	var events []Event
	s.Do(context.Background(), c, func(e Event) { events = append(events, e) })
	return events
}

// one carries out a command that must answer with exactly one event of a kind.
func one(t *testing.T, s *Session, c Command, kind string) Event {
	t.Helper()
	c.ID = 41
	events := do(s, c)
	if len(events) != 1 || events[0].Kind != kind || events[0].ID != 41 {
		t.Fatalf("%s answers %s, want one event %q of command 41", c.Do, describe(events), kind)
	}
	return events[0]
}

func describe(events []Event) string {
	var parts []string
	for _, e := range events {
		s := fmt.Sprintf("%s of %d", e.Kind, e.ID)
		if e.Error != nil {
			s += fmt.Sprintf(" (%s: %s)", e.Error.Code, e.Error.Text)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// fixture reads a small network written by PyTorch.
func fixture(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../weights/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// scene is a PNG file of w x h pixels: soft waves that differ by seed.
func scene(w, h, seed int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			wave := func(k float64) uint8 {
				return uint8(127 + 100*math.Sin(3*u+k*v+float64(seed)+k))
			}
			img.SetNRGBA(x, y, color.NRGBA{wave(1), wave(2), wave(3), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// broken is a device that fails as our own mistakes do.
type broken struct{ *ref.Device }

func (broken) Alloc(string, int) (device.Buffer, error) { panic("BUG: broken on purpose") }

func TestAPanicBecomesAnEvent(t *testing.T) {
	s := opened(t, "cpu")
	whole := s.dev
	s.dev = broken{ref.Open(ref.Options{})}
	e := one(t, s, Command{Do: DoSelfTest}, EvError)
	if want := (Problem{"BUG: broken on purpose", "please report this with the steps that led to it", "internal"}); *e.Error != want {
		t.Errorf("got  %+v\nwant %+v", *e.Error, want)
	}
	s.dev = whole // the session is alive
	one(t, s, Command{Do: DoPicture, Name: "a.png", Blob: scene(32, 32, 1)}, EvPicture)
}

func TestOpenByCommand(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	if e := one(t, s, Command{Do: DoOpen, Prefer: "cpu"}, EvDevice); e.Device.Kind != "cpu" || e.Device.Name == "" || e.Note != "" {
		t.Errorf("%+v, note %q", e.Device, e.Note)
	}
	e := one(t, s, Command{Do: DoOpen, Prefer: "auto"}, EvDevice) // either device, never an error
	if e.Device.Kind == "cpu" && !strings.HasPrefix(e.Note, "No GPU can be used here, so the CPU computes: slower, with the same result. (") {
		t.Errorf("the CPU instead of a GPU, and the note is %q", e.Note)
	}
}

func TestSelfTestByCommand(t *testing.T) {
	s := opened(t, "cpu")
	events := do(s, Command{ID: 5, Do: DoSelfTest})
	ops := shaders.All()
	if len(events) != len(ops)+1 {
		t.Fatalf("%d events, want %d and the result", len(events), len(ops))
	}
	for i, e := range events[:len(ops)] {
		if want := (Progress{"self-test", float64(i + 1), float64(len(ops)), "ops"}); e.Kind != EvProgress || *e.Progress != want || e.ID != 5 {
			t.Errorf("event %d is %s: %+v, want %+v", i, e.Kind, e.Progress, want)
		}
	}
	kernels := 0
	for _, op := range ops {
		for _, k := range op.Kernels {
			if k.RunsOn(nil) {
				kernels++
			}
		}
	}
	last := events[len(ops)]
	if last.Kind != EvSelfTest || len(last.SelfTest) != kernels {
		t.Fatalf("the last event is %s of %d kernels, want %s of %d", last.Kind, len(last.SelfTest), EvSelfTest, kernels)
	}
	for _, r := range last.SelfTest {
		if !r.OK || r.Cases == 0 || r.Share < 0 || r.Share > 1 {
			t.Errorf("%+v", r)
		}
	}
}

// TestALostDeviceIsSurvived: the device goes away between two reconstructions;
// the second has the same bits, and says what happened.
func TestALostDeviceIsSurvived(t *testing.T) {
	testdevice.GPU(t)
	s := opened(t, "gpu")
	one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 64, Blob: scene(64, 96, 1)}, EvPicture)
	ask := Command{Do: DoReconstruct, Hidden: "011010"}
	want := one(t, s, ask, EvReconstruction)
	for _, work := range []string{"reconstruct", "weights, then reconstruct"} {
		lost := s.dev.(*gpu.Device)
		if e := one(t, s, Command{Do: DoLose}, EvDevice); e.Note != "the device was destroyed" {
			t.Errorf("note %q", e.Note)
		}
		if _, err := lost.Alloc("x", 1); err == nil {
			t.Fatal("the device is still there: the test shows nothing")
		}
		note := "The graphics device was lost and has been opened again; nothing of yours is gone."
		if work != "reconstruct" {
			one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
			note = "" // the weights came to the new device already
		}
		got := one(t, s, ask, EvReconstruction)
		if got.Note != note {
			t.Errorf("%s: note %q, want %q", work, got.Note, note)
		}
		for i := range want.Blobs {
			if !bytes.Equal(got.Blobs[i], want.Blobs[i]) {
				t.Errorf("%s: blob %d differs after the loss", work, i)
			}
		}
		if got.Reconstruction.Loss != want.Reconstruction.Loss {
			t.Errorf("%s: loss %v, before %v", work, got.Reconstruction.Loss, want.Reconstruction.Loss)
		}
	}
}

// TestWeightsMoveWithTheDevice: what was loaded on one device works on the next.
func TestWeightsMoveWithTheDevice(t *testing.T) {
	s := opened(t, "cpu")
	one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 32, Blob: scene(64, 32, 1)}, EvPicture)
	want := one(t, s, Command{Do: DoReconstruct, Hidden: "01"}, EvReconstruction)
	one(t, s, Command{Do: DoOpen, Prefer: "cpu"}, EvDevice)
	got := one(t, s, Command{Do: DoReconstruct, Hidden: "01"}, EvReconstruction)
	if !bytes.Equal(got.Blobs[0], want.Blobs[0]) || got.Note != "" {
		t.Errorf("another picture on the next device (note %q)", got.Note)
	}
}
