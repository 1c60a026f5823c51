package data

// Brush is what a stroke does to the patches it meets.
type Brush int

// The brushes.
const (
	Flip Brush = iota // the opposite of what the stroke's first patch is
	Hide
	Show
)

// Hides reports whether a stroke that begins on a patch hides what it meets.
func (b Brush) Hides(firstHidden bool) bool {
	return b == Hide || b == Flip && !firstHidden
}

// Set hides or shows one patch and reports whether that changed anything.
// Patches outside of the picture, where a stroke may lead, are left alone.
func (m Mask) Set(row, col int, hidden bool) bool {
	if row < 0 || row >= m.Rows || col < 0 || col >= m.Cols {
		return false
	}
	i := row*m.Cols + col
	changed := m.Hidden[i] != hidden
	m.Hidden[i] = hidden
	return changed
}

// Stroke hides or shows every patch that a brush of size x size patches meets
// between two, so that a fast stroke leaves no gaps; it reports whether anything
// changed.
func (m Mask) Stroke(row0, col0, row1, col1, size int, hidden bool) bool {
	steps := max(abs(row1-row0), abs(col1-col0), 1)
	changed := false
	for s := 0; s <= steps; s++ {
		top := row0 + divRound(s*(row1-row0), steps) - (size-1)/2
		left := col0 + divRound(s*(col1-col0), steps) - (size-1)/2
		for i := range size * size {
			changed = m.Set(top+i/size, left+i%size, hidden) || changed
		}
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
