package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/weights"
)

// TestConvertRoundTrips: through every key style and back, no bit changes.
func TestConvertRoundTrips(t *testing.T) {
	dir := t.TempDir()
	for _, in := range []string{"f32.safetensors", "v1.safetensors", "zip.pt", "ema.pth"} {
		start, _, err := weights.Official(loaded(t, fixture(in)))
		if err != nil {
			t.Fatal(err)
		}
		path := fixture(in)
		for i, style := range []string{"official", "timm", "hf", "timm", "official"} {
			next := filepath.Join(dir, in+string(rune('a'+i))+".safetensors")
			o := must(t, "convert", path, next, "--keys", style)
			if !strings.HasSuffix(o.out, "wrote "+next+"\n") {
				t.Errorf("stdout %q", o.out)
			}
			if got, err := weights.Detect(loaded(t, next)); err != nil || string(got) != style {
				t.Errorf("%s: the keys are %q (%v), want %s", in, got, err, style)
			}
			path = next
		}
		end := loaded(t, path)
		if len(end.Tensors) != len(start.Tensors) {
			t.Errorf("%s: %d tensors came back, want %d", in, len(end.Tensors), len(start.Tensors))
		}
		for _, want := range start.Tensors {
			if got, ok := end.Tensor(want.Name); !ok || !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.Data, want.Data) {
				t.Errorf("%s: tensor %q did not come back", in, want.Name)
			}
		}
	}
}

func TestConvertToHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "half.safetensors")
	must(t, "convert", fixture("f32.safetensors"), path, "--dtype", "f16")
	got, want := loaded(t, path), loaded(t, fixture("f32.safetensors")) // f16 holds its values exactly
	for _, w := range want.Tensors {
		if g, ok := got.Tensor(w.Name); !ok || g.DType != "F16" || !slices.Equal(g.Data, w.Data) {
			t.Errorf("tensor %q: %s, same values %t", w.Name, g.DType, slices.Equal(g.Data, w.Data))
		}
	}
}

// TestAFailedConvertKeepsTheOldFile whatever is wrong with IN.
func TestAFailedConvertKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(classifier)
	if err != nil {
		t.Fatal(err)
	}
	out := file(t, dir, "out.safetensors", []byte("old"))
	cut, empty := file(t, dir, "cut.safetensors", b[:len(b)-1]), file(t, dir, "empty.pt", nil)
	before := listing(t, dir)
	for _, c := range []struct {
		in, want string
		code     int
	}{
		{filepath.Join(dir, "none.pt"), "cannot read the weights " + dir + "/none.pt: no such file or directory\nremedy: check the name and the folder", 1},
		{empty, empty + ": the file is empty", 1},
		{cut, cut + `: safetensors: tensor "stem.1.weight": bytes 68628 to 68660 of 68659: out of range, the file is truncated or its header is wrong`, 1},
		{fixture("hostile.pt"), fixture("hostile.pt") + `: pytorch: pickle: it asks for "posix.system", which no checkpoint needs: nothing was executed`, 1},
		{fixture("timm-logits.safetensors"), `no ConvNeXt here: want downsample_layers.0.0.weight (official), stem.0.weight (timm) or embeddings.patch_embeddings.weight (Hugging Face); the file starts with "input"`, 1},
	} {
		o := command("convert", c.in, out)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q\ngot  %swant unmask: %s", c.in, o.code, o.out, o.err, c.want)
		}
	}
	if o := command("convert", classifier); o.code != 2 || o.err != "unmask: unmask convert: want IN and OUT, got 1 arguments\n" {
		t.Errorf("exit code %d, %s", o.code, o.err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "old" || !slices.Equal(listing(t, dir), before) {
		t.Errorf("the old file became %q (%v), the folder %q", got, err, listing(t, dir))
	}
}

func TestInspect(t *testing.T) {
	var r inspection
	document(t, &r, "inspect", fcmae)
	if r.File != fcmae || r.Format != "safetensors" || r.Keys != "official" || r.Model != "custom" || !r.Decoder || r.Classes != 0 || r.Params != 39368 || len(r.Tensors) != 71 || len(r.Missing)+len(r.Extra) != 0 || r.Problem != "" {
		t.Errorf("%+v", r)
	}
	var raw map[string]any
	document(t, &raw, "inspect", fixture("timm-logits.safetensors"))
	for _, key := range []string{"missing", "extra", "metadata", "tensors"} {
		if raw[key] == nil {
			t.Errorf("%q is null: want a list or an object", key)
		}
	}
	if p := raw["problem"].(string); !strings.Contains(p, "no ConvNeXt here") {
		t.Errorf("problem %q", p)
	}
	o := must(t, "inspect", classifier)
	for _, want := range []string{
		"stem.0.weight                              F32   [8 3 4 4]\n", "format   safetensors\n", "keys     timm\n",
		"model    custom, 17165 parameters\n", "decoder  false\n", "classes  5\n",
	} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing from:\n%s", want, o.out)
		}
	}
}

// TestInspectSaysTheSameEveryTime: what is kept in maps is printed in order.
func TestInspectSaysTheSameEveryTime(t *testing.T) {
	dir := t.TempDir()
	f := loaded(t, fcmae)
	f.Meta = map[string]string{"z": "1", "model": "x", "a": "2", "licence": "CC0", "m": "3", "k": "4"}
	for i := range f.Tensors {
		switch x := &f.Tensors[i]; x.Name {
		case "pred.bias", "mask_token":
			x.Name = "other." + x.Name
		}
	}
	path := filepath.Join(dir, "a.safetensors")
	if err := weights.WriteFile(path, f, "f32"); err != nil {
		t.Fatal(err)
	}
	first := must(t, "inspect", path).out
	want := "missing  mask_token\nmissing  pred.bias\n"
	if !strings.Contains(first, want) || !strings.HasSuffix(first, "\na: 2\nk: 4\nlicence: CC0\nm: 3\nmodel: x\nz: 1\n") {
		t.Errorf("want %q and sorted metadata in:\n%s", want, first)
	}
	for range 20 {
		if again := must(t, "inspect", path).out; again != first {
			t.Fatalf("first\n%s\nthen\n%s", first, again)
		}
	}
}

func TestInspectNamesTheTensorThatDoesNotFit(t *testing.T) {
	path := changed(t, t.TempDir())
	if o := must(t, "inspect", path); !strings.HasSuffix(o.out, "problem  model: tensor \"stages.2.0.norm.bias\": want [16], file has [17]\n") {
		t.Errorf("stdout %s", o.out)
	}
}
