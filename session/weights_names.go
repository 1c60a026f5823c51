package session

import (
	"path"
	"slices"
	"strings"
)

// WeightsTypes are the endings of weights files; front ends take any other file for a
// picture.
var WeightsTypes = []string{".safetensors", ".pt", ".pth", ".ckpt", ".bin"}

// IsWeights tells by its name whether a file holds weights.
func IsWeights(name string) bool {
	return slices.Contains(WeightsTypes, strings.ToLower(path.Ext(name)))
}
