package model

import (
	"fmt"
	"strings"
)

// Config is an architecture with its options; the zero options are the defaults
// of the released code.
type Config struct {
	Name   string
	Depths [4]int
	Dims   [4]int
	V1     bool // ConvNeXt V1 blocks: LayerScale and no GRN

	Classes int // outputs of the head; 0: no head

	DecoderDepth int // blocks; 0 with DecoderWidth 0: no decoder
	DecoderWidth int

	NormPix  bool // the decoder predicts standardised patches
	BatchGRN bool // GRN over all visible positions of the batch, not of each image
	SumGRN   bool // GRN divides by the sum over channels, as the paper writes, not by the mean
}

// Patch is the side of a masked patch and the down-sampling of the encoder, in pixels.
const Patch = 32

// PatchValues is the length of a predicted patch: (row, column, channel).
const PatchValues = Patch * Patch * 3

var sizes = []Config{
	{Name: "atto", Depths: [4]int{2, 2, 6, 2}, Dims: [4]int{40, 80, 160, 320}},
	{Name: "femto", Depths: [4]int{2, 2, 6, 2}, Dims: [4]int{48, 96, 192, 384}},
	{Name: "pico", Depths: [4]int{2, 2, 6, 2}, Dims: [4]int{64, 128, 256, 512}},
	{Name: "nano", Depths: [4]int{2, 2, 8, 2}, Dims: [4]int{80, 160, 320, 640}},
	{Name: "tiny", Depths: [4]int{3, 3, 9, 3}, Dims: [4]int{96, 192, 384, 768}},
	{Name: "base", Depths: [4]int{3, 3, 27, 3}, Dims: [4]int{128, 256, 512, 1024}},
	{Name: "large", Depths: [4]int{3, 3, 27, 3}, Dims: [4]int{192, 384, 768, 1536}},
	{Name: "huge", Depths: [4]int{3, 3, 27, 3}, Dims: [4]int{352, 704, 1408, 2816}},
}

// Sizes returns the eight published sizes, smallest first (arXiv 2301.00808, sec. 3.2).
func Sizes() []Config { return append([]Config(nil), sizes...) }

// Size returns a published size by name.
func Size(name string) (Config, error) {
	var names []string
	for _, c := range sizes {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Config{}, fmt.Errorf("model: no size %q: there are %s", name, strings.Join(names, ", "))
}

// WithDecoder returns c with FCMAE's decoder: one block of width 512 in the paper.
func (c Config) WithDecoder(depth, width int) Config {
	c.DecoderDepth, c.DecoderWidth = depth, width
	return c
}

// WithHead returns c with a classifier.
func (c Config) WithHead(classes int) Config {
	c.Classes = classes
	return c
}

// Check reports an architecture that the kernels cannot compute.
func (c Config) Check() error {
	for s, d := range c.Dims {
		if d <= 0 || d%8 != 0 {
			return fmt.Errorf("model: stage %d has %d channels: want a positive multiple of 8", s, d)
		}
		if c.Depths[s] <= 0 {
			return fmt.Errorf("model: stage %d has %d blocks: want at least 1", s, c.Depths[s])
		}
	}
	if c.DecoderWidth < 0 || c.DecoderWidth%8 != 0 || c.DecoderDepth < 0 {
		return fmt.Errorf("model: decoder of %d blocks and width %d: want a width that is a multiple of 8", c.DecoderDepth, c.DecoderWidth)
	}
	return nil
}
