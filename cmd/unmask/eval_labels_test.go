package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/weights"
)

// classFolders writes n photos of each class below each split into a new folder.
func classFolders(t *testing.T, splits, classes []string, n int) string {
	t.Helper()
	dir := t.TempDir()
	for k, split := range splits {
		for c, class := range classes {
			folder := filepath.Join(dir, split, class)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				photo(t, folder, fmt.Sprintf("%d.png", i), 64+i, 64+k, c)
			}
		}
	}
	return dir
}

var animals = []string{"ant", "bee", "cat", "dog", "eel"}

// named is the classifier fixture with class names.
func named(t *testing.T, dir string) string {
	t.Helper()
	f := loaded(t, classifier)
	f.Meta = map[string]string{weights.MetaClasses: `["ant","bee","cat","dog","eel"]`, weights.MetaPreprocessing: weights.Preprocessing(32)}
	path := filepath.Join(dir, "named.safetensors")
	if err := weights.WriteFile(path, f, "f32"); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvalTop1Contract(t *testing.T) {
	dir := classFolders(t, []string{"train", "test"}, animals, 2)
	out := t.TempDir()
	file, matrix := named(t, out), filepath.Join(out, "matrix.png")
	var r map[string]any
	document(t, &r, "eval", dir, "--weights", file, "--metric", "top1", "--device", "cpu", "--confusion", matrix)
	want := []string{"acc1", "acc5", "classes", "confusion", "counts", "data", "loss", "notes", "per_class", "pictures", "size", "skipped", "split", "weights", "worst"}
	if !slices.Equal(keys(r), want) {
		t.Errorf("keys %q, want %q", keys(r), want)
	}
	if r["pictures"] != 10.0 || r["split"] != "test" || r["size"] != 32.0 || r["acc5"] != 100.0 || len(r["confusion"].([]any)) != 5 {
		t.Errorf("%v", r)
	}
	if b := pixels(t, matrix).Bounds(); b.Dx() < 800 {
		t.Errorf("the matrix has %v pixels", b.Max)
	}
	o := must(t, "eval", dir, "--weights", file, "--metric", "top1", "--device", "cpu", "--split", "train", "--size", "64", "--limit", "5")
	for _, want := range []string{"5 pictures (train) at 64 pixels, ", "top-1 ", "top-5 100.00 %", "class  pictures", "\nant           1 ", "surest mistakes\n", " instead of "} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing from:\n%s", want, o.out)
		}
	}
	if !strings.HasSuffix(o.err, "\r5 of 5 pictures\n") {
		t.Errorf("stderr %q", o.err)
	}
}

// TestEvalJudgesARunByWhatItSetAside: weights in the folder of a run bring its
// split along.
func TestEvalJudgesARunByWhatItSetAside(t *testing.T) {
	dir, out := classFolders(t, []string{"."}, animals, 4), t.TempDir()
	weights := named(t, out)
	eval := func(more ...string) outcome {
		return must(t, append([]string{"eval", dir, "--weights", weights, "--metric", "top1", "--device", "cpu"}, more...)...)
	}
	if o := eval(); !strings.Contains(o.out, "20 pictures (all)") || !strings.Contains(o.err, "may have been trained on these very pictures") {
		t.Errorf("without a run:\n%s%s", o.err, o.out)
	}
	file(t, out, "config.json", []byte(`{"kind":"finetune","val":0.25,"seed":3}`))
	if o := eval(); !strings.Contains(o.out, "5 pictures (val)") || !strings.Contains(o.err, "a share of 0.25 is set aside by seed 3, as finetune does") {
		t.Errorf("in a run:\n%s%s", o.err, o.out)
	}
	if o := eval("--val", "0.5", "--seed", "1"); !strings.Contains(o.out, "10 pictures (val)") {
		t.Errorf("with other flags:\n%s", o.out)
	}
}

func TestEvalFrozenContract(t *testing.T) {
	dir := classFolders(t, []string{"train", "val", "test"}, animals[:2], 3)
	var r map[string]any
	document(t, &r, "eval", dir, "--weights", fcmae, "--metric", "knn", "--size", "32", "--device", "cpu")
	want := []string{"data", "majority", "rows", "seed", "size", "skipped", "split", "test", "train", "val", "val_from", "weights"}
	if !slices.Equal(keys(r), want) || r["test"] != 6.0 || r["train"] != 6.0 || r["majority"] != 50.0 {
		t.Errorf("%v", r)
	}
	rows := r["rows"].([]any)
	if row := rows[0].(map[string]any); len(rows) != 3 || !slices.Equal(keys(row), []string{"dim", "features", "knn"}) {
		t.Errorf("rows %v", rows)
	}
	o := must(t, "eval", dir, "--weights", fcmae, "--metric", "knn,linear", "--size", "32", "--device", "cpu", "--seed", "2")
	for _, want := range []string{
		"6 pictures to learn from, 6 to test (test) at 32 pixels, seed 2\n", "chosen on 6 pictures of the validation split, never on the test",
		"20-NN", "linear probe", "encoder of fcmae.safetensors ", "the same network, random weights (seed 2) ", "colour histogram ", "always the largest class",
	} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing from:\n%s", want, o.out)
		}
	}
}

func TestEvalOfLabelsErrors(t *testing.T) {
	dir := classFolders(t, []string{"."}, []string{"ant", "fox"}, 2)
	out := t.TempDir()
	file := named(t, out)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--metric top1", 2, "--weights F is needed: a classifier's weights"},
		{"--metric top1 --weights " + file + " --split best", 2, `--split "best": want test, val or train`},
		{"--metric top1 --weights " + file + " --val 1", 2, "--val 1: want 0 to under 1"},
		{"--metric top1 --weights " + file + " --ratio 0.5", 2, "--ratio says nothing about --metric top1: leave it out"},
		{"--metric knn --confusion m.png", 2, "--confusion says nothing about --metric knn: leave it out"},
		{"--metric top1 --weights " + file + " --confusion m.jpg", 2, "output m.jpg: want a name that ends in .png"},
		{"--metric top1 --weights " + file + " --size 40", 2, "--size 40: want a multiple of 32, 32 to 1024 pixels"},
		{"--metric top1 --weights " + fcmae, 1, fcmae + " has no classifier head\nremedy: load weights of a fine-tuned classifier"},
		{"--metric top1 --weights " + file, 1, dir + `: class "fox" is unknown: want "ant", "bee", "cat", "dog", "eel"` + "\nremedy: name the class folders as the weights' classes are named, or fine-tune on this data set first"},
		{"--metric linear --weights " + fcmae + " --split test", 1, dir + ` has no pictures in a split "test"` + "\nremedy: choose one that it has: val, train"},
	} {
		o := command(append([]string{"eval", dir, "--device", "cpu"}, strings.Fields(c.args)...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
}
