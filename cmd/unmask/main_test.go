package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/internal/testdevice"
	"unmask/weights"
)

// outcome is what one command line left behind.
type outcome struct {
	code     int
	out, err string
}

func command(args ...string) outcome {
	var out, errOut bytes.Buffer
	code := run(context.Background(), args, &out, &errOut)
	return outcome{code, out.String(), errOut.String()}
}

// must runs a command line that has to succeed.
func must(t *testing.T, args ...string) outcome {
	t.Helper()
	o := command(args...)
	if o.code != 0 {
		t.Fatalf("unmask %s: exit code %d\n%s", strings.Join(args, " "), o.code, o.err)
	}
	return o
}

// document runs a command line with --json, whose stdout has to be exactly one
// JSON document, and reads it into v.
func document(t *testing.T, v any, args ...string) outcome {
	t.Helper()
	o := must(t, append(args, "--json")...)
	d := json.NewDecoder(strings.NewReader(o.out))
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in\n%s", err, o.out)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("more than one JSON document on stdout:\n%s", o.out)
	}
	return o
}

// keys of a JSON object, sorted.
func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// photo is a picture file of w x h pixels in dir: soft waves that differ by seed.
func photo(t *testing.T, dir, name string, w, h, seed int) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			wave := func(k float64) uint8 {
				return uint8(127 + 100*math.Sin(3*float64(x)/float64(w)+k*float64(y)/float64(h)+float64(seed)+k))
			}
			img.SetNRGBA(x, y, color.NRGBA{wave(1), wave(2), wave(3), 255})
		}
	}
	return picture(t, dir, name, img)
}

func picture(t *testing.T, dir, name string, img image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return file(t, dir, name, b.Bytes())
}

func file(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// pixels reads a PNG file that a command wrote.
func pixels(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Small networks that PyTorch wrote: with a decoder, and with a head of 5 classes.
var (
	fcmae      = fixture("fcmae.safetensors")
	classifier = fixture("timm.safetensors")
)

func fixture(name string) string { return filepath.Join("../../weights/testdata", name) }

// changed is the fixture with one tensor of another shape.
func changed(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(fcmae)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read("fcmae", b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Tensors {
		if x := &f.Tensors[i]; x.Name == "stages.2.0.norm.bias" {
			x.Shape, x.Data = []int{17}, make([]float32, 17)
		}
	}
	path := filepath.Join(dir, "changed.safetensors")
	if err := weights.WriteFile(path, f, "f32"); err != nil {
		t.Fatal(err)
	}
	return path
}

// listing is every name in a folder.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestHelpListsTheCommands(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}} {
		o := must(t, args...)
		for _, name := range []string{"serve", "reconstruct", "classify", "features", "eval", "convert", "inspect", "devices", "selftest", "bench", "--device", "--json"} {
			if !strings.Contains(o.out, name) {
				t.Errorf("unmask %v does not name %s", args, name)
			}
		}
		if o.err != "" {
			t.Errorf("unmask %v says on stderr: %s", args, o.err)
		}
	}
}

func TestDevices(t *testing.T) {
	var list []map[string]any
	document(t, &list, "devices")
	if len(list) == 0 || list[len(list)-1]["kind"] != "cpu" || list[len(list)-1]["name"] == "" {
		t.Errorf("devices %v: want the CPU at the end", list)
	}
	o := must(t, "devices")
	if lines := strings.Count(o.out, "\n"); lines != len(list) || !strings.Contains(o.out, "cpu  CPU, ") {
		t.Errorf("%d lines for %d devices:\n%s", lines, len(list), o.out)
	}
}

func TestSelftest(t *testing.T) {
	var rows []struct {
		Op, Kernel string
		Cases      int
		Share      float64
		OK         bool
	}
	o := document(t, &rows, "selftest", "--device", "cpu")
	if len(rows) < 12 || !strings.Contains(o.err, " ops\n") {
		t.Errorf("%d kernels, stderr %q", len(rows), o.err)
	}
	for _, r := range rows {
		if !r.OK || r.Cases == 0 || r.Share > 1 || r.Op == "" || r.Kernel == "" {
			t.Errorf("%+v", r)
		}
	}
	o = must(t, "selftest", "--device", "cpu")
	if !strings.HasPrefix(o.out, "CPU, ") || strings.Count(o.out, "  ok\n") != len(rows) {
		t.Errorf("%d kernels:\n%s", len(rows), o.out)
	}
}

// TestBenchProfile: a training step's kernels, its backward pass and AdamW among them.
func TestBenchProfile(t *testing.T) {
	o := command("bench", "atto-b16-96-train", "--profile", "--device", "cpu")
	if want := "atto-b16-96-train-0.00: bench: the CPU times no single kernels"; o.code != 1 || !strings.Contains(o.err, want) {
		t.Errorf("exit code %d, stderr %q, want %q", o.code, o.err, want)
	}
	testdevice.GPU(t)
	var all []struct {
		Case    string
		Kernels []struct {
			Op    string
			Calls int
			MS    float64
		}
	}
	document(t, &all, "bench", "atto-b16-96-train", "--profile", "--device", "gpu")
	calls := map[string]int{}
	for _, k := range all[0].Kernels {
		calls[k.Op] += k.Calls
		if k.MS <= 0 {
			t.Errorf("%+v", k)
		}
	}
	if len(all) != 1 || calls["linear_grn"] != 12 || calls["grn_dx"] != 12 || calls["adamw"] != 1 {
		t.Errorf("%d profiles, calls %v", len(all), calls)
	}
	table := must(t, "bench", "atto-b16-96-train", "--profile", "--device", "gpu").out
	if lines := strings.Split(table, "\n"); len(lines) < 20 || !strings.HasPrefix(lines[0], "atto-b16-96-train-0.00, ") || !strings.HasPrefix(lines[1], "kernel ") {
		t.Errorf("stdout %q", table)
	}
}

func TestBench(t *testing.T) {
	var r struct {
		Adapter string
		Peak    float64 `json:"peak_gflops"`
		Rows    []map[string]any
	}
	o := document(t, &r, "bench", "atto-b1-224-encoder-0.75", "--device", "cpu")
	if !strings.HasPrefix(r.Adapter, "CPU, ") || r.Peak <= 0 || len(r.Rows) != 1 {
		t.Fatalf("%+v", r)
	}
	row := r.Rows[0]
	if want := []string{"batch", "dispatches", "first_ms", "gflops", "model", "ms", "part", "ratio", "share_of_peak", "size"}; !slices.Equal(keys(row), want) {
		t.Errorf("keys %q, want %q", keys(row), want)
	}
	if row["model"] != "atto" || row["part"] != "encoder" || row["ratio"] != 0.75 || row["batch"] != 1.0 || row["size"] != 224.0 {
		t.Errorf("%v", row)
	}
	if lines := strings.Split(o.err, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "model ") || !strings.HasPrefix(lines[1], "atto ") {
		t.Errorf("stderr %q", o.err)
	}
}
