package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// ban forbids imports, directly or with deps through others too.
type ban struct {
	from   string // package, or a folder with /...
	to     string // likewise; "unmask/..." is all of ours
	except []string
	deps   bool
	reason string
}

var bans = []ban{
	{from: "unmask/shaders", to: "unmask/...", reason: "an op is pure data: anyone can read and test it"},
	{from: "unmask/internal/device", to: "unmask/...", except: []string{"unmask/shaders"}, reason: "the contract between graph and device knows neither"},
	{from: "unmask/internal/tune", to: "unmask/...", except: []string{"unmask/shaders", "unmask/internal/device", "unmask/internal/atomicfile"}, reason: "measuring knows kernels, and no network"},
	{from: "unmask/graph", to: "unmask/...", except: []string{"unmask/shaders", "unmask/internal/device"}, reason: "the graph runs on any device and knows no model"},
	{from: "unmask/model", to: "unmask/...", except: []string{"unmask/shaders", "unmask/graph", "unmask/internal/device"}, reason: "a model reads no file and draws nothing"},
	{from: "unmask/weights", to: "unmask/...", except: []string{"unmask/internal/atomicfile"}, reason: "files know no model, so that a model can change without them"},
	{from: "unmask/onnx", to: "unmask/...", except: []string{"unmask/model", "unmask/weights", "unmask/internal/atomicfile"}, reason: "an export is a file: it needs no device and no picture"},
	{from: "unmask/...", to: "google.golang.org/protobuf/...", except: []string{"unmask/onnx"}, reason: "one file format speaks protobuf, and only one package knows it"},
	{from: "unmask/data", to: "unmask/...", reason: "pictures know no model and no device"},
	{from: "unmask/train", to: "unmask/...", except: []string{"unmask/shaders", "unmask/graph", "unmask/model", "unmask/data", "unmask/weights", "unmask/internal/device", "unmask/internal/atomicfile", "unmask/internal/numtest"}, reason: "training runs on any device, for any front end"},
	{from: "unmask/...", to: "github.com/cogentcore/webgpu/wgpu", except: []string{"unmask/internal/gpu"}, reason: "the binding is at its end of life: changing it stays a change of one package"},
	{from: "unmask/...", to: "github.com/maxence-charriere/go-app/v9/pkg/app", except: []string{"unmask/app", "unmask/internal/site", "unmask/wasm/page"}, reason: "the user interface stays out of everything else"},
	{from: "unmask/...", to: "gorgonia.org/tensor", except: []string{"unmask/internal/ref/blas"}, reason: "20 MB that a browser must not load"},
	{from: "unmask/app", to: "unmask/...", except: []string{"unmask/session", "unmask/data", "unmask/internal/device"}, reason: "components talk to an Engine, not to the engine"},
	{from: "unmask/cmd/unmask", to: "github.com/hajimehoshi/ebiten/...", deps: true, reason: "the command line needs no window system"},
	{from: "unmask/...", to: "github.com/hajimehoshi/ebiten/...", except: []string{"unmask/cmd/native"}, reason: "a program that links it opens a display before main; the window's logic is tested without one"},
	{from: "unmask/cmd/native", to: "github.com/maxence-charriere/go-app/...", deps: true, reason: "the window is no page"},
	{from: "unmask/app", to: "unmask/internal/desktop/...", deps: true, reason: "the page is no window"},
	{from: "unmask/session", to: "net/http", deps: true, reason: "the browser's engine must stay small"},
	{from: "unmask/session", to: "github.com/maxence-charriere/go-app/...", deps: true, reason: "the browser's engine must stay small"},
	{from: "unmask/session", to: "gorgonia.org/...", deps: true, reason: "the browser's engine must stay small"},
	{from: "unmask/session", to: "gonum.org/...", deps: true, reason: "numerics and plots of several MB that the browser's engine needs none of"},
	{from: "unmask/wasm/...", to: "unmask/internal/plots", deps: true, reason: "plots bring fonts and renderers of their own; the page draws with the browser's"},
}

func matches(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	}
	return path == pattern
}

// broken returns "A imports B: reason" for every ban that pkgs break.
func broken(bans []ban, pkgs []pkg) []string {
	var out []string
	for _, b := range bans {
		for _, p := range pkgs {
			if !matches(b.from, p.ImportPath) {
				continue
			}
			imports := p.Imports
			if b.deps {
				imports = p.Deps
			}
			for _, i := range imports {
				if matches(b.to, i) && i != p.ImportPath && !slices.ContainsFunc(b.except, func(e string) bool { return e == i || e == p.ImportPath }) {
					out = append(out, p.ImportPath+" imports "+i+": "+b.reason)
				}
			}
		}
	}
	return out
}

func list(t *testing.T, env ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "unmask/...")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func TestImportsPointDown(t *testing.T) {
	for _, env := range [][]string{nil, {"GOOS=js", "GOARCH=wasm"}} {
		for _, b := range broken(bans, list(t, env...)) {
			t.Errorf("%v %s", env, b)
		}
	}
}

// TestABrokenBanIsSeen is the control.
func TestABrokenBanIsSeen(t *testing.T) {
	pkgs := []pkg{
		{ImportPath: "unmask/shaders", Imports: []string{"fmt", "unmask/model"}},
		{ImportPath: "unmask/cmd/unmask", Deps: []string{"github.com/hajimehoshi/ebiten/v2"}},
		{ImportPath: "unmask/weights", Imports: []string{"unmask/internal/atomicfile"}},
	}
	if got := broken(bans, pkgs); len(got) != 2 {
		t.Errorf("found %q, want 2 broken bans", got)
	}
}

// TestPlatformPairs: browser and native differ in file pairs, in four packages.
func TestPlatformPairs(t *testing.T) {
	allowed := []string{"internal/gpu", "weights", "data", "wasm/engine", "wasm/page"}
	walk(t, func(path string) {
		if strings.HasSuffix(path, "_js.go") || strings.HasSuffix(path, "_notjs.go") {
			if dir := filepath.ToSlash(filepath.Dir(path)); !slices.Contains(allowed, dir) {
				t.Errorf("%s: platform files belong into %v", path, allowed)
			}
		}
	})
}

// walk visits the repository's files by path from its root.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	const root = "../.."
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "bin", "site", "node_modules"}, d.Name()) && path != root {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			visit(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
