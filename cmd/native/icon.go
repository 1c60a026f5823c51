package main

import (
	"image"

	"unmask/internal/logo"
)

// icons are the window's mark, for the sizes that window systems ask for.
func icons() []image.Image {
	return []image.Image{logo.Draw(16), logo.Draw(32), logo.Draw(48), logo.Draw(128)}
}
