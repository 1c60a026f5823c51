package app

import (
	"strings"
	"testing"
)

func TestCameraProblems(t *testing.T) {
	for name, want := range map[string]string{
		"":                 "offers no camera",
		"NotAllowedError":  "was not allowed",
		"NotFoundError":    "There is no camera",
		"NotReadableError": "another program",
		"TypeError":        "The camera cannot be opened: odd",
	} {
		p := cameraProblem(name, "odd")
		if !strings.Contains(p.Text, want) || p.Remedy == "" || headline(p) != "The camera cannot be used" {
			t.Errorf("%q: %q, %q, %q", name, headline(p), p.Text, p.Remedy)
		}
	}
}
