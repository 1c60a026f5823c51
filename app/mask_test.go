package app

import (
	"testing"

	"unmask/data"
)

func TestLineLeavesNoGaps(t *testing.T) {
	cases := []struct {
		name                   string
		row0, col0, row1, col1 int
		want                   string // of 4 rows x 5 columns
	}{
		{"a point", 1, 2, 1, 2, "00000" + "00100" + "00000" + "00000"},
		{"a row", 2, 4, 2, 0, "00000" + "00000" + "11111" + "00000"},
		{"a diagonal", 0, 0, 3, 3, "10000" + "01000" + "00100" + "00010"},
		{"steep, upwards", 3, 1, 0, 0, "10000" + "10000" + "01000" + "01000"},
		{"in from outside", -1, 2, 1, 2, "00100" + "00100" + "00000" + "00000"},
		{"outside", -1, -1, -1, 5, "00000" + "00000" + "00000" + "00000"},
	}
	for _, c := range cases {
		m := data.NewMask(4, 5)
		changed := line(m, c.row0, c.col0, c.row1, c.col1, true)
		if got := m.Bits(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if changed != (m.Count() > 0) {
			t.Errorf("%s: changed is %v with %d patches hidden", c.name, changed, m.Count())
		}
		if line(m, c.row0, c.col0, c.row1, c.col1, true) {
			t.Errorf("%s: the same stroke again changed something", c.name)
		}
	}
}

func TestBrush(t *testing.T) {
	cases := []struct {
		brush       brush
		firstHidden bool
		want        bool
	}{
		{flip, false, true}, {flip, true, false},
		{hide, false, true}, {hide, true, true},
		{show, false, false}, {show, true, false},
	}
	for _, c := range cases {
		if got := c.brush.hides(c.firstHidden); got != c.want {
			t.Errorf("brush %d on a patch with hidden %v: hides is %v, want %v", c.brush, c.firstHidden, got, c.want)
		}
	}
}
