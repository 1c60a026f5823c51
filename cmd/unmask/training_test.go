package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmask/train"
)

// album writes class folders of n plain pictures each.
func album(t *testing.T, n int, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for c, class := range classes {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			img := image.NewNRGBA(image.Rect(0, 0, 40, 36))
			for p := range 40 * 36 {
				img.SetNRGBA(p%40, p/40, color.NRGBA{uint8(90*c + p%40), uint8(40 + 5*i), uint8(p / 36), 255})
			}
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%02d.png", i)), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// says fails unless a command ended with a code and said something on stderr.
func (o outcome) says(t *testing.T, code int, want ...string) {
	t.Helper()
	for _, w := range want {
		if o.code != code || !strings.Contains(o.err, w) {
			t.Errorf("exit code %d, want %d; want %q in\n%s", o.code, code, w, o.err)
		}
	}
}

func TestDryRunTouchesNoDevice(t *testing.T) {
	var need train.Need
	document(t, &need, "finetune", album(t, 8, "a", "b"), "--dry-run", "--device", "gpu", "--size", "64", "--batch", "4", "--epochs", "3")
	if need.StepsEpoch != 3 || need.Steps != 9 || need.Micro != 4 || need.Parameters < 3_000_000 || need.Validation <= 0 || need.Peak != need.State+need.Activations+need.Validation {
		t.Errorf("%+v", need)
	}
}

func TestFinetuneWritesARunAndResumes(t *testing.T) {
	dir := t.TempDir()
	data, out := album(t, 8, "cats", "dogs"), filepath.Join(dir, "run")
	args := []string{"finetune", data, "--out", out, "--size", "32", "--batch", "4", "--epochs", "2"}
	var r trainResult
	document(t, &r, args...)
	if r.Steps != 6 || r.Last.TestAcc1 == nil || r.Last.Step != 6 {
		t.Errorf("%+v", r)
	}
	for _, name := range []string{train.ConfigFile, train.LogFile, train.LastFile, train.BestFile, "curves.png"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	// Both files are classifiers with their classes, the one for resuming too.
	for _, name := range []string{train.LastFile, train.BestFile} {
		o := must(t, "classify", filepath.Join(data, "cats", "00.png"), "--weights", filepath.Join(out, name), "--size", "32", "--json")
		if !strings.Contains(o.out, `"cats"`) || !strings.Contains(o.out, `"dogs"`) {
			t.Errorf("%s: %s", name, o.out)
		}
	}
	// What only resuming needs stays out of a conversion.
	timm := filepath.Join(dir, "timm.safetensors")
	must(t, "convert", filepath.Join(out, train.LastFile), timm, "--keys", "timm")
	if b, err := os.ReadFile(timm); err != nil || bytes.Contains(b, []byte("train.m.")) || bytes.Contains(b, []byte("train_config")) || !bytes.Contains(b, []byte("head.fc.weight")) {
		t.Errorf("the converted checkpoint, %v, holds the state of training or lacks the head", err)
	}
	command(args...).says(t, 1, "there is a run here already")
	must(t, "finetune", data, "--out", out, "--resume") // complete: nothing is left to do
	command("pretrain", data, "--out", out, "--resume").says(t, 1, "unmask finetune")
	// On other classes the head is replaced, and said.
	command("finetune", album(t, 8, "x", "y", "z"), "--out", filepath.Join(dir, "next"), "--from", filepath.Join(out, train.BestFile),
		"--size", "32", "--batch", "4", "--epochs", "0.3", "--warmup", "0").
		says(t, 0, "for 2 classes, was replaced by a fresh one for the 3 classes")
}

func TestPretrainShowsSamples(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "run")
	o := must(t, "pretrain", album(t, 12, "a", "b"), "--out", out, "--from", "default", "--size", "64", "--batch", "4", "--epochs", "1", "--val", "0.2")
	if !strings.Contains(o.out, "constant answer") {
		t.Errorf("no constant answer in %s", o.out)
	}
	samples, err := filepath.Glob(filepath.Join(out, "samples", "*.png"))
	if err != nil || len(samples) == 0 {
		t.Fatalf("%q, %v", samples, err)
	}
	must(t, "reconstruct", "../../static/samples/landscape.jpg", "--weights", filepath.Join(out, train.BestFile), "-o", filepath.Join(dir, "p.png"))
}

func TestInterruptedTrainingIsSaved(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out, data := filepath.Join(t.TempDir(), "run"), album(t, 8, "a", "b")
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"finetune", data, "--out", out, "--size", "32", "--batch", "4", "--epochs", "2"}, &stdout, &stderr)
	outcome{code, stdout.String(), stderr.String()}.says(t, 1, "everything is saved", "--resume")
	must(t, "finetune", data, "--out", out, "--resume")
}

func TestTrainingMisuse(t *testing.T) {
	good := album(t, 8, "a", "b")
	for _, c := range []struct {
		want string
		code int
		args []string
	}{
		{"--out RUN is needed", 2, []string{"finetune", good}},
		{`--mode "half": want full or linear`, 2, []string{"finetune", good, "--out", "x", "--mode", "half"}},
		{`--augment "much": want none, flip, crop, official`, 2, []string{"finetune", good, "--dry-run", "--augment", "much"}},
		{"leave out --size", 2, []string{"finetune", good, "--out", "x", "--resume", "--size", "64"}},
		{"size is 50, want a multiple of 32", 1, []string{"finetune", good, "--dry-run", "--size", "50"}},
		{"mask ratio is 1.5, want over 0 and under 1", 1, []string{"pretrain", good, "--dry-run", "--ratio", "1.5"}},
		{"one class", 1, []string{"finetune", album(t, 8, "a"), "--dry-run"}},
		{"nowhere", 1, []string{"finetune", "nowhere", "--dry-run"}},
		{"there is no run here", 1, []string{"finetune", good, "--out", t.TempDir(), "--resume"}},
		{"random features", 1, []string{"finetune", good, "--dry-run", "--from", "none", "--mode", "linear"}},
		{`no size "giant"`, 1, []string{"finetune", good, "--dry-run", "--from", "none", "--model", "giant"}},
		{"nosuch.safetensors", 1, []string{"finetune", good, "--dry-run", "--from", "nosuch.safetensors"}},
	} {
		command(c.args...).says(t, c.code, c.want)
	}
}
