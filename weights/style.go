package weights

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Style is a convention of names and shapes.
type Style string

const (
	OfficialStyle    Style = "official"          // the released pt_only and _ema files, and ours
	OfficialPretrain Style = "official-pretrain" // pre-training runs of the official code: MinkowskiEngine's layout
	Timm             Style = "timm"
	HF               Style = "hf" // Hugging Face transformers
)

var hfPrefixes = []string{"convnextv2.", "convnext."}

// outer are prefixes that wrappers of a model put before every key.
var outer = []string{"module.", "_orig_mod.", "model."}

// Detect tells the style of a file's keys.
func Detect(f *File) (Style, error) {
	return detect(trimOuter(f.Tensors))
}

func detect(tensors []Tensor) (Style, error) {
	for _, t := range tensors {
		switch {
		case strings.HasSuffix(t.Name, "embeddings.patch_embeddings.weight"):
			return HF, nil
		case t.Name == "stem.0.weight":
			return Timm, nil
		case strings.HasPrefix(t.Name, "encoder.downsample_layers."):
			return OfficialPretrain, nil
		case t.Name == "downsample_layers.0.0.weight":
			return OfficialStyle, nil
		}
	}
	found := "the file has no tensors"
	if len(tensors) > 0 {
		found = fmt.Sprintf("the file starts with %q", tensors[0].Name)
	}
	return "", fmt.Errorf("weights: no ConvNeXt here: want downsample_layers.0.0.weight (official), stem.0.weight (timm) or embeddings.patch_embeddings.weight (Hugging Face); %s", found)
}

// trimOuter returns the tensors without a prefix that all of them share.
func trimOuter(tensors []Tensor) []Tensor {
	out := slices.Clone(tensors)
	for range outer { // they nest: module._orig_mod.
		for _, prefix := range outer {
			if slices.ContainsFunc(out, func(t Tensor) bool { return !strings.HasPrefix(t.Name, prefix) }) {
				continue
			}
			for i := range out {
				out[i].Name = strings.TrimPrefix(out[i].Name, prefix)
			}
		}
	}
	return out
}

// Official returns f with official names and shapes, and the style that it had.
// Tensors that no rule knows keep their names. Values are shared with f where
// their order stays.
func Official(f *File) (*File, Style, error) {
	tensors := trimOuter(withoutTraining(f.Tensors))
	style, err := detect(tensors)
	if err != nil {
		return nil, "", err
	}
	seen := map[string]string{}
	for i := range tensors {
		t := &tensors[i]
		was := t.Name
		switch style {
		case OfficialPretrain:
			err = fromMinkowski(t)
		case Timm, HF:
			t.Name, _ = officialName(t.Name, style)
		}
		if err == nil {
			err = officialShape(t)
		}
		if err != nil {
			return nil, "", fmt.Errorf("weights: tensor %q: %w", was, err)
		}
		if first, ok := seen[t.Name]; ok {
			return nil, "", fmt.Errorf("weights: tensors %q and %q are both %q", first, was, t.Name)
		}
		seen[t.Name] = was
	}
	meta := maps.Clone(f.Meta)
	maps.DeleteFunc(meta, func(key, _ string) bool { return strings.HasPrefix(key, MetaTrainPrefix) })
	return &File{Format: f.Format, Tensors: tensors, Meta: meta}, style, nil
}

// withoutTraining leaves out what a checkpoint keeps to resume a training.
func withoutTraining(tensors []Tensor) []Tensor {
	return slices.DeleteFunc(slices.Clone(tensors), func(t Tensor) bool { return strings.HasPrefix(t.Name, TrainPrefix) })
}

// officialShape brings a tensor with an official name to the official shape:
// vectors flat, GRN (1, 1, 1, 4C), pointwise weights (out, in).
func officialShape(t *Tensor) error {
	n := len(t.Data)
	switch {
	case strings.HasSuffix(t.Name, ".grn.gamma") || strings.HasSuffix(t.Name, ".grn.beta"):
		t.Shape = []int{1, 1, 1, n}
	case strings.HasSuffix(t.Name, ".bias"):
		t.Shape = []int{n}
	case strings.HasSuffix(t.Name, ".pwconv1.weight") || strings.HasSuffix(t.Name, ".pwconv2.weight"):
		if len(t.Shape) < 2 || t.Shape[0]*t.Shape[1] != n {
			return fmt.Errorf("want (out, in) or (out, in, 1, 1), file has %v", t.Shape)
		}
		t.Shape = t.Shape[:2:2]
	}
	return nil
}

// Convert returns f with the names and shapes of another style. timm and hf
// have no decoder: what finds no place there is left out and listed in Meta
// under MetaLeftOut.
func Convert(f *File, to Style) (*File, error) {
	if to != OfficialStyle && to != OfficialPretrain && to != Timm && to != HF {
		return nil, fmt.Errorf("weights: keys %q: want official, official-pretrain, timm or hf", to)
	}
	official, _, err := Official(f)
	if err != nil {
		return nil, err
	}
	if official.Meta == nil {
		official.Meta = map[string]string{}
	}
	switch to {
	case OfficialStyle:
		official.Meta[MetaFormat] = "unmask"
		return official, nil
	case OfficialPretrain:
		official.Meta[MetaFormat] = "unmask"
		for i := range official.Tensors {
			t := &official.Tensors[i]
			if err := toMinkowski(t); err != nil {
				return nil, fmt.Errorf("weights: tensor %q: %w", t.Name, err)
			}
		}
		return official, nil
	}
	out := &File{Format: f.Format, Meta: official.Meta}
	out.Meta[MetaFormat] = "pt" // transformers refuses a file without it
	stem, ok := official.Tensor("downsample_layers.0.0.weight")
	if !ok {
		return nil, fmt.Errorf("weights: tensor %q is missing", "downsample_layers.0.0.weight")
	}
	// timm computes the pointwise layers of Atto to Nano, the sizes narrower
	// than Tiny's 96 channels, as 1x1 convolutions.
	conv := to == Timm && len(stem.Shape) > 0 && stem.Shape[0] < 96
	v1 := slices.ContainsFunc(official.Tensors, func(t Tensor) bool {
		_, ok := match("stages.#.#.gamma", t.Name)
		return ok
	})
	var left []string
	for _, t := range official.Tensors {
		name, ok := styledName(t.Name, to)
		if !ok {
			left = append(left, t.Name)
			continue
		}
		switch {
		case to == Timm && strings.Contains(t.Name, ".grn."):
			t.Shape = []int{len(t.Data)}
		case conv && strings.HasSuffix(t.Name, ".weight") && strings.Contains(t.Name, ".pwconv"):
			t.Shape = []int{t.Shape[0], t.Shape[1], 1, 1}
		}
		if to == HF && !strings.HasPrefix(name, "classifier.") {
			prefix := hfPrefixes[0]
			if v1 {
				prefix = hfPrefixes[1]
			}
			name = prefix + name
		}
		t.Name = name
		out.Tensors = append(out.Tensors, t)
	}
	if len(left) > 0 {
		out.Meta[MetaLeftOut] = strings.Join(left, ",")
	}
	return out, nil
}
