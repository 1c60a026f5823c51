package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestReplace(t *testing.T) {
	const text = "a\n<!-- run: x | y -->\nold\n<!-- end -->\nb <!-- curve -->\nkept\n<!-- table: t -->\n<!-- end -->\n"
	got, err := replace(text, func(kind, what string) (string, error) { return kind + "(" + what + ")\n", nil })
	want := "a\n<!-- run: x | y -->\nrun(x | y)\n<!-- end -->\nb <!-- curve -->\nkept\n<!-- table: t -->\ntable(t)\n<!-- end -->\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
	for text, want := range map[string]string{
		"<!-- run: x -->\nold\n":                                `the mark "run: x" has no <!-- end -->`,
		"<!-- run: x -->\nold\n<!-- run: y -->\n<!-- end -->\n": `the mark "run: x" has no <!-- end -->`,
		"<!-- table: t -->\n<!-- end -->\n":                     "table: t: no",
	} {
		_, err := replace(text, func(string, string) (string, error) { return "", errors.New("no") })
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestThousands(t *testing.T) {
	for in, want := range map[string]string{"7": "7", "999": "999", "7664": "7,664", "1234567": "1,234,567"} {
		if got := thousands(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestTables: the marks of the documents name tables that there are, and the
// tables of measurements can be made of what docs/figures holds.
func TestTables(t *testing.T) {
	t.Chdir("../..")
	marked := 0
	for _, name := range documents {
		text := read(t, name)
		_, err := replace(text, func(kind, what string) (string, error) {
			marked++
			if kind == "table" && tables[what] == nil {
				t.Errorf("%s: no table %q", name, what)
			}
			return "", nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if marked == 0 {
		t.Error("the documents have no marks")
	}
	readme := read(t, "README.md")
	for _, name := range []string{"speed", "steps", "peers"} {
		if table, err := tables[name](); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains(readme, "<!-- table: "+name+" -->\n"+table+"<!-- end -->\n") {
			t.Errorf("README.md shows another table %s than docs/figures gives: run make figures", name)
		}
	}
}

var (
	link   = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	source = regexp.MustCompile(`(?:src|srcset)="([^":]+)"`)
)

// TestLinks: what the documents link to and show is there, and no picture is
// larger than a clone should carry.
func TestLinks(t *testing.T) {
	t.Chdir("../..")
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, name := range append(files, "README.md", "CHANGELOG.md", "RATIONALE.md", "weights/README.md", "reference/README.md", "bench/peers/README.md") {
		text := read(t, name)
		for _, m := range append(link.FindAllStringSubmatch(text, -1), source.FindAllStringSubmatch(text, -1)...) {
			target := filepath.Join(filepath.Dir(name), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			shown[target] = true
		}
	}
	pictures, err := filepath.Glob("docs/pictures/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if info, err := os.Stat(p); err != nil || info.Size() > 300_000 {
			t.Errorf("%s: %v bytes, want at most 300,000 (%v)", p, info.Size(), err)
		}
		if !shown[p] {
			t.Errorf("%s is shown by no document", p)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
