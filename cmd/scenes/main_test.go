package main

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmask/internal/scenes"
)

const samples = "../../static/samples"

// TestSamplesAreTheScenes: the folder holds what this program writes, and no
// picture that it does not.
func TestSamplesAreTheScenes(t *testing.T) {
	var want bytes.Buffer
	if err := writeIndex(&want, scenes.All()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(samples, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("index.json is\n%swant\n%s", got, want.Bytes())
	}
	files := map[string]bool{"index.json": true}
	for _, s := range scenes.All() {
		files[s.File] = true
		b, err := os.ReadFile(filepath.Join(samples, s.File))
		if err != nil {
			t.Error(err)
			continue
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != s.Width || c.Height != s.Height {
			t.Errorf("%s has %d x %d pixels (%v), want %d x %d", s.File, c.Width, c.Height, err, s.Width, s.Height)
		}
		if len(b) > 150e3 {
			t.Errorf("%s has %d kB, want at most 150: a page loads it", s.File, len(b)/1000)
		}
	}
	entries, err := os.ReadDir(samples)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !files[e.Name()] {
			t.Errorf("%s belongs to no scene", e.Name())
		}
	}
}

func TestChoose(t *testing.T) {
	if got, err := choose([]string{"street", "fur"}); err != nil || len(got) != 2 || got[0].File != "street.jpg" || got[1].File != "fur.jpg" {
		t.Errorf("chose %v (%v)", got, err)
	}
	if got, err := choose(nil); err != nil || len(got) != len(scenes.All()) {
		t.Errorf("chose %d of %d scenes (%v)", len(got), len(scenes.All()), err)
	}
	_, err := choose([]string{"lake"})
	if err == nil || !strings.Contains(err.Error(), `no scene "lake", want one of landscape, stilllife,`) {
		t.Errorf("lake: %v", err)
	}
}
