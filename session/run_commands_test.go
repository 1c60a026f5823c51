package session

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"unmask/internal/testdevice"
	"unmask/train"
)

// withProject is a session with an open project of two classes, n pictures each.
func withProject(t *testing.T, place Place, next func() (Command, bool), n int) *Session {
	t.Helper()
	testdevice.GPU(t)
	s := New(Options{Place: place, Next: next})
	t.Cleanup(s.Close)
	if _, _, err := s.Open(context.Background(), "gpu"); err != nil {
		t.Fatal(err)
	}
	one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
	add := Command{Do: DoAdd}
	for i := range 2 * n {
		add.Paths = append(add.Paths, fmt.Sprintf("%s/%d.png", []string{"cat", "dog"}[i%2], i))
		add.Blobs = append(add.Blobs, scene(64, 48, i))
	}
	if p := one(t, s, add, EvProject).Project; len(p.Pictures) != 2*n || len(p.Refused) != 0 {
		t.Fatalf("the project holds %v, refused %v", p.Pictures, p.Refused)
	}
	return s
}

// quick is a run of a few steps at a small size.
func quick(kind train.Kind, epochs float64) Command {
	config, err := json.Marshal(map[string]any{"size": 32, "batch": 4, "epochs": epochs, "every": 1, "seed": 5, "val": 0.25})
	if err != nil {
		panic(err)
	}
	if kind == train.Pretrain {
		config = []byte(strings.Replace(string(config), `"size":32`, `"size":64`, 1))
	}
	return Command{ID: 7, Do: DoTrain, Kind: kind, Plan: &TrainPlan{Scratch: true, Config: config}}
}

// losses are those of the steps among events.
func losses(events []Event) map[int]float64 {
	seen := map[int]float64{}
	for _, e := range events {
		if e.Step != nil {
			seen[e.Step.Step] = e.Step.Loss
		}
	}
	return seen
}

func last(t *testing.T, events []Event, kind string) Event {
	t.Helper()
	e := events[len(events)-1]
	if e.Kind != kind || e.ID != 7 {
		t.Fatalf("%s, want %q at the end", describe(events), kind)
	}
	return e
}

// TestARunByCommands trains, stops in the middle, goes on in another session, and
// sees the losses of a run that was left alone; other commands are answered
// meanwhile, and the weights can be loaded at once.
func TestARunByCommands(t *testing.T) {
	for _, kind := range []train.Kind{train.Pretrain, train.Finetune} {
		t.Run(string(kind), func(t *testing.T) {
			whole := withProject(t, newShelf(), nil, 6)
			events := do(whole, quick(kind, 4))
			end := last(t, events, EvTrained)
			want := losses(events)
			if len(want) != end.Run.Total || end.Run.Stopped || end.Run.Total < 6 {
				t.Fatalf("%d steps of %+v", len(want), end.Run)
			}

			place := newShelf()
			var queue []Command
			next := waiting(&queue)
			s := withProject(t, place, next, 6)
			var first, other []Event
			s.Do(context.Background(), quick(kind, 4), func(e Event) {
				if e.ID != 7 {
					other = append(other, e)
					return
				}
				first = append(first, e)
				if e.Step != nil && e.Step.Step == 3 {
					queue = append(queue, Command{ID: 9, Do: DoThumbs, Paths: []string{"cat/0.png"}, Size: 16},
						Command{ID: 10, Do: DoTrain, Kind: kind}, Command{ID: 11, Do: DoStop})
				}
			})
			if end := last(t, first, EvTrained); !end.Run.Stopped || end.Run.Step != 3 {
				t.Fatalf("stopped at %+v", end.Run)
			}
			if len(other) != 2 || other[0].Kind != EvThumbs || len(other[0].Blobs[0]) != 16*16*4 ||
				other[1].Error == nil || !strings.Contains(other[1].Error.Text, "a run is under way") {
				t.Errorf("meanwhile: %s", describe(other))
			}
			s.Close()

			s = New(Options{Place: place})
			t.Cleanup(s.Close)
			p := one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject).Project
			if len(p.Runs) != 1 || p.Runs[0].Step != 3 || !p.Runs[0].Stopped || p.Runs[0].Kind != kind {
				t.Fatalf("after reopening: %+v", p.Runs)
			}
			rest := do(s, Command{ID: 7, Do: DoResume, Kind: kind})
			last(t, rest, EvTrained)
			got := losses(append(first, rest...))
			for step, loss := range want {
				if got[step] != loss {
					t.Errorf("step %d: loss %v, want %v", step, got[step], loss)
				}
			}
			w := one(t, s, Command{Do: DoWeights, Kind: kind}, EvWeights).Weights
			if w.HasDecoder != (kind == train.Pretrain) || w.Name != "pets" {
				t.Errorf("its weights are %+v", w)
			}
			if kind == train.Finetune {
				scores := do(s, Command{ID: 7, Do: DoScores})
				if r := last(t, scores, EvScores).Scores; r.Pictures != 4 || r.Split != "val" {
					t.Errorf("scores of %d pictures of %q", r.Pictures, r.Split)
				}
			}
			if b := one(t, s, Command{Do: DoRunFile, Kind: kind, Name: train.LogFile}, EvFile).Blobs[0]; strings.Count(string(b), "\n") != 4 {
				t.Errorf("the log is\n%s", b)
			}
			if p := one(t, s, Command{Do: DoForget, Kind: kind}, EvProject).Project; len(p.Runs) != 0 || len(p.Pictures) != 12 {
				t.Errorf("after forgetting: %+v", p)
			}
		})
	}
}

// TestTrainingSurvivesALostDevice: the run goes on by itself, with the same losses.
func TestTrainingSurvivesALostDevice(t *testing.T) {
	alone := withProject(t, newShelf(), nil, 6)
	want := losses(do(alone, quick(train.Finetune, 3)))
	var queue []Command
	s := withProject(t, newShelf(), waiting(&queue), 6)
	var events []Event
	lost := false
	s.Do(context.Background(), quick(train.Finetune, 3), func(e Event) {
		events = append(events, e)
		if e.Step != nil && e.Step.Step == 4 && !lost {
			lost, queue = true, append(queue, Command{ID: 8, Do: DoLose})
		}
	})
	last(t, events, EvTrained)
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Kind == EvNote && strings.Contains(e.Note, "device was lost") }) {
		t.Errorf("nothing is said of the loss: %s", describe(events))
	}
	got := losses(events)
	for step, loss := range want {
		if got[step] != loss {
			t.Errorf("step %d: loss %v, want %v", step, got[step], loss)
		}
	}
}

func TestAPlanComputesNothing(t *testing.T) {
	s := withProject(t, newShelf(), nil, 6)
	plan := quick(train.Finetune, 10)
	plan.Do = DoPlan
	r := one(t, s, Command{Do: DoPlan, Kind: plan.Kind, Plan: plan.Plan}, EvRun).Run
	if r.Total != 20 || r.Train != 8 || r.Val != 4 || r.Config.Size != 32 || r.Need.Peak <= 0 || !slices.Equal(r.Config.Classes, []string{"cat", "dog"}) {
		t.Errorf("the plan is %+v with %+v", r, r.Need)
	}
}

func TestProjectsAreListedLockedAndDeleted(t *testing.T) {
	place := newShelf()
	s, other := New(Options{Place: place}), New(Options{Place: place})
	t.Cleanup(s.Close)
	t.Cleanup(other.Close)
	one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
	one(t, s, Command{Do: DoAdd, Paths: []string{"cat/1.png"}, Blobs: [][]byte{scene(40, 40, 1)}}, EvProject)
	if e := one(t, other, Command{Do: DoProject, Project: "pets"}, EvError).Error; e.Code != "project" || !strings.Contains(e.Text, "open in another tab") {
		t.Errorf("opened twice: %+v", e)
	}
	one(t, s, Command{Do: DoProject, Project: "birds"}, EvProject) // which closes the other
	if p := one(t, other, Command{Do: DoProject, Project: "pets"}, EvProject).Project; !slices.Equal(p.Pictures, []string{"cat/1.png"}) {
		t.Errorf("holds %v", p.Pictures)
	}
	if l := one(t, s, Command{Do: DoProjects}, EvProjects).Projects; !slices.Equal(l.Names, []string{"birds", "pets"}) || l.Used == 0 {
		t.Errorf("listed: %+v", l)
	}
	if l := one(t, other, Command{Do: DoDelete, Project: "pets"}, EvProjects).Projects; !slices.Equal(l.Names, []string{"birds"}) {
		t.Errorf("after the deletion: %+v", l)
	}
}

func TestProblemsOfProjectsAndRuns(t *testing.T) {
	fresh := func(t *testing.T) *Session {
		s := New(Options{Place: newShelf()})
		t.Cleanup(s.Close)
		return s
	}
	empty := func(t *testing.T) *Session {
		s := fresh(t)
		one(t, s, Command{Do: DoProject, Project: "pets"}, EvProject)
		return s
	}
	full := func(t *testing.T) *Session {
		place := newShelf()
		s := withProject(t, place, nil, 3)
		place.full = true
		return s
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T) *Session
		do   Command
		want Problem
	}{
		{"nowhere to keep", func(t *testing.T) *Session { return New(Options{}) }, Command{Do: DoProjects}, Problem{"there is no place here to keep a project", "", "project"}},
		{"a name with a slash", fresh, Command{Do: DoProject, Project: "a/b"}, Problem{`a project cannot be called "a/b"`, "use up to 63 letters, digits, spaces, dots, - and _", "project"}},
		{"a name of dots", fresh, Command{Do: DoDelete, Project: ".."}, Problem{`a project cannot be called ".."`, "use up to 63 letters, digits, spaces, dots, - and _", "project"}},
		{"nothing open", fresh, Command{Do: DoAdd}, Problem{"no project is open", "open one first", "project"}},
		{"training nothing", fresh, Command{Do: DoTrain, Kind: train.Finetune}, Problem{"no project is open", "open one first", "project"}},
		{"no pictures", empty, Command{Do: DoTrain, Kind: train.Finetune}, Problem{"pets: no pictures found: want files that end in .jpg, .jpeg, .jfif, .png, .gif, .webp, .bmp, .tif, .tiff", "", "picture"}},
		{"nothing to resume", empty, Command{Do: DoResume, Kind: train.Finetune}, Problem{"there is no run here: config.json is missing", "", "training"}},
		{"no weights", empty, Command{Do: DoWeights, Kind: train.Finetune}, Problem{"the project pets has no best.safetensors of a finetune run", "train first", "training"}},
		{"an unknown kind", empty, Command{Do: DoTrain, Kind: "dream"}, Problem{`no kind of run "dream"`, "", "internal"}},
		{"no such picture", empty, Command{Do: DoRemove, Paths: []string{"cat/1.png"}}, Problem{"pets: there is no picture cat/1.png", "", "project"}},
		{"an unknown key", func(t *testing.T) *Session { return withProject(t, newShelf(), nil, 3) },
			Command{Do: DoPlan, Kind: train.Finetune, Plan: &TrainPlan{Scratch: true, Config: json.RawMessage(`{"sise": 3}`)}},
			Problem{`the run's configuration cannot be read: json: unknown field "sise"`, "use keys of a run's config.json", "training"}},
		{"a full disk", full, quick(train.Finetune, 2), Problem{"the disk is full", "", "training"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := do(c.make(t), c.do)
			var got *Problem
			for _, e := range events {
				if e.Error != nil {
					got = e.Error
				}
			}
			if got == nil || *got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// waiting gives a session the commands of a queue, one after the other.
func waiting(queue *[]Command) func() (Command, bool) {
	return func() (Command, bool) {
		if len(*queue) == 0 {
			return Command{}, false
		}
		c := (*queue)[0]
		*queue = (*queue)[1:]
		return c, true
	}
}
