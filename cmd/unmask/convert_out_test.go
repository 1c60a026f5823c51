package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/weights"
)

const fixtures = "../../weights/testdata/"

// unmask runs a command line and returns what it printed.
func unmask(t *testing.T, want int, args ...string) (out, messages string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := run(context.Background(), args, &o, &e); code != want {
		t.Fatalf("unmask %v: exit code %d, want %d\n%s%s", args, code, want, &o, &e)
	}
	return o.String(), e.String()
}

func readWeights(t *testing.T, path string) *weights.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(path, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A classifier goes to timm as .pth, loses its notes there and gets them back.
func TestConvertThereAndBack(t *testing.T) {
	dir := t.TempDir()
	ours, there, bare, back := filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.pth"), filepath.Join(dir, "c.pt"), filepath.Join(dir, "d.safetensors")
	f := readWeights(t, fixtures+"f32.safetensors")
	f.Meta = map[string]string{weights.MetaFormat: "unmask", weights.MetaClasses: `["a","b","c","d","e"]`, weights.MetaLicence: "CC0"}
	if err := weights.WriteFile(ours, f, "f32"); err != nil {
		t.Fatal(err)
	}
	unmask(t, 0, "convert", ours, there, "--keys", "timm")
	f = readWeights(t, there)
	if style, err := weights.Detect(f); err != nil || style != weights.Timm {
		t.Errorf("keys %q, %v: want timm", style, err)
	}
	f.Meta = nil
	if err := weights.WriteTorchFile(bare, f, "f32"); err != nil {
		t.Fatal(err)
	}
	unmask(t, 0, "convert", bare, back, "--meta-from", ours)
	want, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	got := readWeights(t, back)
	delete(got.Meta, weights.MetaSource)
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, got, "f32"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("what came back is not what went: metadata %q", got.Meta)
	}
	_, messages := unmask(t, 1, "convert", fixtures+"timm-v1.safetensors", back, "--meta-from", writeClasses(t, dir, `["a","b"]`))
	if !strings.Contains(messages, "2 names of classes, and the head has 5") {
		t.Errorf("class names that do not fit the head: %s", messages)
	}
}

// Classes of a run elsewhere: the names of its folders.
func TestConvertNamesClasses(t *testing.T) {
	dir := t.TempDir()
	names, path := filepath.Join(dir, "classes.txt"), filepath.Join(dir, "a.safetensors")
	if err := os.WriteFile(names, []byte("daisy\nred rose\r\n\nc\nd\ne\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	unmask(t, 0, "convert", fixtures+"legacy.pth", path, "--classes", names, "--meta-from", writeClasses(t, dir, `["1","2","3","4","5"]`))
	if got := readWeights(t, path).Meta[weights.MetaClasses]; got != `["daisy","red rose","c","d","e"]` {
		t.Errorf("classes %s", got)
	}
}

func writeClasses(t *testing.T, dir, classes string) string {
	t.Helper()
	f := readWeights(t, fixtures+"f32.safetensors")
	f.Meta = map[string]string{weights.MetaClasses: classes}
	path := filepath.Join(dir, "classes.safetensors")
	if err := weights.WriteFile(path, f, "f32"); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConvertSaysWhatItLeavesOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.safetensors")
	out, messages := unmask(t, 0, "convert", fixtures+"pretrain.pth", path, "--keys", "timm", "--json")
	var r converted
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.From != "official-pretrain" || !slices.Contains(r.LeftOut, "mask_token") || !strings.Contains(messages, "tensors have no place there and were left out") {
		t.Errorf("%+v, %s", r, messages)
	}
}

func TestConvertToONNX(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.onnx")
	out, _ := unmask(t, 0, "convert", fixtures+"f32.safetensors", path, "--json")
	var r converted
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Opset != 17 || r.Output != "logits" || r.Tensors != 60 || r.Keys != "" {
		t.Errorf("%+v", r)
	}
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(b, []byte(`"interpolation":"bicubic"`)) {
		t.Errorf("no pre-processing in the file, %v", err)
	}
	if out, _ := unmask(t, 0, "convert", fixtures+"fcmae.safetensors", path, "--features"); !strings.Contains(out, `output "features"`) {
		t.Errorf("%s", out)
	}
}

func TestConvertErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{1, fixtures + "fcmae.safetensors: onnx: these weights have no classifier head\nremedy: fine-tune them first (unmask finetune), or write the encoder's features (unmask convert --features)", []string{fixtures + "fcmae.safetensors", "a.onnx"}},
		{1, "which is ConvNeXt V1's: want a V2 model", []string{fixtures + "v1.safetensors", "a.pth", "--keys", "official-pretrain"}},
		{2, "a.onnx: ONNX has neither key styles nor f16 here: leave out --keys and --dtype", []string{fixtures + "f32.safetensors", "a.onnx", "--dtype", "f16"}},
		{2, "a.bin: want a name that ends in .safetensors, .pth or .onnx", []string{fixtures + "f32.safetensors", "a.bin"}},
		{2, `--keys "keras": want official, official-pretrain, timm or hf`, []string{fixtures + "f32.safetensors", "a.pth", "--keys", "keras"}},
		{2, "--features is for .onnx; unmask features writes those of a picture", []string{fixtures + "f32.safetensors", "a.pth", "--features"}},
	} {
		c.args[1] = filepath.Join(dir, c.args[1])
		if _, messages := unmask(t, c.code, append([]string{"convert"}, c.args...)...); !strings.Contains(messages, c.want) {
			t.Errorf("got  %s\nwant %s", messages, c.want)
		}
	}
	if _, messages := unmask(t, 1, "convert", fixtures+"f32.safetensors", filepath.Join(dir, "no", "a.onnx")); !strings.Contains(messages, "remedy: make the folder first") {
		t.Errorf("no folder: %s", messages)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
