package desktop

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/internal/desktop/scene"
	"unmask/internal/report"
	"unmask/train"
)

// photos writes class folders, or one folder without labels.
func photos(t *testing.T, labelled bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "photos")
	for i := range 16 {
		name := fmt.Sprintf("%02d.png", i)
		if labelled {
			name = []string{"cats/", "dogs/"}[i%2] + name
		}
		photo(t, filepath.Join(dir, name), 96, 96, i%5)
	}
	return dir
}

// TestTrainingFromADroppedFolder: plan, start, pause, resume, end; with the files of
// a run and what the window shows of them.
func TestTrainingFromADroppedFolder(t *testing.T) {
	for _, c := range []struct {
		name     string
		labelled bool
		kind     train.Kind
		shows    []string
	}{
		{"class folders", true, train.Finetune, []string{"Accuracy, top-1", "fine-tuning"}},
		{"photos", false, train.Pretrain, []string{"Constant answer", "pre-training"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := photos(t, c.labelled)
			a := start(t)
			a.show(TrainingView)
			a.Update(Input{Dropped: []string{dir}})
			until(t, a, "a plan", func() bool { return a.training.plan != nil && a.training.plan.need != nil })
			p := a.training.plan
			if p.kind != c.kind || p.pictures+p.val != 16 || p.val == 0 || p.out != dir+"-run" {
				t.Fatalf("the plan is %s of %d + %d pictures into %s", p.kind, p.pictures, p.val, p.out)
			}
			p.size = 96
			a.setEpochs(3)
			until(t, a, "the changed plan", func() bool { return a.training.plan.need != nil && a.training.plan.cfg.Epochs == 3 })
			steps := a.training.plan.need.Steps
			a.startTraining()
			until(t, a, "a step", func() bool { return a.training.step != nil })
			a.Update(Input{Keys: []string{"P"}})
			until(t, a, "the pause", func() bool { return a.training.run == nil })
			until(t, a, "what was saved", func() bool { return a.training.reached != nil && a.training.reached.Step > 0 })
			paused := a.training.reached.Step
			if a.problem != nil || paused >= steps || !strings.HasPrefix(a.training.state(), "Paused") {
				t.Fatalf("paused at step %d of %d: %s, problem %v", paused, steps, a.training.state(), a.problem)
			}
			a.Update(Input{Keys: []string{"P"}})
			until(t, a, "the end", func() bool { return a.training.run == nil && a.training.done() })
			until(t, a, "the curves", func() bool { return a.training.curvesOf.lines == len(a.training.lines) && len(a.training.lines) > 0 })
			if a.problem != nil || a.training.reached.Step != steps {
				t.Fatalf("ended at step %d of %d, problem %v", a.training.reached.Step, steps, a.problem)
			}
			a.dirty = true
			a.Update(Input{})
			for _, want := range append(c.shows, "Training loss", "Validation loss", fmt.Sprintf("Done · step %d of %d, epoch 3.00", steps, steps)) {
				if !slices.Contains(a.Scene().Words(), want) {
					t.Errorf("the window does not show %q but %q", want, a.Scene().Words())
				}
			}
			for _, name := range []string{train.ConfigFile, train.LogFile, train.BestFile, report.CurvesFile} {
				if _, err := os.Stat(filepath.Join(dir+"-run", name)); err != nil {
					t.Error(err)
				}
			}
			if (a.training.samples != nil) != (c.kind == train.Pretrain) {
				t.Errorf("samples %v", a.training.samples != nil)
			}

			// Another window opens the finished run, and a second plan has another folder.
			b := start(t, dir+"-run")
			until(t, b, "the run", func() bool { return b.view == TrainingView && b.training.done() })
			if got, want := b.training.figures(), a.training.figures(); !slices.Equal(got[1:], want[1:]) {
				t.Errorf("the other window shows %v, want %v", got, want)
			}
			if out := freeFolder(dir); out != dir+"-run-2" {
				t.Errorf("the next run goes to %s", out)
			}
		})
	}
}

// TestARunWithoutItsPictures says where they should be.
func TestARunWithoutItsPictures(t *testing.T) {
	a := start(t)
	a.training.dir, a.training.cfg = t.TempDir(), train.Config{Kind: train.Pretrain, Data: "/nowhere/photos"}
	a.resumeTraining()
	until(t, a, "the message", func() bool { return a.problem != nil })
	if p := a.problem; p.Code != "training" || !strings.Contains(p.Remedy, "/nowhere/photos") {
		t.Errorf("it says %+v", p)
	}
}

func TestTimesInWords(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 s", 59: "59 s", 300: "5 min", 7500: "2 h 05 min"} {
		if got := inWords(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
}

// TestFeatures: every layer has a name and a grid; the mask decides what is seen.
func TestFeatures(t *testing.T) {
	a := start(t, photo(t, filepath.Join(t.TempDir(), "a.png"), 64, 64, 0))
	settled(t, a)
	a.Update(Input{Keys: []string{"Digit2"}})
	f := &a.features
	until(t, a, "features", func() bool { return len(f.layers) == 8 && f.gotID == f.askedID })
	if got := f.layers[0].title() + ", " + f.layers[1].title() + ", " + f.layers[2].title(); got != "Stem, Stage 1, block 1, Down-sampling 1" {
		t.Errorf("layers are named %s", got)
	}
	grey := func() int {
		img := f.layers[0].grid(4)
		n := 0
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i] == 0x7a && img.Pix[i+1] == 0x80 {
				n++
			}
		}
		return n
	}
	half := grey()
	asked := f.askedID
	a.Update(Input{Keys: []string{"V"}})
	until(t, a, "the whole picture", func() bool { return f.askedID > asked && f.gotID == f.askedID })
	if whole := grey(); !(whole < half) {
		t.Errorf("%d grey pixels of the whole picture, %d of half", whole, half)
	}
	a.Update(Input{Keys: []string{"ArrowDown", "ArrowDown"}})
	if f.chosen != 2 {
		t.Errorf("layer %d is chosen, want 2", f.chosen)
	}
	// The mouse over a map tells of its channel.
	l := f.layers[f.chosen]
	stage := a.stage()
	g := fitted(scene.Rect{X: stage.X, Y: stage.Y + 30, W: stage.W, H: stage.H - 30}, f.grid.Bounds().Size(), 1)
	a.Update(Input{X: g.X + 3, Y: g.Y + 3})
	if want := fmt.Sprintf("Channel 1 of %d: %.3g to %.3g", l.c, l.lo[0], l.hi[0]); !slices.Contains(a.Scene().Words(), want) {
		t.Errorf("the window does not say %q", want)
	}
}

func TestViridisGrowsBrighter(t *testing.T) {
	last := -1.0
	for i := range 101 {
		c := viridis(float32(i) / 100)
		light := 0.2126*float64(c[0]) + 0.7152*float64(c[1]) + 0.0722*float64(c[2])
		if light < last-0.5 || math.IsNaN(light) {
			t.Fatalf("at %d %% the colour is darker than before", i)
		}
		last = light
	}
}
