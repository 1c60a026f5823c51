package main

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"unmask/internal/numtest"
	"unmask/weights"
)

func TestClassifyContract(t *testing.T) {
	dir := t.TempDir()
	a, b := photo(t, dir, "a.png", 80, 70, 1), photo(t, dir, "b.png", 64, 90, 4)
	var rows []map[string]any
	document(t, &rows, "classify", a, b, "--weights", classifier, "--size", "64", "--device", "cpu", "--topk", "3")
	if len(rows) != 2 || rows[0]["file"] != a || rows[1]["file"] != b {
		t.Fatalf("%v", rows)
	}
	for _, r := range rows {
		if want := []string{"file", "logits", "topk"}; !slices.Equal(keys(r), want) {
			t.Errorf("keys %q, want %q", keys(r), want)
		}
		logits, top := r["logits"].([]any), r["topk"].([]any)
		if len(logits) != 5 || len(top) != 3 {
			t.Fatalf("%d logits, %d of the top", len(logits), len(top))
		}
		sum, largest := 0.0, math.Inf(-1)
		for _, v := range logits {
			sum += math.Exp(v.(float64))
			largest = max(largest, v.(float64))
		}
		for i, k := range top {
			k := k.(map[string]any)
			if want := []string{"index", "label", "p"}; !slices.Equal(keys(k), want) {
				t.Errorf("keys %q, want %q", keys(k), want)
			}
			logit := logits[int(k["index"].(float64))].(float64)
			if p := k["p"].(float64); math.Abs(p-math.Exp(logit)/sum) > 1e-6 || i == 0 && logit != largest {
				t.Errorf("rank %d: %v of %v", i, k, logits)
			}
		}
	}
	if slices.Equal(rows[0]["logits"].([]any), rows[1]["logits"].([]any)) {
		t.Error("two photos have the same logits: the test shows nothing")
	}
	// The same weights under official names, in a .pt file.
	var official []classified
	document(t, &official, "classify", a, "--weights", fixture("zip.pt"), "--size", "64", "--device", "cpu")
	got := make([]float32, 5)
	for i, v := range rows[0]["logits"].([]any) {
		got[i] = float32(v.(float64))
	}
	numtest.Check(t, numtest.Network, "logits of timm's and torch's file", got, official[0].Logits)
}

func TestClassifyPrintsNames(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(classifier)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read("timm", b)
	if err != nil {
		t.Fatal(err)
	}
	f.Meta = map[string]string{weights.MetaClasses: `["ant","bee","cat","dog","eel"]`}
	var named bytes.Buffer
	if err := weights.WriteSafetensors(&named, f, "f32"); err != nil {
		t.Fatal(err)
	}
	in := photo(t, dir, "a.png", 64, 64, 1)
	o := must(t, "classify", in, "--weights", file(t, dir, "named.safetensors", named.Bytes()), "--size", "32", "--device", "cpu")
	lines := strings.Split(strings.TrimSuffix(o.out, "\n"), "\n")
	if len(lines) != 6 || lines[0] != in {
		t.Fatalf("stdout %q", o.out)
	}
	for _, name := range []string{"ant", "bee", "cat", "dog", "eel"} {
		if strings.Count(o.out, " %  "+name+"\n") != 1 {
			t.Errorf("%s is not there once:\n%s", name, o.out)
		}
	}
}

func TestClassifyErrors(t *testing.T) {
	dir := t.TempDir()
	good, text := photo(t, dir, "a.png", 64, 64, 1), file(t, dir, "b.jpg", []byte("hello there"))
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "unmask classify: want at least one IMAGE, got 0 arguments"},
		{good, 2, "--weights F is needed: a classifier's weights"},
		{good + " --weights " + classifier + " --topk 0", 2, "--topk 0: want at least 1"},
		{good + " --weights " + classifier + " --size 100", 2, "--size 100: want a multiple of 32, 32 to 1024 pixels"},
		{good + " --weights " + classifier + " --size 0", 2, "--size 0: want a multiple of 32, 32 to 1024 pixels"},
		{good + " --weights " + fcmae, 1, fcmae + " has no classifier head\nremedy: load weights of a fine-tuned classifier"},
		{good + " " + text + " --weights " + classifier, 1, text + ": text (\"hello there\")\nremedy: want a picture: JPEG, PNG, GIF, WebP, BMP or TIFF"},
		{good + " none.jpg --weights " + classifier, 1, "cannot read the photo none.jpg: no such file or directory\nremedy: check the name and the folder"},
	} {
		o := command(append([]string{"classify", "--device", "cpu"}, strings.Fields(c.args)...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s (%d)", c.args, o.code, o.out, o.err, c.want, c.code)
		}
	}
}
