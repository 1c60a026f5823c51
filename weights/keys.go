package weights

import "strings"

// keyTable gives every parameter of the encoder and the classifier in the three
// dense key styles. "#" stands for a number and "*" for weight or bias.
//
// Sources: facebookresearch/ConvNeXt-V2 models/convnextv2.py; timm
// models/convnext.py; transformers modeling_convnextv2.py (its keys follow a
// "convnextv2." but for the classifier's) and modeling_convnext.py. "gamma" is
// the LayerScale of a V1 block.
var keyTable = []struct{ official, timm, hf string }{
	{"downsample_layers.0.0.*", "stem.0.*", "embeddings.patch_embeddings.*"},
	{"downsample_layers.0.1.*", "stem.1.*", "embeddings.layernorm.*"},
	{"downsample_layers.#.0.*", "stages.#.downsample.0.*", "encoder.stages.#.downsampling_layer.0.*"},
	{"downsample_layers.#.1.*", "stages.#.downsample.1.*", "encoder.stages.#.downsampling_layer.1.*"},
	{"stages.#.#.dwconv.*", "stages.#.blocks.#.conv_dw.*", "encoder.stages.#.layers.#.dwconv.*"},
	{"stages.#.#.norm.*", "stages.#.blocks.#.norm.*", "encoder.stages.#.layers.#.layernorm.*"},
	{"stages.#.#.pwconv1.*", "stages.#.blocks.#.mlp.fc1.*", "encoder.stages.#.layers.#.pwconv1.*"},
	{"stages.#.#.grn.gamma", "stages.#.blocks.#.mlp.grn.weight", "encoder.stages.#.layers.#.grn.weight"},
	{"stages.#.#.grn.beta", "stages.#.blocks.#.mlp.grn.bias", "encoder.stages.#.layers.#.grn.bias"},
	{"stages.#.#.pwconv2.*", "stages.#.blocks.#.mlp.fc2.*", "encoder.stages.#.layers.#.pwconv2.*"},
	{"stages.#.#.gamma", "stages.#.blocks.#.gamma", "encoder.stages.#.layers.#.layer_scale_parameter"},
	{"norm.*", "head.norm.*", "layernorm.*"},
	{"head.*", "head.fc.*", "classifier.*"},
}

// match returns what the wildcards of pattern stand for in name.
func match(pattern, name string) ([]string, bool) {
	p, n := strings.Split(pattern, "."), strings.Split(name, ".")
	if len(p) != len(n) {
		return nil, false
	}
	var found []string
	for i, part := range p {
		switch {
		case part == "#" && n[i] != "" && strings.Trim(n[i], "0123456789") == "",
			part == "*" && (n[i] == "weight" || n[i] == "bias"):
			found = append(found, n[i])
		case part != n[i]:
			return nil, false
		}
	}
	return found, true
}

// fill puts what match found into another pattern with the same wildcards.
func fill(pattern string, found []string) string {
	parts := strings.Split(pattern, ".")
	for i, part := range parts {
		if part == "#" || part == "*" {
			parts[i], found = found[0], found[1:]
		}
	}
	return strings.Join(parts, ".")
}

// officialName translates a key; false where it is not of that style.
func officialName(name string, from Style) (string, bool) {
	if from == HF {
		for _, prefix := range hfPrefixes {
			name = strings.TrimPrefix(name, prefix)
		}
	}
	for _, row := range keyTable {
		pattern := row.timm
		if from == HF {
			pattern = row.hf
		}
		if found, ok := match(pattern, name); ok {
			return fill(row.official, found), true
		}
	}
	return name, false
}

// styledName translates an official key; false where the style has no place
// for it: the decoder's and unknown ones.
func styledName(name string, to Style) (string, bool) {
	for _, row := range keyTable {
		if found, ok := match(row.official, name); ok {
			if to == HF {
				return fill(row.hf, found), true
			}
			return fill(row.timm, found), true
		}
	}
	return name, false
}
