package site

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"unmask/internal/logo"
)

// writeIcons writes logo.svg, icon-192.png and icon-512.png into dir.
func writeIcons(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "logo.svg"), logo.SVG(), 0o644); err != nil {
		return err
	}
	for _, side := range []int{192, 512} {
		var b bytes.Buffer
		if err := png.Encode(&b, logo.Draw(side)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("icon-%d.png", side)), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
