// Package scenes renders the sample pictures of the page: six invented places
// that look like photographs. It draws everything from formulas and fixed seeds,
// so that the repository holds no picture of anybody's.
package scenes

import "image"

// Scene is one picture.
type Scene struct {
	File          string // name of the picture file
	Title         string // what people read
	Width, Height int    // pixels; both become multiples of 32 at a shorter side of 224

	Bits int // 1<<Bits samples a pixel are what the page shows
	look look
	// build makes the scene; what it returns is called from many goroutines.
	build func() radiance
}

// Render draws the scene at the given size with 1<<bits samples a pixel.
func (s Scene) Render(width, height, bits int) image.Image {
	seed := uint64(len(s.File)) << 8
	for _, c := range s.File {
		seed = hash(seed ^ uint64(c))
	}
	return expose(width, height, bits, seed, s.build()).develop(s.look, seed)
}

// All are the scenes in the order of the page, which opens the first.
func All() []Scene {
	return []Scene{landscape, stillLife, facade, flowers, fur, street}
}
