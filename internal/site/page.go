package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/app"
)

// CSP lets the page load from its own origin only; blob: are files that people
// gave. The page carries it in a meta element, so that it holds on any static
// host; a server of ours may send it as a header as well.
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
	"connect-src 'self' blob:; img-src 'self' blob: data:; style-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'none'"

// relative answers go-app's questions about where things are with addresses
// relative to the page.
type relative struct{}

func (relative) Package() string { return "" }
func (relative) Static() string  { return "." }
func (relative) AppWASM() string { return "web/app.wasm" }

var register = sync.OnceFunc(func() { app.Register(nil) })

// writePage generates the page and go-app's scripts. The version, by which
// browsers notice an update, is a digest of everything under web.
func writePage(out string) error {
	register()
	version, files, err := digest(out)
	if err != nil {
		return err
	}
	var sheets []string
	for _, name := range styles {
		sheets = append(sheets, "/web/"+name)
	}
	handler := &ui.Handler{
		Name:               "Unmask",
		Title:              "Unmask: a network fills in what you hide",
		Description:        "Hide most of a photo and watch a ConvNeXt V2 masked autoencoder fill it in, on WebGPU, in the browser. Nothing is uploaded.",
		Lang:               "en",
		ThemeColor:         "#0b3b33",
		BackgroundColor:    "#f4f6f5",
		LoadingLabel:       "Loading the page: {progress} %",
		Image:              "/web/icon-512.png",
		Icon:               ui.Icon{Default: "/web/icon-192.png", Large: "/web/icon-512.png", SVG: "/web/logo.svg"},
		Styles:             sheets,
		Scripts:            []string{"/web/engine-start.js async"},
		CacheableResources: files,
		Resources:          relative{},
		Version:            version,
	}
	if err := ui.GenerateStaticWebsite(out, handler); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(out, "web", "app.wasm"))
	if err != nil {
		return err
	}
	if err := dropLine(filepath.Join(out, "index.html"), `property="og:url"`); err != nil {
		return err
	}
	for _, e := range edits(info.Size()) {
		if err := e.apply(out); err != nil {
			return err
		}
	}
	return nil
}

// digest hashes the files under out/web and lists them as go-app names them,
// for the offline cache.
func digest(out string) (version string, files []string, err error) {
	sum := sha256.New()
	err = filepath.WalkDir(filepath.Join(out, "web"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".gz") {
			return err
		}
		name, err := filepath.Rel(out, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(name), len(content))
		sum.Write(content)
		// go-app lists its program by itself, and a list that names a file twice
		// keeps the whole offline cache from being filled.
		if name := filepath.ToSlash(name); name != "web/app.wasm" {
			files = append(files, "/"+name)
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil))[:16], files, err
}

// edit replaces text in a generated file; it fails where go-app no longer writes
// what it expects.
type edit struct {
	file, old, new string
}

func (e edit) apply(out string) error {
	path := filepath.Join(out, e.file)
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Contains(content, []byte(e.old)) {
		return fmt.Errorf("%s: want %q to replace, found none; go-app's templates have changed", e.file, e.old)
	}
	return os.WriteFile(path, bytes.ReplaceAll(content, []byte(e.old), []byte(e.new)), 0o644)
}

// dropLine removes the line of a generated file that contains a mark: go-app
// writes the address of the server that it generates pages with.
func dropLine(path, mark string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, after, found := strings.Cut(string(content), mark)
	start, end := strings.LastIndexByte(before, '\n'), strings.IndexByte(after, '\n')
	if !found || start < 0 || end < 0 {
		return fmt.Errorf("%s: want a line with %s, found none; go-app's templates have changed", filepath.Base(path), mark)
	}
	return os.WriteFile(path, []byte(before[:start]+after[end:]), 0o644)
}

// edits are what go-app has no settings for: addresses relative to the page,
// our content policy, a page that people may zoom, progress by the real size of
// the program where the server compresses it, and an offline page that takes
// ?device=cpu as well.
func edits(wasmSize int64) []edit {
	const meta = `<meta http-equiv="Content-Security-Policy" content="` + CSP + `">`
	return []edit{
		{"index.html", `<head>`, `<head>` + "\n" + meta},
		{"index.html", `, maximum-scale=1, user-scalable=0`, ``},
		{"index.html", `"/app.css"`, `"app.css"`},
		{"index.html", `"/app.js"`, `"app.js"`},
		{"index.html", `"/wasm_exec.js"`, `"wasm_exec.js"`},
		{"index.html", `"/manifest.webmanifest"`, `"manifest.webmanifest"`},
		{"app.js", `"/app-worker.js"`, `"app-worker.js"`},
		{"app.js", `const total = parseInt(contentLength, 10);`, fmt.Sprintf("const total = %d;", wasmSize)},
		{"app-worker.js", `"/"`, `"./"`},
		{"app-worker.js", `caches.match(event.request)`, `caches.match(event.request, { ignoreSearch: true })`},
		{"app-worker.js", `"/app.css"`, `"app.css"`},
		{"app-worker.js", `"/app.js"`, `"app.js"`},
		{"app-worker.js", `"/wasm_exec.js"`, `"wasm_exec.js"`},
		{"app-worker.js", `"/manifest.webmanifest"`, `"manifest.webmanifest"`},
		{"manifest.webmanifest", `"scope": "/"`, `"scope": "./"`},
		{"manifest.webmanifest", `"start_url": "/"`, `"start_url": "./"`},
		{"manifest.webmanifest", `"icons": [`, `"icons": [
    {
      "src": "./web/maskable-512.png",
      "type": "image/png",
      "sizes": "512x512",
      "purpose": "maskable"
    },`},
	}
}
