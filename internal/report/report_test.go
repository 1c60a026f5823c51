package report

import (
	"bytes"
	"image/png"
	"testing"

	"unmask/data"
	"unmask/train"
)

func TestARunsPicturesAreWritten(t *testing.T) {
	store := train.Memory{}
	c := train.Config{Kind: train.Pretrain, Data: "/photos/flowers", Size: 64, Batch: 4}
	c.Model.Name = "atto"
	if got, want := Title(c), "ConvNeXt V2 Atto, pre-training on flowers at 64 pixels"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if err := WriteCurves(store, c, false); err != nil {
		t.Fatal(err)
	}
	m := data.Checkerboard(2, 2)
	s := train.Sample{Original: data.NewPicture(64, 64), Reconstruction: data.NewPicture(64, 64), Mask: m}
	if err := WriteSamples(store, c, 30, []train.Sample{s, s}, true); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{CurvesFile, "samples/step-000030.png"} {
		if img, err := png.Decode(bytes.NewReader(store[name])); err != nil || img.Bounds().Dx() < 2*64 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
