package site

import (
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// compressible are the kinds of file that get a copy with .gz appended.
var compressible = map[string]bool{
	".wasm": true, ".js": true, ".css": true, ".html": true,
	".json": true, ".svg": true, ".webmanifest": true,
}

// compress writes a gzip copy beside every compressible file under dir.
func compress(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !compressible[filepath.Ext(path)] {
			return err
		}
		return compressFile(path)
	})
}

func compressFile(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path + ".gz")
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		panic("BUG: site: " + err.Error())
	}
	if _, err := io.Copy(z, in); err != nil {
		out.Close()
		return err
	}
	if err := z.Close(); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
