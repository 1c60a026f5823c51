package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoOrphans: every golden is read by a test, every WGSL file by an op or a file of one.
func TestNoOrphans(t *testing.T) {
	var tests, ops, parts strings.Builder
	var goldens, kernels []string
	walk(t, func(path string) {
		read := func(b *strings.Builder) {
			text, err := os.ReadFile(filepath.Join("../..", path))
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		switch {
		case dir == "testdata/golden":
			goldens = append(goldens, filepath.Base(path))
		case dir == "shaders" && strings.HasSuffix(path, ".wgsl"):
			kernels = append(kernels, strings.TrimSuffix(filepath.Base(path), ".wgsl"))
			read(&parts)
		case strings.HasSuffix(path, "_test.go") && dir != "internal/rules":
			read(&tests)
		case dir == "shaders":
			read(&ops)
		}
	})
	if len(goldens) == 0 || len(kernels) == 0 {
		t.Fatalf("found %d goldens and %d kernels", len(goldens), len(kernels))
	}
	for _, g := range goldens {
		if !strings.Contains(tests.String(), g) {
			t.Errorf("testdata/golden/%s is read by no test", g)
		}
	}
	for _, k := range kernels {
		if !strings.Contains(ops.String(), `"`+k+`"`) && !strings.Contains(parts.String(), "#use "+k+"\n") {
			t.Errorf("shaders/%s.wgsl is used by no op and no other kernel", k)
		}
	}
}
