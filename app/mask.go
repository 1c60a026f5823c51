package app

import "unmask/data"

// brush is what a stroke does to the patches it meets.
type brush int

const (
	flip brush = iota // the opposite of what the stroke's first patch is
	hide
	show
)

// hides reports whether a stroke that begins on a patch hides what it meets.
func (b brush) hides(firstHidden bool) bool {
	return b == hide || b == flip && !firstHidden
}

// set hides or shows one patch and reports whether that changed anything.
// Patches outside of the picture, where a stroke may lead, are left alone.
func set(m data.Mask, row, col int, hidden bool) bool {
	if row < 0 || row >= m.Rows || col < 0 || col >= m.Cols {
		return false
	}
	i := row*m.Cols + col
	changed := m.Hidden[i] != hidden
	m.Hidden[i] = hidden
	return changed
}

// line hides or shows every patch between two, so that a fast stroke leaves no
// gaps; it reports whether anything changed.
func line(m data.Mask, row0, col0, row1, col1 int, hidden bool) bool {
	steps := max(abs(row1-row0), abs(col1-col0), 1)
	changed := false
	for s := 0; s <= steps; s++ {
		row := row0 + divRound(s*(row1-row0), steps)
		col := col0 + divRound(s*(col1-col0), steps)
		changed = set(m, row, col, hidden) || changed
	}
	return changed
}

// divRound is a/b to the nearest whole number, for b > 0.
func divRound(a, b int) int {
	if a < 0 {
		return -divRound(-a, b)
	}
	return (a + b/2) / b
}

func abs(v int) int { return max(v, -v) }
