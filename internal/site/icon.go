package site

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"unmask/internal/logo"
)

// writeIcons writes the logo into dir: logo.svg, icon-192.png, icon-512.png, and
// maskable-512.png for systems that cut icons to a form of their own.
func writeIcons(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "logo.svg"), logo.SVG(), 0o644); err != nil {
		return err
	}
	for name, img := range map[string]image.Image{
		"icon-192.png":     logo.Draw(192),
		"icon-512.png":     logo.Draw(512),
		"maskable-512.png": logo.Maskable(512),
	} {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
