package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/data"
	"unmask/weights"
)

// labelled writes n pictures of each class into a new folder, below each split;
// classes differ in their colours.
func labelled(t *testing.T, splits []string, classes []string, n int) string {
	t.Helper()
	dir := t.TempDir()
	for k, split := range splits {
		for c, class := range classes {
			folder := filepath.Join(dir, split, class)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.png", i)), scene(70+i, 64+k, c), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return dir
}

var five = []string{"a", "b", "c", "d", "e"}

// fiveClasses is a session with a classifier of five named classes.
func fiveClasses(t *testing.T) *Session {
	t.Helper()
	s := opened(t, "cpu")
	f := classifier(t, `["a","b","c","d","e"]`)
	f.Meta[weights.MetaPreprocessing] = weights.Preprocessing(32)
	if _, err := s.SetWeights("five", f); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Session) classesOf(t *testing.T, path string, o LabelOptions) (*ClassReport, error) {
	t.Helper()
	d, err := s.OpenLabelled(path, o)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return s.EvalClasses(context.Background(), d, o, func(int, int) {})
}

// TestEvalClassesAgreesWithClassify: the same answers as picture by picture.
func TestEvalClassesAgreesWithClassify(t *testing.T) {
	s := fiveClasses(t)
	dir := labelled(t, []string{"train", "test"}, []string{"b", "d"}, 3) // a part of the classes
	broken := filepath.Join(dir, "test", "b", "z.png")
	if err := os.WriteFile(broken, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := s.classesOf(t, dir, LabelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Split != "test" || r.Size != 32 || r.Pictures != 6 || len(r.Notes) != 0 || !slices.Equal(r.Counts, []int{0, 3, 0, 3, 0}) || len(r.Skipped) != 1 {
		t.Fatalf("%+v", r)
	}
	want := make([][]int, 5)
	for c := range want {
		want[c] = make([]int, 5)
	}
	for _, c := range []int{1, 3} {
		for i := range 3 {
			name := filepath.Join(dir, "test", five[c], fmt.Sprintf("%d.png", i))
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			logits, _, err := s.Classify(context.Background(), name, b, 32)
			if err != nil {
				t.Fatal(err)
			}
			want[c][s.TopK(logits, 1)[0].Index]++
		}
	}
	for c := range want {
		if !slices.Equal(r.Confusion[c], want[c]) {
			t.Errorf("row %s: %v, one by one %v", five[c], r.Confusion[c], want[c])
		}
	}
}

func TestEvalClassesSplits(t *testing.T) {
	s := fiveClasses(t)
	divided := labelled(t, []string{"train", "val", "test"}, five, 2)
	flat := labelled(t, []string{"."}, five, 3)
	for _, c := range []struct {
		path  string
		o     LabelOptions
		split string
		n     int
		note  string
	}{
		{divided, LabelOptions{}, "test", 10, ""},
		{divided, LabelOptions{Split: "val"}, "val", 10, ""},
		{divided, LabelOptions{Split: "train", Limit: 5}, "train", 5, ""},
		{flat, LabelOptions{}, "all", 15, "may have been trained on"},
		{flat, LabelOptions{Val: 0.3, Seed: 1}, "val", 5, ""},
	} {
		r, err := s.classesOf(t, c.path, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Split != c.split || r.Pictures != c.n || !strings.Contains(strings.Join(r.Notes, " "), c.note) || c.note == "" && len(r.Notes) > 0 {
			t.Errorf("%+v: split %s, %d pictures, notes %q; want %s, %d, %q", c.o, r.Split, r.Pictures, r.Notes, c.split, c.n, c.note)
		}
	}
}

func TestEvalClassesErrors(t *testing.T) {
	s := fiveClasses(t)
	flat := labelled(t, []string{"."}, five, 2)
	unknown := labelled(t, []string{"."}, []string{"a", "x"}, 2)
	unlabelled := pictures(t, map[string][]byte{"a.png": scene(64, 64, 1)})
	check := func(name string, err error, want Problem) {
		t.Helper()
		if err == nil || *Explain(err) != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, Explain(err), want)
		}
	}
	_, err := s.classesOf(t, flat, LabelOptions{Split: "test"})
	check("split", err, Problem{flat + ` has no pictures in a split "test"`, "choose one that it has: train", "picture"})
	_, err = s.classesOf(t, "nowhere", LabelOptions{})
	check("folder", err, Problem{"there is no folder or zip file nowhere", "check the name", "picture"})
	_, err = s.classesOf(t, unknown, LabelOptions{})
	check("other classes", err, Problem{unknown + `: class "x" is unknown: want "a", "b", "c", "d", "e"`, "name the class folders as the weights' classes are named, or fine-tune on this data set first", "picture"})
	_, err = s.classesOf(t, unlabelled, LabelOptions{})
	check("no labels", err, Problem{unlabelled + ": found no class folders: want the pictures of each class in a folder of its own, at least two classes", "", "picture"})
	_, err = s.classesOf(t, flat, LabelOptions{Size: 40})
	check("size", err, Problem{"size 40: want a multiple of 32, such as 32 or 64", "", "picture"})
	d, err := data.OpenDataset(data.DatasetOptions{Labelled: true}, unknown)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.EvalClasses(context.Background(), d, LabelOptions{}, func(int, int) {})
	check("another list", err, Problem{unknown + `: found classes "a", "x", the run has "a", "b", "c", "d", "e": want the same`, "fine-tune on this data set first", "picture"})

	// Weights that name no classes: the order of the folders, where the number fits.
	if _, err := s.SetWeights("unnamed", classifier(t, "")); err != nil {
		t.Fatal(err)
	}
	r, err := s.classesOf(t, flat, LabelOptions{Size: 32})
	if err != nil || !strings.Contains(r.Notes[0], "alphabetical") {
		t.Errorf("unnamed: %+v, %v", r, err)
	}
	_, err = s.classesOf(t, unknown, LabelOptions{Size: 32})
	check("unnamed", err, Problem{"unnamed names no classes and has 5, " + unknown + " has 2", "use weights that unmask finetune wrote: they name their classes", "weights"})
	ctx, stop := context.WithCancel(context.Background())
	stop()
	d, err = s.OpenLabelled(flat, LabelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.EvalClasses(ctx, d, LabelOptions{Size: 32}, func(int, int) {}); err == nil || Explain(err).Text != "the evaluation was stopped: context canceled" {
		t.Errorf("stopped: %v", err)
	}
	if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
		t.Fatal(err)
	}
	_, err = s.classesOf(t, flat, LabelOptions{})
	check("no head", err, Problem{"fcmae has no classifier head", "load weights of a fine-tuned classifier", "weights"})
}

// TestEvalFrozen: three kinds of features on pictures whose colours tell the class.
func TestEvalFrozen(t *testing.T) {
	s := evaluator(t, "cpu")
	frozen := func(path string, o LabelOptions) (*FrozenReport, error) {
		d, err := s.OpenFeatured(path, o)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		last := 0
		r, err := s.EvalFrozen(context.Background(), d, true, true, o, func(done, total int) {
			if done < last || done > total {
				t.Errorf("progress %d after %d, of %d", done, last, total)
			}
			last = done
		})
		return r, err
	}
	divided := labelled(t, []string{"train", "val", "test"}, five[:3], 4)
	r, err := frozen(divided, LabelOptions{Size: 32, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	if r.Split != "test" || r.Train != 12 || r.Val != 12 || r.Test != 12 || r.ValFrom != "val" || len(r.Rows) != 3 {
		t.Fatalf("%+v", r)
	}
	for i, want := range []struct {
		name string
		dim  int
	}{{"encoder of fcmae", 16}, {"the same network, random weights (seed 7)", 16}, {"colour histogram", 512}} {
		row := r.Rows[i]
		if row.Features != want.name || row.Dim != want.dim || row.KNN == nil || row.Linear == nil || row.Linear.Decay == 0 {
			t.Errorf("row %d: %+v", i, row)
		}
	}
	if c := r.Rows[2]; c.Linear.Acc1 != 100 {
		t.Errorf("colours tell these classes: %+v", c.Linear)
	}
	again, err := frozen(divided, LabelOptions{Size: 32, Seed: 7})
	if err != nil || *again.Rows[1].Linear != *r.Rows[1].Linear || *again.Rows[0].KNN != *r.Rows[0].KNN {
		t.Errorf("a second evaluation differs: %v", err)
	}
	flat, err := frozen(labelled(t, []string{"."}, five[:2], 10), LabelOptions{Size: 32})
	if err != nil || flat.Split != "val" || flat.ValFrom != "train" || flat.Train != 16 || flat.Test != 4 || flat.Val != 4 || flat.Majority != 50 {
		t.Errorf("without splits: %+v, %v", flat, err)
	}
	_, err = frozen(divided, LabelOptions{Size: 32, Split: "train"})
	if want := (Problem{"what is learned from the training pictures cannot be tested on them", "choose the split test or val", "picture"}); err == nil || *Explain(err) != want {
		t.Errorf("tested on what was learned: %v", err)
	}
}
