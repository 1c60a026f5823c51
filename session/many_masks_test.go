package session

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"unmask/data"
)

// masked is a session with a small masked autoencoder and a picture of 2 x 3
// patches; next hands it commands while it works.
func masked(t *testing.T, next func() (Command, bool)) *Session {
	t.Helper()
	s := New(Options{Next: next})
	t.Cleanup(s.Close)
	if _, _, err := s.Open(context.Background(), "cpu"); err != nil {
		t.Fatal(err)
	}
	one(t, s, Command{Do: DoWeights, Name: "fcmae", Blob: fixture(t, "fcmae.safetensors")}, EvWeights)
	one(t, s, Command{Do: DoPicture, Name: "a.png", Size: 64, Blob: scene(96, 64, 1)}, EvPicture)
	return s
}

func kinds(events []Event) []string {
	var names []string
	for _, e := range events {
		names = append(names, e.Kind)
	}
	return names
}

// TestWholeIsTheMeanOfSingleReconstructions asks for each mask by itself and
// averages what the front end would see, in its own words.
func TestWholeIsTheMeanOfSingleReconstructions(t *testing.T) {
	s := masked(t, nil)
	events := do(s, Command{ID: 3, Do: DoWhole, Ratio: 0.5, Seed: 9, Masks: 5})
	if want := []string{EvProgress, EvProgress, EvProgress, EvProgress, EvWhole}; !slices.Equal(kinds(events), want) {
		t.Fatalf("events %s, want %v", describe(events), want)
	}
	if p := *events[1].Progress; p != (Progress{"masks", 2, 5, "masks"}) || events[1].ID != 3 {
		t.Errorf("progress %+v of %d", p, events[1].ID)
	}
	masks, err := data.Complementary(2, 3, 0.5, 9, 5)
	if err != nil {
		t.Fatal(err)
	}
	sum, times, psnr := make([]float64, 96*64*3), make([]float64, 96*64), 0.0
	for _, m := range masks {
		e := one(t, s, Command{Do: DoReconstruct, Hidden: m.Bits()}, EvReconstruction)
		psnr += e.Reconstruction.PSNR / 5
		for i := range times {
			if m.Hidden[i/96/32*3+i%96/32] {
				times[i]++
				for c := range 3 {
					sum[3*i+c] += float64(e.Blobs[0][4*i+c])
				}
			}
		}
	}
	whole, original, square := events[4], s.Picture().RGBA(), 0.0
	for i, v := range sum {
		got, want := float64(whole.Blobs[0][i/3*4+i%3]), v/times[i/3]
		if math.Abs(got-want) > 1 { // each was rounded by itself
			t.Fatalf("value %d is %v, the mean of single ones %v", i, got, want)
		}
		d := (got - float64(original[i/3*4+i%3])) / 255
		square += d * d / float64(len(sum))
	}
	w := whole.Whole
	if w.Masks != 5 || w.Ratio != 0.5 || w.Seed != 9 || w.Least != 2 || w.Most != 3 || w.MS <= 0 {
		t.Errorf("%+v", w)
	}
	if math.Abs(w.Single-psnr) > 1e-9 || math.Abs(w.PSNR+10*math.Log10(square)) > 0.05 || w.SSIM <= -1 || w.SSIM >= 1 {
		t.Errorf("single %v, PSNR %v, SSIM %v; want %v, %v", w.Single, w.PSNR, w.SSIM, psnr, -10*math.Log10(square))
	}
}

func TestSweepHidesMoreAndMore(t *testing.T) {
	s := masked(t, nil)
	ratios := []float64{0.2, 0.4, 0.6, 0.8}
	events := do(s, Command{ID: 4, Do: DoSweep, Ratios: ratios, Seed: 7})
	if len(events) != 4 {
		t.Fatalf("events %s, want four", describe(events))
	}
	last := data.NewMask(2, 3)
	for i, e := range events {
		m, err := data.ParseMask(e.Sweep.Hidden, 2, 3)
		if e.Kind != EvSweep || e.ID != 4 || err != nil || *e.Sweep != (SweepStep{i, 4, ratios[i], m.Bits()}) {
			t.Fatalf("event %d is %s: %+v", i, e.Kind, e.Sweep)
		}
		for p := range m.Hidden {
			if last.Hidden[p] && !m.Hidden[p] {
				t.Errorf("step %d shows patch %d again", i, p)
			}
		}
		if m.Count() <= last.Count() {
			t.Errorf("step %d hides %d patches, the one before %d", i, m.Count(), last.Count())
		}
		single := one(t, s, Command{Do: DoReconstruct, Hidden: m.Bits()}, EvReconstruction)
		if !slices.Equal(single.Blobs[1], e.Blobs[0]) || single.Reconstruction.PSNR != e.Reconstruction.PSNR {
			t.Errorf("step %d is not the reconstruction under its mask", i)
		}
		last = m
	}
}

// TestJobsGiveWay: a stroke that comes while a job works is answered at once, and a
// newer picture ends the job.
func TestJobsGiveWay(t *testing.T) {
	whole := Command{ID: 1, Do: DoWhole, Ratio: 0.5, Masks: 5}
	sweep := Command{ID: 1, Do: DoSweep, Ratios: []float64{0.3, 0.5, 0.7}}
	stroke := Command{ID: 2, Do: DoReconstruct, Hidden: "011010"}
	for _, c := range []struct {
		name      string
		job       Command
		meanwhile []Command
		want      []string
	}{
		{"a stroke", sweep, []Command{stroke}, []string{EvSweep, EvReconstruction, EvSweep, EvSweep}},
		{"cancelled", sweep, []Command{{ID: 3, Do: DoCancel}}, []string{EvSweep, EvCancelled}},
		{"whole, cancelled after a stroke", whole, []Command{stroke, {ID: 3, Do: DoCancel}}, []string{EvProgress, EvReconstruction, EvCancelled}},
		{"a picture", whole, []Command{{ID: 3, Do: DoPicture, Name: "b.png", Size: 64, Blob: scene(64, 64, 2)}}, []string{EvProgress, EvCancelled, EvPicture}},
		{"another job", whole, []Command{{ID: 3, Do: DoSweep, Ratios: []float64{0.5}}}, []string{EvProgress, EvCancelled, EvSweep}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var waiting []Command
			s := masked(t, func() (Command, bool) {
				if len(waiting) == 0 {
					return Command{}, false
				}
				first := waiting[0]
				waiting = waiting[1:]
				return first, true
			})
			waiting = c.meanwhile
			events := do(s, c.job)
			if !slices.Equal(kinds(events), c.want) {
				t.Fatalf("events %s, want %v", describe(events), c.want)
			}
			for _, e := range events {
				if own := e.Kind == EvReconstruction || e.Kind == EvPicture; own == (e.ID == 1) && c.name != "another job" {
					t.Errorf("%s answers command %d", e.Kind, e.ID)
				}
			}
		})
	}
	// With nothing to end, there is nothing to say.
	if events := do(masked(t, nil), Command{Do: DoCancel}); len(events) != 0 {
		t.Errorf("an idle session answers %s", describe(events))
	}
}

func TestRefusedJobs(t *testing.T) {
	empty := New(Options{})
	defer empty.Close()
	s := masked(t, nil)
	for _, c := range []struct {
		s          *Session
		c          Command
		code, text string
	}{
		{empty, Command{Do: DoWhole, Ratio: 0.5, Masks: 4}, "picture", "no picture yet"},
		{empty, Command{Do: DoSweep, Ratios: []float64{0.5}}, "picture", "no picture yet"},
		{s, Command{Do: DoWhole, Ratio: 0.5, Masks: 1}, "mask", "1 masks: want 2 to 64"},
		{s, Command{Do: DoWhole, Ratio: 0.1, Masks: 3}, "mask", "3 masks of ratio 0.1 never hide patch"},
		{s, Command{Do: DoWhole, Ratio: 1, Masks: 3}, "mask", "mask ratio is 1"},
		{s, Command{Do: DoSweep}, "mask", "a sweep of 0 mask ratios"},
		{s, Command{Do: DoSweep, Ratios: []float64{-1}}, "mask", "mask ratio is -1"},
		{s, Command{Do: DoAnimate, Width: 2, Height: 2, Delays: []int{1}, Blobs: [][]byte{{1, 2, 3}}}, "internal", "frame 0 has 3 bytes"},
		{s, Command{Do: DoAnimate}, "internal", "0 frames"},
	} {
		e := one(t, c.s, c.c, EvError)
		if e.Error.Code != c.code || !strings.Contains(e.Error.Text, c.text) {
			t.Errorf("%s: %+v, want %s: %q", c.c.Do, *e.Error, c.code, c.text)
		}
	}
}

func TestAnimationByCommand(t *testing.T) {
	frame := make([]byte, 4*5*3)
	e := one(t, New(Options{}), Command{Do: DoAnimate, Width: 5, Height: 3, Delays: []int{100, 100}, Blobs: [][]byte{frame, frame}}, EvAnimation)
	if len(e.Blobs) != 1 || !strings.HasPrefix(string(e.Blobs[0]), "GIF89a") {
		t.Errorf("%d blobs, want a GIF", len(e.Blobs))
	}
}
