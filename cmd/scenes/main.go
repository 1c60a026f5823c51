// Command scenes renders the sample pictures of the page and the list of them
// that the page reads:
//
//	go run ./cmd/scenes [-o static/samples] [NAME...]
//
// With names, such as "street", it renders only those.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"unmask/internal/atomicfile"
	"unmask/internal/scenes"
)

// quality of the JPEG files.
const quality = 90

func main() {
	out := flag.String("o", "static/samples", "folder for the pictures and index.json")
	draft := flag.Bool("draft", false, "render half the size with few samples")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: scenes [flags] [NAME...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	chosen, err := choose(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := write(*out, chosen, *draft); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// choose returns the scenes of the given names, all without any.
func choose(names []string) ([]scenes.Scene, error) {
	all := scenes.All()
	if len(names) == 0 {
		return all, nil
	}
	var out []scenes.Scene
	for _, name := range names {
		i := slices.IndexFunc(all, func(s scenes.Scene) bool { return s.File == name+".jpg" })
		if i < 0 {
			var have []string
			for _, s := range all {
				have = append(have, strings.TrimSuffix(s.File, ".jpg"))
			}
			return nil, fmt.Errorf("scenes: no scene %q, want one of %s", name, strings.Join(have, ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// write renders the chosen scenes into the folder out, and index.json, which
// lists all of them.
func write(out string, chosen []scenes.Scene, draft bool) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("scenes: %w", err)
	}
	for _, s := range chosen {
		start := time.Now()
		width, height, bits := s.Width, s.Height, s.Bits
		if draft {
			width, height, bits = width/2, height/2, min(bits, 4)
		}
		img := s.Render(width, height, bits)
		path := filepath.Join(out, s.File)
		err := atomicfile.Write(path, func(w io.Writer) error {
			return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
		})
		if err != nil {
			return fmt.Errorf("scenes: %w", err)
		}
		fmt.Fprintf(os.Stderr, "%s (%.0f s)\n", path, time.Since(start).Seconds())
	}
	err := atomicfile.Write(filepath.Join(out, "index.json"), func(w io.Writer) error {
		return writeIndex(w, scenes.All())
	})
	if err != nil {
		return fmt.Errorf("scenes: %w", err)
	}
	return nil
}

// writeIndex lists scenes as the page wants them, [{"file": ..., "title": ...}].
func writeIndex(w io.Writer, list []scenes.Scene) error {
	type entry struct {
		File  string `json:"file"`
		Title string `json:"title"`
	}
	entries := make([]entry, len(list))
	for i, s := range list {
		entries[i] = entry{s.File, s.Title}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(entries)
}
