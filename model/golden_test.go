package model

import (
	"context"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
)

// seeded gives a configuration's parameters their deterministic values, which
// the PyTorch side of the goldens gives them too.
func seeded(c Config) Source {
	shapes := map[string][]int{}
	for _, p := range c.Params() {
		shapes[p.Name] = p.Shape
	}
	return func(name string) []float32 { return numtest.Seeded(name, shapes[name]) }
}

func network(t *testing.T, d device.Device, c Config) *Network {
	t.Helper()
	n, err := NewNetwork(d, c, seeded(c))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Release)
	return n
}

func size(t *testing.T, name string) Config {
	t.Helper()
	c, err := Size(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var tinyV1 = Config{Name: "custom", Depths: [4]int{1, 1, 2, 1}, Dims: [4]int{8, 16, 24, 32}, V1: true, Classes: 10}

func TestLogitsAgreeWithPyTorch(t *testing.T) {
	for _, c := range []struct {
		file                 string
		cfg                  Config
		batch, height, width int
	}{
		{"atto_logits.safetensors", size(t, "atto").WithHead(1000), 1, 224, 224},
		{"atto_logits_odd.safetensors", size(t, "atto").WithHead(10), 3, 96, 64},
		{"femto_logits.safetensors", size(t, "femto").WithHead(1000), 2, 96, 96},
		{"v1_logits.safetensors", tinyV1, 2, 64, 96},
	} {
		t.Run(c.file, func(t *testing.T) {
			want := numtest.Golden(t, c.file, nil)["logits"]
			testdevice.Each(t, func(t *testing.T, d device.Device) {
				images := numtest.SeededImages(c.batch, c.height, c.width)
				out, err := network(t, d, c.cfg).Run(context.Background(), Classify, images, Dense(c.batch, c.height/Patch, c.width/Patch), "logits")
				if err != nil {
					t.Fatal(err)
				}
				numtest.Check(t, numtest.Network, "logits", out[0], want.Data)
			})
		})
	}
}

// hidden turns a golden's mask (N, L) into one mask per image.
func hidden(m numtest.Tensor) [][]bool {
	masks := make([][]bool, m.Shape[0])
	for n := range masks {
		for _, v := range m.Words[n*m.Shape[1]:][:m.Shape[1]] {
			masks[n] = append(masks[n], v != 0)
		}
	}
	return masks
}

func layout(t *testing.T, rows, cols int, masks [][]bool) *Layout {
	t.Helper()
	l, err := NewLayout(rows, cols, masks)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestBlocksAgreeWithPyTorch(t *testing.T) {
	for _, file := range []string{"atto_blocks.safetensors", "atto_blocks_masked.safetensors"} {
		t.Run(file, func(t *testing.T) {
			golden := numtest.Golden(t, file, nil)
			l := Dense(1, 2, 3)
			if m, ok := golden["hidden"]; ok {
				l = layout(t, 2, 3, hidden(m))
			}
			cfg := size(t, "atto")
			testdevice.Each(t, func(t *testing.T, d device.Device) {
				var names []string
				for _, tap := range cfg.Taps() {
					names = append(names, tap.Name)
				}
				out, err := network(t, d, cfg).Run(context.Background(), Features, numtest.SeededImages(l.Images, 64, 96), l, names...)
				if err != nil {
					t.Fatal(err)
				}
				seen := 0
				for i, tap := range cfg.Taps() {
					got := l.Scatter(out[i], tap.Side, tap.C)
					if want, ok := golden[tap.Name]; ok {
						numtest.Check(t, numtest.Network, tap.Name, got, want.Data)
						seen++
					}
					if want, ok := golden[tap.Name+".every3"]; ok {
						numtest.Check(t, numtest.Network, tap.Name, numtest.Every(got, 3), want.Data)
						seen++
					}
				}
				if seen != len(names) {
					t.Errorf("the golden holds %d of %d layers", seen, len(names))
				}
			})
		})
	}
}

func TestFCMAEAgreesWithPyTorch(t *testing.T) {
	for _, file := range []string{
		"fcmae_raw_image.safetensors", "fcmae_raw_batch.safetensors", "fcmae_raw_image_sum.safetensors",
		"fcmae_norm_image.safetensors", "fcmae_norm_batch.safetensors",
	} {
		t.Run(file, func(t *testing.T) {
			golden := numtest.Golden(t, file, nil)
			cfg := size(t, "atto").WithDecoder(1, 512)
			cfg.NormPix = strings.Contains(file, "norm")
			cfg.BatchGRN = strings.Contains(file, "batch")
			cfg.SumGRN = strings.Contains(file, "sum")
			l := layout(t, 4, 3, hidden(golden["hidden"]))
			testdevice.Each(t, func(t *testing.T, d device.Device) {
				out, err := network(t, d, cfg).Run(context.Background(), Reconstruct, numtest.SeededImages(3, 128, 96), l, "pred", "loss")
				if err != nil {
					t.Fatal(err)
				}
				if want, ok := golden["pred"]; ok {
					numtest.Check(t, numtest.Network, "pred", out[0], want.Data)
				} else {
					numtest.Check(t, numtest.Network, "pred", numtest.Every(out[0], 7), golden["pred.every7"].Data)
				}
				want := append([]float32(nil), golden["patch_loss"].Data...)
				for p, slot := range l.PatchSlot {
					if slot != 0 {
						want[p] = 0 // the golden has the loss of visible patches too
					}
				}
				numtest.Check(t, numtest.Network, "patch loss", out[1], want)
				numtest.Check(t, numtest.Network, "loss", []float32{float32(MaskedLoss(out[1], l))}, golden["loss"].Data)
			})
		})
	}
}
