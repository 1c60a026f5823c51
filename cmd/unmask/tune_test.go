package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unmask/internal/testdevice"
)

func TestDevicesTune(t *testing.T) {
	testdevice.GPU(t)
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache) // what os.UserCacheDir asks on Linux
	if got, err := os.UserCacheDir(); err != nil || got != cache {
		t.Skip("this system keeps caches elsewhere")
	}
	var c struct {
		Adapter string
		Order   map[string][]string
	}
	document(t, &c, "devices", "--tune")
	if c.Adapter == "" || len(c.Order["linear"]) == 0 {
		t.Fatalf("measured %+v", c)
	}
	if o := must(t, "devices"); !strings.Contains(o.err, "uses what was measured: ") || !strings.Contains(o.err, c.Order["linear"][0]) {
		t.Errorf("devices says %q, want %s among what was measured", o.err, c.Order["linear"][0])
	}

	files, err := filepath.Glob(filepath.Join(cache, "unmask", "kernels-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v: want one file", files, err)
	}
	if err := os.WriteFile(files[0], []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if o := must(t, "devices"); !strings.Contains(o.err, "it is ignored: unmask devices --tune measures again") {
		t.Errorf("of a torn file devices says %q", o.err)
	}
}

func TestDevicesTuneNeedsAGPU(t *testing.T) {
	if o := command("devices", "--tune", "--device", "cpu"); o.code != 2 || !strings.Contains(o.err, "has no kernels to choose from") {
		t.Errorf("exit code %d, %s", o.code, o.err)
	}
}
