// Package smallpng makes pictures of documents small enough for a repository.
package smallpng

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"unmask/internal/palette"
)

// Shrink returns a PNG of at most so many bytes: as it is, or with fewer colours.
func Shrink(b []byte, most int) ([]byte, error) {
	if len(b) <= most {
		return b, nil
	}
	b, err := fewerColours(b)
	if err == nil && len(b) > most {
		err = fmt.Errorf("smallpng: %d bytes: want at most %d", len(b), most)
	}
	return b, err
}

// fewerColours writes a PNG anew with 256 colours, dithered (Floyd and Steinberg,
// 1976): about a third of the bytes.
func fewerColours(b []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewPaletted(img.Bounds(), palette.Of(256, img))
	draw.FloydSteinberg.Draw(out, out.Bounds(), img, img.Bounds().Min)
	var buf bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&buf, out)
	return buf.Bytes(), err
}
