package app

import "unmask/data"

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
