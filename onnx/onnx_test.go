package onnx

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmask/data"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/weights"
)

// seeded is a weights file of cfg with the values that goldens and PyTorch share.
func seeded(cfg model.Config) *weights.File {
	f := &weights.File{Meta: map[string]string{}}
	for _, p := range cfg.Params() {
		f.Tensors = append(f.Tensors, weights.Tensor{Name: p.Name, Shape: p.Shape, Data: numtest.Seeded(p.Name, p.Shape)})
	}
	return f
}

func size(t *testing.T, name string) model.Config {
	t.Helper()
	c, err := model.Size(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func export(t *testing.T, f *weights.File, out Output) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, f, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// planes brings images (N, H, W, 3) to the (N, 3, H, W) of a file's input.
func planes(images []float32, n, h, w int) array {
	x := newArray(n, h, w, 3)
	for i, v := range images {
		x.data[i] = float64(v)
	}
	return transpose(x, []int64{0, 3, 1, 2})
}

func singles(a array) []float32 {
	out := make([]float32, len(a.data))
	for i, v := range a.data {
		out[i] = float32(v)
	}
	return out
}

var tinyV1 = model.Config{Depths: [4]int{1, 1, 2, 1}, Dims: [4]int{8, 16, 24, 32}, V1: true, Classes: 10}

func TestLogitsAgreeWithPyTorch(t *testing.T) {
	for _, c := range []struct {
		golden  string
		cfg     model.Config
		n, h, w int
	}{
		{"atto_logits.safetensors", size(t, "atto").WithHead(1000), 1, 224, 224},
		{"atto_logits_odd.safetensors", size(t, "atto").WithHead(10), 3, 96, 64},
		{"femto_logits.safetensors", size(t, "femto").WithHead(1000), 2, 96, 96},
		{"v1_logits.safetensors", tinyV1, 2, 64, 96},
	} {
		want := numtest.Golden(t, c.golden, nil)["logits"]
		p := parseFile(t, export(t, seeded(c.cfg), Logits))
		got := evaluate(p, logitsName, planes(numtest.SeededImages(c.n, c.h, c.w), c.n, c.h, c.w))
		if !slices.Equal(got.shape, []int{c.n, c.cfg.Classes}) {
			t.Errorf("%s: logits %v, want [%d %d]", c.golden, got.shape, c.n, c.cfg.Classes)
		}
		numtest.Check(t, numtest.Network, c.golden, singles(got), want.Data)
	}
}

func TestFeaturesAgreeWithPyTorch(t *testing.T) {
	golden := numtest.Golden(t, "atto_blocks.safetensors", nil)
	want, ok := golden["stages.3.1"]
	if !ok {
		t.Fatal("the golden has no stages.3.1")
	}
	f := seeded(size(t, "atto").WithDecoder(1, 512)) // the decoder stays out
	got := evaluate(parseFile(t, export(t, f, Features)), featuresName, planes(numtest.SeededImages(1, 64, 96), 1, 64, 96))
	if !slices.Equal(got.shape, []int{1, 320, 2, 3}) {
		t.Errorf("features %v, want [1 320 2 3]", got.shape)
	}
	numtest.Check(t, numtest.Network, "features", singles(transpose(got, []int64{0, 2, 3, 1})), want.Data)
}

// The options of GRN have no golden of logits: our network has, of the same
// options in FCMAE, and each must differ from the default.
func TestOptionsOfGRN(t *testing.T) {
	cfg := model.Config{Depths: [4]int{1, 1, 1, 1}, Dims: [4]int{8, 16, 16, 24}, Classes: 5}
	const n, h, w = 2, 32, 64
	images := numtest.SeededImages(n, h, w)
	logits := map[string][]float32{}
	for key, meta := range map[string]map[string]string{
		"default": nil,
		"batch":   {weights.MetaGRNScope: "batch"},
		"sum":     {weights.MetaGRNDenominator: "sum"},
	} {
		f := seeded(cfg)
		f.Meta = meta
		c := cfg
		c.BatchGRN, c.SumGRN = key == "batch", key == "sum"
		net, err := model.NewNetwork(testdevice.CPU(t), c, func(name string) []float32 { return numtest.Seeded(name, shapeOf(c, name)) })
		if err != nil {
			t.Fatal(err)
		}
		want, err := net.Run(context.Background(), model.Classify, images, model.Dense(n, h/32, w/32), "logits")
		if err != nil {
			t.Fatal(err)
		}
		logits[key] = singles(evaluate(parseFile(t, export(t, f, Logits)), logitsName, planes(images, n, h, w)))
		numtest.Check(t, numtest.Network, key, logits[key], want[0])
	}
	for _, key := range []string{"batch", "sum"} {
		if r := numtest.Compare(numtest.Network, logits[key], logits["default"]); r.OK {
			t.Errorf("%s gives the logits of the default: the option does nothing", key)
		}
	}
}

func shapeOf(c model.Config, name string) []int {
	for _, p := range c.Params() {
		if p.Name == name {
			return p.Shape
		}
	}
	return nil
}

func TestWhatAFileSays(t *testing.T) {
	cfg := size(t, "atto").WithHead(3).WithDecoder(1, 512)
	f := seeded(cfg)
	f.Meta = map[string]string{
		weights.MetaClasses: `["daisy","rose \"red\"","Tulpe ü"]`, weights.MetaLicence: "CC0", "check_logits": "[1,2,3]",
		weights.MetaPreprocessing: weights.Preprocessing(96),
	}
	p := parseFile(t, export(t, f, Logits))
	if p.ir != 8 || p.opset != 17 {
		t.Errorf("format %d and opset %d, want 8 and 17", p.ir, p.opset)
	}
	for key, want := range f.Meta {
		if p.meta[key] != want {
			t.Errorf("metadata %s: %q, want %q", key, p.meta[key], want)
		}
	}
	if p.meta[weights.MetaModel] != "atto" {
		t.Errorf("model %q, want atto", p.meta[weights.MetaModel])
	}
	if got := p.inputs; len(got) != 1 || !slices.Equal(got["image"], []any{"batch", int64(3), "height", "width"}) {
		t.Errorf("inputs %v", got)
	}
	if got := p.outputs; len(got) != 1 || !slices.Equal(got["logits"], []any{"batch", int64(3)}) {
		t.Errorf("outputs %v", got)
	}
	count := 0
	for _, param := range cfg.Params() {
		a, ok := p.constants[param.Name]
		if ok == (param.Part == model.Decoder) {
			t.Errorf("%s: there %t", param.Name, ok)
		}
		if !ok {
			continue
		}
		count++
		want := slices.Clone(param.Shape)
		if strings.Contains(param.Name, "pwconv") {
			slices.Reverse(want) // stored (in, out)
		}
		if !slices.Equal(a.shape, want) {
			t.Errorf("%s: shape %v, want %v", param.Name, a.shape, want)
		}
	}
	if extra := len(p.constants) - count; extra != 4 { // sqrt2, one, half, epsilon
		t.Errorf("%d constants beside the parameters, want 4", extra)
	}
	for _, n := range p.nodes {
		if n.extraneousOuts != 0 || n.output != n.name {
			t.Errorf("%s: %d outputs more, named %s", n.name, n.extraneousOuts, n.output)
		}
	}
	if !bytes.Equal(export(t, f, Logits), export(t, f, Logits)) {
		t.Error("the same weights give other bytes")
	}
}

// A file without a pre-processing gets the one that our evaluation uses.
func TestPreprocessingIsOurs(t *testing.T) {
	p := parseFile(t, export(t, seeded(tinyV1), Logits))
	var got struct {
		Size          int
		Crop          float64
		Interpolation string
		Mean, Std     [3]float32
	}
	if err := json.Unmarshal([]byte(p.meta[weights.MetaPreprocessing]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Size != 224 || got.Crop != 0.875 || got.Interpolation != "bicubic" || got.Mean != data.Mean || got.Std != data.Std {
		t.Errorf("%+v", got)
	}
}

func TestErrors(t *testing.T) {
	huge := size(t, "huge").WithHead(1000)
	big := &weights.File{}
	shared := make([]float32, 4*2816*2816) // one run of zeros behind every parameter
	for _, p := range huge.Params() {
		big.Tensors = append(big.Tensors, weights.Tensor{Name: p.Name, Shape: p.Shape, Data: shared[:p.Len()]})
	}
	for _, c := range []struct {
		f    *weights.File
		want string
	}{
		{seeded(size(t, "atto").WithDecoder(1, 512)), "onnx: these weights have no classifier head"},
		{&weights.File{}, `onnx: model: no ConvNeXt encoder here: tensor "downsample_layers.0.0.weight" is missing`},
		{big, "onnx: the network takes 2518 MB, and an ONNX file of one part holds less than 2048"},
	} {
		if _, err := Write(io.Discard, c.f, Logits); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	full := errors.New("disk full")
	if _, err := Write(failing{full}, seeded(tinyV1), Logits); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if _, err := WriteFile(path, &weights.File{}, Logits); err == nil {
		t.Error("want an error of the empty file")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What reference/check_onnx.py ran in onnxruntime is what is written today.
func TestFilesAreTheOnesChecked(t *testing.T) {
	text, err := os.ReadFile("testdata/CHECKED.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked(t) {
		sum := sha256.Sum256(export(t, seeded(c.cfg), c.out))
		if !strings.Contains(string(text), hex.EncodeToString(sum[:])) {
			t.Errorf("%s: not what was checked: run python3 reference/check_onnx.py > onnx/testdata/CHECKED.md", c.name)
		}
	}
}
