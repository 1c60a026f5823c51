//go:build !js

package weights

import (
	"slices"
	"testing"
)

func TestDefault(t *testing.T) {
	name, b, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{MetaFormat, MetaModel, MetaTarget, MetaGRNScope, MetaGRNDenominator, MetaLicence, MetaPreprocessing, MetaImagesSeen, MetaVal224} {
		if f.Meta[key] == "" {
			t.Errorf("metadata %q is missing", key)
		}
	}
	if style, err := Detect(f); err != nil || style != OfficialStyle {
		t.Errorf("style %q, %v", style, err)
	}
	values := 0
	for _, tensor := range f.Tensors {
		values += len(tensor.Data)
	}
	if pred, ok := f.Tensor("pred.weight"); !ok || !slices.Equal(pred.Shape, []int{3072, 512, 1, 1}) || values < 7_000_000 {
		t.Errorf("%d values and pred %v: want an encoder and a decoder", values, ok)
	}
}
