package app

import "testing"

func TestShortcuts(t *testing.T) {
	h := NewHome(nil)
	for _, c := range []struct {
		key            string
		control, shift bool
		does           bool
	}{
		{"[", false, false, true}, {"]", true, false, true}, // AltGr of some keyboards reports control
		{"z", true, false, true}, {"Z", true, true, true}, {"y", true, false, true},
		{"z", false, false, false}, {"y", false, false, false}, {"a", true, false, false}, {"y", true, true, false},
	} {
		if got := h.shortcut(c.key, c.control, c.shift) != nil; got != c.does {
			t.Errorf("%q, control %v, shift %v: does something: %v, want %v", c.key, c.control, c.shift, got, c.does)
		}
	}
}
