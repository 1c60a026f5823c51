package session

import (
	"slices"
	"testing"

	"unmask/internal/testdevice"
	"unmask/train"
)

// TestCancelNamesItsJob: a sweep within a self-test, and a cancel that comes while the
// sweep works.
func TestCancelNamesItsJob(t *testing.T) {
	const test, sweep = 5, 6
	for _, c := range []struct {
		name    string
		job     int
		want    []string // of the sweep
		partial bool     // the self-test
	}{
		{"the outer", test, []string{EvSweep, EvSweep, EvSweep}, true},
		{"the inner", sweep, []string{EvSweep, EvCancelled}, false},
		{"the one that works", 0, []string{EvSweep, EvCancelled}, false},
		{"one that is over", 99, []string{EvSweep, EvSweep, EvSweep}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := withNext(t, "cpu", Options{}, Command{ID: sweep, Do: DoSweep, Ratios: []float64{0.3, 0.5, 0.7}}, Command{ID: 7, Do: DoCancel, Job: c.job})
			withPicture(t, s)
			events := do(s, Command{ID: test, Do: DoSelfTest})
			var inner []string
			var last Event
			for _, e := range events {
				switch {
				case e.ID == sweep:
					inner = append(inner, e.Kind)
				case e.Kind == EvSelfTest:
					last = e
				}
			}
			if !slices.Equal(inner, c.want) || last.Partial != c.partial || len(last.SelfTest) == 0 {
				t.Errorf("answers %s, the self-test is partial: %v", describe(events), last.Partial)
			}
			if end := events[len(events)-1]; (end.Kind == EvCancelled && end.ID == test) != c.partial {
				t.Errorf("ends with %s", describe([]Event{end}))
			}
		})
	}
}

// TestARunPausesInTheMiddleOfAJob of the device, and of one within that.
func TestARunPausesInTheMiddleOfAJob(t *testing.T) {
	testdevice.GPU(t)
	for _, job := range []string{DoSelfTest, DoBench, DoTune} {
		t.Run(job, func(t *testing.T) {
			var queue []Command
			s := withProject(t, newShelf(), waiting(&queue), 6)
			s.options.Tuned = kept{}
			var events []Event
			s.Do(t.Context(), quick(train.Finetune, 4), func(e Event) {
				events = append(events, e)
				if e.Step != nil && e.Step.Step == 2 {
					queue = append(queue, Command{ID: 8, Do: job}, Command{ID: 9, Do: DoProjects}, Command{ID: 10, Do: DoStop})
				}
			})
			if end := last(t, events, EvTrained); !end.Run.Stopped || end.Run.Step != 2 {
				t.Errorf("stopped at %+v", end.Run)
			}
			if !slices.ContainsFunc(events, func(e Event) bool { return e.ID == 8 && e.Kind == EvCancelled }) {
				t.Errorf("the job went on to its end: %s", describe(events))
			}
		})
	}
}
