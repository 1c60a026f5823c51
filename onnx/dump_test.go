package onnx

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/weights"
)

var dump = flag.String("dump", "", "folder for the files that reference/check_onnx.py reads")

// checkedFile is a network that reference/check_onnx.py runs in onnxruntime.
type checkedFile struct {
	name  string
	cfg   model.Config
	out   Output
	sizes [][3]int // N, H, W of the inputs
}

func checked(t *testing.T) []checkedFile {
	both := [][3]int{{1, 224, 224}, {3, 224, 224}, {1, 96, 96}, {3, 96, 96}}
	return []checkedFile{
		{"atto", size(t, "atto").WithHead(1000), Logits, both},
		{"femto", size(t, "femto").WithHead(1000), Logits, both},
		{"tiny-v1", tinyV1, Logits, [][3]int{{1, 64, 96}, {3, 96, 64}}},
		{"atto-features", size(t, "atto"), Features, [][3]int{{1, 224, 224}, {3, 96, 64}}},
	}
}

// TestDump writes networks, inputs and our outputs on every device, the output
// as (N, classes) or (N, H/32, W/32, C).
func TestDump(t *testing.T) {
	if *dump == "" {
		t.Skip("writes files for reference/check_onnx.py")
	}
	for _, c := range checked(t) {
		t.Run(c.name, func(t *testing.T) { dumpOne(t, c) })
	}
}

func dumpOne(t *testing.T, c checkedFile) {
	f := seeded(c.cfg)
	if _, err := WriteFile(filepath.Join(*dump, c.name+".onnx"), f, c.out); err != nil {
		t.Fatal(err)
	}
	if err := weights.WriteFile(filepath.Join(*dump, c.name+".weights.safetensors"), f, "f32"); err != nil {
		t.Fatal(err)
	}
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		net, err := model.NewNetwork(d, c.cfg, func(name string) []float32 { return numtest.Seeded(name, shapeOf(c.cfg, name)) })
		if err != nil {
			t.Fatal(err)
		}
		defer net.Release()
		for _, s := range c.sizes {
			n, h, w := s[0], s[1]/model.Patch, s[2]/model.Patch
			images := numtest.SeededImages(n, s[1], s[2])
			task, shape := model.Classify, []int{n, c.cfg.Classes}
			if c.out == Features {
				task, shape = model.Encode, []int{n, h, w, c.cfg.Dims[3]}
			}
			out, err := net.Run(context.Background(), task, images, model.Dense(n, h, w), string(c.out))
			if err != nil {
				t.Fatal(err)
			}
			input := planes(images, n, s[1], s[2])
			f := &weights.File{Tensors: []weights.Tensor{
				{Name: "image", Shape: input.shape, Data: singles(input)},
				{Name: "output", Shape: shape, Data: out[0]},
			}}
			name := fmt.Sprintf("%s.%dx%dx%d.%s.safetensors", c.name, n, s[1], s[2], filepath.Base(t.Name()))
			if err := weights.WriteFile(filepath.Join(*dump, name), f, "f32"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
