package data

import "testing"

func TestStrokesLeaveNoGaps(t *testing.T) {
	cases := []struct {
		name                         string
		row0, col0, row1, col1, size int
		want                         string // of 4 rows x 5 columns
	}{
		{"a point", 1, 2, 1, 2, 1, "00000" + "00100" + "00000" + "00000"},
		{"a row", 2, 4, 2, 0, 1, "00000" + "00000" + "11111" + "00000"},
		{"a diagonal", 0, 0, 3, 3, 1, "10000" + "01000" + "00100" + "00010"},
		{"steep, upwards", 3, 1, 0, 0, 1, "10000" + "10000" + "01000" + "01000"},
		{"in from outside", -1, 2, 1, 2, 1, "00100" + "00100" + "00000" + "00000"},
		{"outside", -1, -1, -1, 5, 1, "00000" + "00000" + "00000" + "00000"},
		{"two wide", 1, 2, 1, 2, 2, "00000" + "00110" + "00110" + "00000"},
		{"three wide, at the edge", 3, 4, 3, 4, 3, "00000" + "00000" + "00011" + "00011"},
		{"three wide, a column", 1, 1, 2, 1, 3, "11100" + "11100" + "11100" + "11100"},
	}
	for _, c := range cases {
		m := NewMask(4, 5)
		changed := m.Stroke(c.row0, c.col0, c.row1, c.col1, c.size, true)
		if got := m.Bits(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if changed != (m.Count() > 0) {
			t.Errorf("%s: changed is %v with %d patches hidden", c.name, changed, m.Count())
		}
		if m.Stroke(c.row0, c.col0, c.row1, c.col1, c.size, true) {
			t.Errorf("%s: the same stroke again changed something", c.name)
		}
	}
}

func TestBrush(t *testing.T) {
	cases := []struct {
		brush       Brush
		firstHidden bool
		want        bool
	}{
		{Flip, false, true}, {Flip, true, false},
		{Hide, false, true}, {Hide, true, true},
		{Show, false, false}, {Show, true, false},
	}
	for _, c := range cases {
		if got := c.brush.Hides(c.firstHidden); got != c.want {
			t.Errorf("brush %d on a patch with hidden %v: hides is %v, want %v", c.brush, c.firstHidden, got, c.want)
		}
	}
}
