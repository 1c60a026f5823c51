package weights

import (
	"maps"
	"testing"
)

func TestAddMeta(t *testing.T) {
	head := []Tensor{{Name: "head.bias", Shape: []int{2}, Data: []float32{1, 2}}}
	from := map[string]string{MetaClasses: `["a","b"]`, MetaLicence: "CC0", MetaSource: "model_ema", MetaLeftOut: "pred.bias", MetaTarget: "raw"}
	for _, c := range []struct {
		f    *File
		want map[string]string
	}{
		{&File{Tensors: head}, map[string]string{MetaClasses: `["a","b"]`, MetaLicence: "CC0", MetaTarget: "raw"}},
		{&File{}, map[string]string{MetaLicence: "CC0", MetaTarget: "raw"}}, // no head, no classes
		{&File{Meta: map[string]string{MetaTarget: "norm", MetaSource: "model"}}, map[string]string{MetaLicence: "CC0", MetaTarget: "norm", MetaSource: "model"}},
	} {
		if err := c.f.AddMeta(from); err != nil {
			t.Error(err)
		}
		if !maps.Equal(c.f.Meta, c.want) {
			t.Errorf("%q, want %q", c.f.Meta, c.want)
		}
	}
	for text, want := range map[string]string{
		`["a"]`: `weights: 1 names of classes, and the head has 2`,
		`a,b`:   `weights: metadata "classes": invalid character 'a' looking for beginning of value`,
	} {
		if err := (&File{Tensors: head}).AddMeta(map[string]string{MetaClasses: text}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestSetClasses(t *testing.T) {
	f := &File{Tensors: []Tensor{{Name: "head.bias", Shape: []int{2}, Data: []float32{1, 2}}}}
	if err := f.SetClasses([]string{"a \"b\"", "ü"}); err != nil || f.Meta[MetaClasses] != `["a \"b\"","ü"]` {
		t.Errorf("%q, %v", f.Meta, err)
	}
	if err := (&File{}).SetClasses([]string{"a"}); err == nil || err.Error() != "weights: there is no classifier head to name 1 classes of" {
		t.Error(err)
	}
}
