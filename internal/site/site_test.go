package site

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"unmask/internal/logo"
)

// sources are inputs of a site with stand-ins for what is built elsewhere.
func sources(t *testing.T) Sources {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"bin/page.wasm":             "page program",
		"bin/engine.wasm":           "engine program",
		"bin/wasm_exec.js":          "// loader of this toolchain",
		"static/engine-worker.js":   "// worker",
		"static/engine-start.js":    "// start",
		"static/samples/index.json": "[]",
		"static/samples/lake.jpg":   "lake",
		"atto.safetensors":          "weights",
	}
	for _, name := range styles {
		files["static/"+name] = "/* " + name + " */"
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Sources{
		Wasm:    filepath.Join(dir, "bin"),
		Static:  filepath.Join(dir, "static"),
		Weights: filepath.Join(dir, "atto.safetensors"),
	}
}

func build(t *testing.T, src Sources) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "site")
	if err := Build(src, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBuildWritesEverything(t *testing.T) {
	out := build(t, sources(t))
	files := map[string]string{
		"wasm_exec.js":                 "// loader of this toolchain",
		"web/wasm_exec.js":             "// loader of this toolchain",
		"web/app.wasm":                 "page program",
		"web/engine.wasm":              "engine program",
		"web/engine-worker.js":         "// worker",
		"web/engine-start.js":          "// start",
		"web/samples/lake.jpg":         "lake",
		"web/weights/atto.safetensors": "weights",
	}
	for _, name := range styles {
		files["web/"+name] = "/* " + name + " */"
	}
	for name, want := range files {
		if got := read(t, out, name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
}

// Every address has to be relative to the page, so that any sub-folder of any
// host serves.
func TestAddressesAreRelative(t *testing.T) {
	out := build(t, sources(t))
	absolute := regexp.MustCompile(`(src|href|content)="(/|https?:)[^"]*"`)
	if found := absolute.FindAllString(read(t, out, "index.html"), -1); found != nil {
		t.Errorf("index.html: %q", found)
	}
	path := regexp.MustCompile(`"(/|https?:)[^"]*"`)
	for _, name := range []string{"manifest.webmanifest", "app-worker.js"} {
		for _, found := range path.FindAllString(read(t, out, name), -1) {
			// A notification without a path opens the root; this page sends none.
			if name == "manifest.webmanifest" || found != `"/"` {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
	if js := read(t, out, "app.js"); !strings.Contains(js, `"web/app.wasm"`) || !strings.Contains(js, `"app-worker.js"`) {
		t.Error("app.js does not load web/app.wasm and app-worker.js")
	}
}

func TestPageMayBeZoomedAndStaysAtHome(t *testing.T) {
	page := read(t, build(t, sources(t)), "index.html")
	if strings.Contains(page, "user-scalable=0") {
		t.Error("the page forbids zooming")
	}
	policy := strings.Index(page, CSP)
	script := strings.Index(page, "<script")
	if policy < 0 || script < 0 || policy > script {
		t.Errorf("the content policy stands at %d, the first script at %d; want it first", policy, script)
	}
}

func TestProgressKnowsTheProgramsSize(t *testing.T) {
	js := read(t, build(t, sources(t)), "app.js")
	if want := "const total = 12;"; !strings.Contains(js, want) { // "page program"
		t.Errorf("app.js does not contain %q", want)
	}
}

// A list of the offline cache that names a file twice, as go-app's would name
// the program, is refused by the browser as a whole.
func TestOfflineListNamesEachFileOnce(t *testing.T) {
	js := read(t, build(t, sources(t)), "app-worker.js")
	list := regexp.MustCompile(`resourcesToCache = \[(.*)\]`).FindStringSubmatch(js)
	if list == nil {
		t.Fatal("app-worker.js has no list of files")
	}
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(list[1], ",") {
		name := path.Clean(strings.Trim(entry, `"`))
		if seen[name] {
			t.Errorf("%s is listed twice", name)
		}
		seen[name] = true
	}
	for _, name := range []string{".", "app.js", "wasm_exec.js", "web/app.wasm", "web/engine.wasm", "web/wasm_exec.js",
		"web/engine-worker.js", "web/layout.css", "web/samples/lake.jpg", "web/weights/atto.safetensors"} {
		if !seen[name] {
			t.Errorf("%s is not listed: %v", name, seen)
		}
	}
}

func TestCompressedCopies(t *testing.T) {
	out := build(t, sources(t))
	for _, name := range []string{"index.html", "app.js", "wasm_exec.js", "web/app.wasm", "web/engine.wasm", "web/theme.css"} {
		f, err := os.Open(filepath.Join(out, name+".gz"))
		if err != nil {
			t.Error(err)
			continue
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatalf("%s.gz: %v", name, err)
		}
		got, err := io.ReadAll(z)
		f.Close()
		if err != nil || string(got) != read(t, out, name) {
			t.Errorf("%s.gz does not unpack to %s (error %v)", name, name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "web/samples/lake.jpg.gz")); err == nil {
		t.Error("a JPEG has a compressed copy")
	}
}

func TestVersionFollowsContent(t *testing.T) {
	src := sources(t)
	version := func() string {
		return regexp.MustCompile(`"app-" \+ "([0-9a-f]+)"`).FindString(read(t, build(t, src), "app-worker.js"))
	}
	first := version()
	if first == "" {
		t.Fatal("app-worker.js names no version")
	}
	if again := version(); again != first {
		t.Errorf("the same content gives %s and %s", first, again)
	}
	if err := os.WriteFile(src.Weights, []byte("other weights"), 0o644); err != nil {
		t.Fatal(err)
	}
	if other := version(); other == first {
		t.Error("other weights give the same version")
	}
}

func TestIcons(t *testing.T) {
	out := build(t, sources(t))
	for name, side := range map[string]int{"icon-192.png": 192, "icon-512.png": 512} {
		f, err := os.Open(filepath.Join(out, "web", name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != side || b.Dy() != side {
			t.Errorf("%s is %d x %d, want %d", name, b.Dx(), b.Dy(), side)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
			t.Errorf("%s: the corner is not clear", name)
		}
		if r, g, b, a := img.At(side/4, side/4).RGBA(); a != 0xffff || r>>8 != uint32(logo.Seen.R) || g>>8 != uint32(logo.Seen.G) || b>>8 != uint32(logo.Seen.B) {
			t.Errorf("%s: the first patch is %x %x %x %x, want %v", name, r>>8, g>>8, b>>8, a>>8, logo.Seen)
		}
	}
}

// TestMaskableIcon: the ground goes to the edges, and what is drawn on it keeps within
// the circle that every form leaves.
func TestMaskableIcon(t *testing.T) {
	out := build(t, sources(t))
	b, err := os.ReadFile(filepath.Join(out, "manifest.webmanifest"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Icons []struct{ Src, Sizes, Purpose string }
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		t.Fatal(err)
	}
	for _, icon := range manifest.Icons {
		if icon.Purpose != "maskable" {
			continue
		}
		f, err := os.Open(filepath.Join(out, icon.Src))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		side := img.Bounds().Dx()
		if size := fmt.Sprintf("%dx%d", side, img.Bounds().Dy()); size != icon.Sizes {
			t.Errorf("%s is %s, the manifest says %s", icon.Src, size, icon.Sizes)
		}
		ground, drawn := img.At(0, 0), 0
		for y := range side {
			for x := range side {
				if img.At(x, y) == ground {
					continue
				}
				drawn++
				if r := math.Hypot(float64(x)+0.5-float64(side)/2, float64(y)+0.5-float64(side)/2); r > 0.4*float64(side)+1 {
					t.Fatalf("%s: pixel %d, %d is %v, %.0f pixels from the middle of %d", icon.Src, x, y, img.At(x, y), r, side)
				}
			}
		}
		if _, _, _, a := ground.RGBA(); a != 0xffff || drawn < side*side/8 {
			t.Errorf("%s: ground %v, %d pixels drawn", icon.Src, ground, drawn)
		}
		return
	}
	t.Errorf("no maskable icon in %s", b)
}

func TestMissingInput(t *testing.T) {
	for _, c := range []struct{ remove, want string }{
		{"engine.wasm", "engine.wasm: no such file"},
		{"wasm_exec.js", "wasm_exec.js: no such file"},
	} {
		src := sources(t)
		if err := os.Remove(filepath.Join(src.Wasm, c.remove)); err != nil {
			t.Fatal(err)
		}
		err := Build(src, filepath.Join(t.TempDir(), "site"))
		if err == nil || !strings.HasPrefix(err.Error(), "site: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("without %s: error %v, want %q", c.remove, err, c.want)
		}
	}
}

func TestChangedTemplates(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.js"), []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := edit{"app.js", "old", "new"}.apply(dir)
	if want := `app.js: want "old" to replace, found none; go-app's templates have changed`; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}
