package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"unmask/model"
)

// LayerDecay is how the learning rate falls with the distance from the head.
type LayerDecay string

const (
	NoLayerDecay LayerDecay = ""
	SingleDecay  LayerDecay = "single" // each block is a layer
	GroupDecay   LayerDecay = "group"  // twelve groups of up to three blocks
)

// groupLayers is the number of groups that the official code cuts every size into.
const groupLayers = 12

// layer is a parameter's layer as the official fine-tuning counts it, from 0 at
// the input, and the number of layers below the head.
func layer(kind LayerDecay, name string, depths [4]int) (id, layers int) {
	parts := strings.Split(name, ".")
	stage, block := -1, 0
	if len(parts) > 2 {
		stage, _ = strconv.Atoi(parts[1])
		block, _ = strconv.Atoi(parts[2])
	}
	before := 0
	total := 0
	for s, d := range depths {
		if s < stage {
			before += d
		}
		total += d
	}
	if kind == SingleDecay {
		switch parts[0] {
		case "downsample_layers":
			return before + 1, total
		case "stages":
			return before + block + 1, total
		}
		return total + 1, total
	}
	switch {
	case parts[0] == "downsample_layers" && stage == 0:
		return 0, groupLayers
	case parts[0] == "downsample_layers" && stage < 3:
		return stage + 1, groupLayers
	case parts[0] == "stages" && stage < 2:
		return stage + 1, groupLayers
	case parts[0] == "stages" && stage == 2:
		return 3 + block/3, groupLayers
	case parts[0] == "downsample_layers" || parts[0] == "stages":
		return groupLayers, groupLayers
	}
	return groupLayers + 1, groupLayers
}

// LRScale is the factor of a parameter's learning rate: decay^(layers below the
// head + 1 - layer).
func LRScale(kind LayerDecay, decay float64, name string, depths [4]int) float64 {
	if kind == NoLayerDecay {
		return 1
	}
	id, layers := layer(kind, name, depths)
	return math.Pow(decay, float64(layers+1-id))
}

// Decays reports whether weight decay applies to a parameter: to the weights of
// convolutions and linear layers, not to biases, norms, GRN's and LayerScale's
// factors or the mask token.
func Decays(p model.Param) bool {
	return len(p.Shape) > 1 && p.Name != "mask_token" && !strings.Contains(p.Name, ".grn.")
}

// check reports an unknown kind.
func (k LayerDecay) check() error {
	switch k {
	case NoLayerDecay, SingleDecay, GroupDecay:
		return nil
	}
	return fmt.Errorf("train: layer decay %q: want single, group or none", k)
}

// isNormWeight reports LayerNorm's weight: the vectors that are no biases.
func isNormWeight(p model.Param) bool {
	return len(p.Shape) == 1 && strings.HasSuffix(p.Name, ".weight")
}

// isLayerScale reports the gamma of a ConvNeXt V1 block.
func isLayerScale(p model.Param) bool {
	return len(p.Shape) == 1 && strings.HasSuffix(p.Name, ".gamma")
}
