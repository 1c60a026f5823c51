package weights_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/weights"
)

func read(t *testing.T, name string) *weights.File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// official is read under the official keys.
func official(t *testing.T, f *weights.File) *weights.File {
	t.Helper()
	f, err := weights.Convert(f, weights.OfficialStyle)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// written is f after a trip through a file of the format.
func written(t *testing.T, f *weights.File, format string) *weights.File {
	t.Helper()
	write := weights.WriteSafetensors
	if format == "pth" {
		write = weights.WriteTorch
	}
	var b bytes.Buffer
	if err := write(&b, f, "f32"); err != nil {
		t.Fatal(err)
	}
	back, err := weights.Read("f."+format, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// network puts a file's network on a device.
func network(t *testing.T, d device.Device, f *weights.File) *model.Network {
	t.Helper()
	cfg, _, err := model.Detect(f.Shapes())
	if err != nil {
		t.Fatal(err)
	}
	cfg.NormPix = f.Meta[weights.MetaTarget] == "norm"
	n, err := model.NewNetwork(d, cfg, func(name string) []float32 {
		p, ok := f.Tensor(name)
		if !ok {
			t.Fatalf("no tensor %s", name)
		}
		return p.Data
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Release)
	return n
}

// To another style and format, and back: every bit and every note.
func TestThereAndBack(t *testing.T) {
	for _, name := range []string{"f32.safetensors", "v1.safetensors", "fcmae.safetensors"} {
		for _, style := range []weights.Style{weights.OfficialStyle, weights.OfficialPretrain, weights.Timm, weights.HF} {
			for _, format := range []string{"safetensors", "pth"} {
				if name == "v1.safetensors" && style == weights.OfficialPretrain || name == "fcmae.safetensors" && (style == weights.Timm || style == weights.HF) {
					continue // no place for LayerScale; no decoder
				}
				t.Run(fmt.Sprintf("%s/%s/%s", name, style, format), func(t *testing.T) {
					start := official(t, read(t, name))
					start.Meta[weights.MetaClasses] = `["a","b","c","d","e"]`
					start.Meta[weights.MetaPreprocessing] = weights.Preprocessing(96)
					start.Meta[weights.MetaLicence] = "CC0"
					there, err := weights.Convert(start, style)
					if err != nil {
						t.Fatal(err)
					}
					back := written(t, there, format)
					if found, err := weights.Detect(back); err != nil || found != style {
						t.Errorf("detected as %q, %v", found, err)
					}
					back = official(t, back)
					delete(back.Meta, weights.MetaSource) // of a .pth
					if !maps.Equal(back.Meta, start.Meta) {
						t.Errorf("metadata %q, want %q", back.Meta, start.Meta)
					}
					sameBits(t, back, start)
				})
			}
		}
	}
}

func sameBits(t *testing.T, got, want *weights.File) {
	t.Helper()
	if len(got.Tensors) != len(want.Tensors) {
		t.Errorf("%d tensors, want %d", len(got.Tensors), len(want.Tensors))
	}
	bits := func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }
	for _, w := range want.Tensors {
		if g, ok := got.Tensor(w.Name); !ok || !slices.Equal(g.Shape, w.Shape) || !slices.EqualFunc(g.Data, w.Data, bits) {
			t.Errorf("tensor %q differs", w.Name)
		}
	}
}

// What the official pre-training code saves is what we write for it.
func TestConvertToPretrainAgreesWithItsLayout(t *testing.T) {
	got, err := weights.Convert(read(t, "fcmae.safetensors"), weights.OfficialPretrain)
	if err != nil {
		t.Fatal(err)
	}
	sameBits(t, got, read(t, "pretrain.pth"))
	_, err = weights.Convert(read(t, "v1.safetensors"), weights.OfficialPretrain)
	if want := `weights: tensor "stages.0.0.gamma": the official pre-training code has no LayerScale, which is ConvNeXt V1's: want a V2 model`; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A network that went to timm, and one that timm saved, give timm's logits.
func TestFromTimmTheLogitsAreTimms(t *testing.T) {
	for file, logits := range map[string]string{
		"timm.safetensors":      "timm-logits.safetensors",
		"ours-timm.safetensors": "timm-logits.safetensors",
		"ours-hf.safetensors":   "timm-logits.safetensors",
		"timm-v1.safetensors":   "timm-v1-logits.safetensors",
	} {
		t.Run(file, func(t *testing.T) {
			golden := read(t, logits)
			x, _ := golden.Tensor("input") // (1, 3, 32, 64)
			want, _ := golden.Tensor("logits")
			h, w := x.Shape[2], x.Shape[3]
			images := make([]float32, len(x.Data))
			for i := range images { // to (1, H, W, 3)
				images[i] = x.Data[i%3*h*w+i/3]
			}
			f := official(t, read(t, file))
			testdevice.Each(t, func(t *testing.T, d device.Device) {
				got, err := network(t, d, f).Run(context.Background(), model.Classify, images, model.Dense(1, h/32, w/32), "logits")
				if err != nil {
					t.Fatal(err)
				}
				numtest.Check(t, numtest.Network, file, got[0], want.Data)
			})
		})
	}
}

// A checkpoint of an official pre-training run reconstructs here as its network
// does in PyTorch, with the target that the run's arguments state.
func TestOfficialPretrainingGoesOnHere(t *testing.T) {
	f := official(t, read(t, "pretrain.pth"))
	if f.Meta[weights.MetaTarget] != "norm" {
		t.Errorf("target %q, want norm", f.Meta[weights.MetaTarget])
	}
	golden := read(t, "pretrain-pred.safetensors")
	mask, _ := golden.Tensor("hidden")
	want, _ := golden.Tensor("pred.every7")
	loss, _ := golden.Tensor("loss")
	hidden := make([][]bool, mask.Shape[0])
	for i, v := range mask.Data {
		n := i / mask.Shape[1]
		hidden[n] = append(hidden[n], v != 0)
	}
	layout, err := model.NewLayout(2, 3, hidden)
	if err != nil {
		t.Fatal(err)
	}
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		got, err := network(t, d, f).Run(context.Background(), model.Reconstruct, numtest.SeededImages(2, 64, 96), layout, "pred", "loss")
		if err != nil {
			t.Fatal(err)
		}
		numtest.Check(t, numtest.Network, "pred", numtest.Every(got[0], 7), want.Data)
		numtest.Check(t, numtest.Network, "loss", []float32{float32(model.MaskedLoss(got[1], layout))}, loss.Data)
	})
}
