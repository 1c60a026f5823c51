package app

import "unmask/data"

// preset is a mask by a rule.
type preset struct {
	id, name, title string
	draw            func(rows, cols int) data.Mask
}

// presets are the masks on offer beside the random one.
var presets = []preset{
	{"checkerboard", "Checks", "Hide every other patch", data.Checkerboard},
	{"centre", "Centre", "Hide the middle", data.Centre},
	{"half", "Half", "Hide the right half", data.Half},
	{"lattice", "Lattice", "Show one patch in four", data.Lattice},
}

// randomise draws the random mask of the ratio and seed in force.
func (s *studio) randomise(rows, cols int) {
	m, err := data.RandomMask(rows, cols, s.ratio, s.seed)
	if err != nil {
		panic("BUG: app: " + err.Error())
	}
	s.mask = m
}

// clear shows every patch.
func (s *studio) clear() { clear(s.mask.Hidden) }
