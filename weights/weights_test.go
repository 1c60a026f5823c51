package weights

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/ours-*.safetensors anew; check them with reference/fixtures_check.py")

// load reads a file of testdata.
func load(t *testing.T, name string) *File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// same fails unless got has want's tensors, bit for bit, in any order.
func same(t *testing.T, got, want *File) {
	t.Helper()
	if len(got.Tensors) != len(want.Tensors) || len(want.Tensors) == 0 {
		t.Errorf("%d tensors, want %d", len(got.Tensors), len(want.Tensors))
	}
	for _, w := range want.Tensors {
		g, ok := got.Tensor(w.Name)
		switch {
		case !ok:
			t.Errorf("tensor %q is missing", w.Name)
		case !slices.Equal(g.Shape, w.Shape):
			t.Errorf("tensor %q: shape %v, want %v", w.Name, g.Shape, w.Shape)
		case !slices.Equal(g.Data, w.Data): // a NaN differs from itself
			t.Errorf("tensor %q: values differ", w.Name)
		}
	}
}

func TestEveryFileGivesTheSameOfficialTensors(t *testing.T) {
	for _, c := range []struct {
		file, format, dtype, want string
		style                     Style
	}{
		{"f32.safetensors", "safetensors", "F32", "f32.safetensors", OfficialStyle},
		{"f16.safetensors", "safetensors", "F16", "f32.safetensors", OfficialStyle},
		{"bf16.safetensors", "safetensors", "BF16", "f32.safetensors", OfficialStyle},
		{"timm.safetensors", "safetensors", "F32", "f32.safetensors", Timm},
		{"zip.pt", "pytorch-zip", "F32", "f32.safetensors", OfficialStyle},
		{"legacy.pth", "pytorch-legacy", "F16", "f32.safetensors", OfficialStyle},
		{"ema.pth", "pytorch-zip", "F16", "f32.safetensors", OfficialStyle},
		{"timm-v1.safetensors", "safetensors", "F32", "v1.safetensors", Timm},
		{"pretrain.pth", "pytorch-zip", "F16", "fcmae.safetensors", OfficialPretrain},
	} {
		t.Run(c.file, func(t *testing.T) {
			f := load(t, c.file)
			if f.Format != c.format || f.Tensors[0].DType != c.dtype {
				t.Errorf("%s of %s, want %s of %s", f.Format, f.Tensors[0].DType, c.format, c.dtype)
			}
			got, style, err := Official(f)
			if err != nil {
				t.Fatal(err)
			}
			if style != c.style {
				t.Errorf("style %q, want %q", style, c.style)
			}
			if detected, err := Detect(f); err != nil || detected != c.style {
				t.Errorf("Detect: %q, %v; want %q", detected, err, c.style)
			}
			same(t, got, load(t, c.want))
		})
	}
}

func TestSourceOfATrainingCheckpoint(t *testing.T) {
	for file, want := range map[string]string{"ema.pth": "model_ema", "legacy.pth": "model", "zip.pt": ""} {
		if got := load(t, file).Meta[MetaSource]; got != want {
			t.Errorf("%s: source %q, want %q", file, got, want)
		}
	}
}

func TestMetadataIsRead(t *testing.T) {
	if got := load(t, "f32.safetensors").Meta["model"]; got != "tiny" {
		t.Errorf("model %q, want tiny", got)
	}
}

func TestTorchViews(t *testing.T) {
	f := load(t, "views.pt")
	for name, want := range map[string]Tensor{
		"transposed": {Shape: []int{4, 3}, Data: []float32{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}},
		"row":        {Shape: []int{4}, Data: []float32{4, 5, 6, 7}},
		"whole":      {Shape: []int{3, 4}, Data: []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	} {
		got, ok := f.Tensor(name)
		if !ok || !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.Data, want.Data) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestConvertAndBack(t *testing.T) {
	for _, c := range []struct{ file, stem string }{
		{"f32.safetensors", "convnextv2.embeddings.patch_embeddings.weight"},
		{"v1.safetensors", "convnext.embeddings.patch_embeddings.weight"},
	} {
		want := load(t, c.file)
		for _, to := range []Style{OfficialStyle, Timm, HF} {
			f, err := Convert(want, to)
			if err != nil {
				t.Fatal(err)
			}
			if style, err := Detect(f); err != nil || style != to {
				t.Errorf("%s to %s: detected as %q, %v", c.file, to, style, err)
			}
			back, _, err := Official(f)
			if err != nil {
				t.Fatal(err)
			}
			same(t, back, want)
			if _, ok := f.Tensor(c.stem); ok != (to == HF) {
				t.Errorf("%s to %s: tensor %q there: %v", c.file, to, c.stem, ok)
			}
		}
	}
}

// timm's own conversion of the official keys is what ours must give.
func TestConvertToTimmAgreesWithTimm(t *testing.T) {
	for official, timm := range map[string]string{"f32.safetensors": "timm.safetensors", "v1.safetensors": "timm-v1.safetensors"} {
		got, err := Convert(load(t, official), Timm)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, load(t, timm))
	}
}

// The pointwise layers of Tiny and up are plain linear layers in timm.
func TestConvertToTimmFromTinyUp(t *testing.T) {
	for width, want := range map[int]int{80: 4, 96: 2} {
		f := &File{Tensors: []Tensor{
			{Name: "downsample_layers.0.0.weight", Shape: []int{width, 1, 1, 1}, Data: make([]float32, width)},
			{Name: "stages.0.0.pwconv1.weight", Shape: []int{2, 3}, Data: make([]float32, 6)},
		}}
		got, err := Convert(f, Timm)
		if err != nil {
			t.Fatal(err)
		}
		if fc, ok := got.Tensor("stages.0.blocks.0.mlp.fc1.weight"); !ok || len(fc.Shape) != want {
			t.Errorf("width %d: fc1 %v, want %d axes", width, fc, want)
		}
	}
}

func TestConvertLeavesTheDecoderOut(t *testing.T) {
	f, err := Convert(load(t, "fcmae.safetensors"), Timm)
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Split(f.Meta[MetaLeftOut], ",")
	for _, name := range []string{"mask_token", "proj.weight", "decoder.0.grn.gamma", "pred.bias"} {
		if !slices.Contains(left, name) {
			t.Errorf("%q is not among what was left out: %v", name, left)
		}
		if _, ok := f.Tensor(name); ok {
			t.Errorf("tensor %q has no place in timm", name)
		}
	}
	if total := len(load(t, "fcmae.safetensors").Tensors); len(f.Tensors)+len(left) != total {
		t.Errorf("%d kept and %d left out of %d", len(f.Tensors), len(left), total)
	}
}

func TestReleasedNames(t *testing.T) {
	for _, c := range []struct {
		from           Style
		name, official string
	}{
		{HF, "convnextv2.encoder.stages.2.layers.5.grn.weight", "stages.2.5.grn.gamma"},
		{HF, "encoder.stages.3.downsampling_layer.1.bias", "downsample_layers.3.1.bias"},
		{HF, "convnext.encoder.stages.0.layers.1.layer_scale_parameter", "stages.0.1.gamma"},
		{HF, "convnextv2.layernorm.bias", "norm.bias"},
		{HF, "classifier.weight", "head.weight"},
		{Timm, "stages.2.blocks.26.mlp.grn.bias", "stages.2.26.grn.beta"},
		{Timm, "head.norm.weight", "norm.weight"},
		{Timm, "stages.1.downsample.0.weight", "downsample_layers.1.0.weight"},
	} {
		if got, ok := officialName(c.name, c.from); !ok || got != c.official {
			t.Errorf("%s: %q, want %q", c.name, got, c.official)
		}
	}
	for _, name := range []string{"stages.x.0.gamma", "stages..0.gamma", "head.fc.running_mean", "norm_pre.weight"} {
		if got, ok := officialName(name, Timm); ok {
			t.Errorf("%s: taken for %q, want it unknown", name, got)
		}
	}
}
