package site

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Sources are the inputs of a site.
type Sources struct {
	// Wasm is a folder with page.wasm, engine.wasm and the wasm_exec.js of the Go
	// toolchain that built them (lib/wasm/wasm_exec.js of its GOROOT).
	Wasm string
	// Static is a folder with the style sheets, engine-worker.js, engine-start.js and samples.
	Static string
	// Weights is the safetensors file that the page loads.
	Weights string
}

// styles are the style sheets in the order they apply.
var styles = []string{"theme.css", "pictures.css", "controls.css", "layout.css", "reconstruct.css", "views.css", "desk.css", "inside.css"}

// Build writes the site into the folder out, which it creates. What lies there
// under other names is left alone.
func Build(src Sources, out string) error {
	web := filepath.Join(out, "web")
	type copied struct{ from, to string }
	copies := []copied{
		{filepath.Join(src.Wasm, "page.wasm"), "app.wasm"},
		{filepath.Join(src.Wasm, "engine.wasm"), "engine.wasm"},
		// Beside the worker, so that web/ is all that another page needs of the engine.
		{filepath.Join(src.Wasm, "wasm_exec.js"), "wasm_exec.js"},
		{filepath.Join(src.Static, "engine-worker.js"), "engine-worker.js"},
		{filepath.Join(src.Static, "engine-start.js"), "engine-start.js"},
		{src.Weights, "weights/atto.safetensors"},
	}
	for _, name := range styles {
		copies = append(copies, copied{filepath.Join(src.Static, name), name})
	}
	for _, c := range copies {
		if err := copyFile(filepath.Join(web, c.to), c.from); err != nil {
			return fmt.Errorf("site: %w", err)
		}
	}
	samples := filepath.Join(src.Static, "samples")
	if err := copyFolder(filepath.Join(web, "samples"), samples); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if err := writeIcons(web); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if err := writePage(out); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	// go-app writes the loader of the Go version it was made with.
	if err := copyFile(filepath.Join(out, "wasm_exec.js"), filepath.Join(src.Wasm, "wasm_exec.js")); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if err := compress(out); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyFile(filepath.Join(to, name), path)
	})
}
