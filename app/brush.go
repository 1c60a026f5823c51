package app

import "slices"

// brushSizes are the sides of the brush, in patches. They are odd, so that the
// patch under the pointer is the middle.
var brushSizes = []int{1, 3, 5}

// resizeBrush takes the next larger or smaller brush, if there is one.
func (s *studio) resizeBrush(by int) {
	i := slices.Index(brushSizes, s.brushSize) + by
	s.brushSize = brushSizes[min(max(i, 0), len(brushSizes)-1)]
}

// paint hides or shows what the brush meets on its way from one patch to another
// and reports whether that changed anything.
func (s *studio) paint(row0, col0, row, col int, hide bool) bool {
	return s.mask.Stroke(row0, col0, row, col, s.brushSize, hide)
}
