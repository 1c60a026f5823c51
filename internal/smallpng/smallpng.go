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
	whole := b
	for colours := 256; len(b) > most && colours >= 32; colours /= 2 {
		var err error
		if b, err = fewerColours(whole, colours); err != nil {
			return nil, err
		}
	}
	if len(b) > most {
		return nil, fmt.Errorf("smallpng: %d bytes: want at most %d", len(b), most)
	}
	return b, nil
}

// fewerColours writes a PNG anew with so many colours at most, dithered (Floyd and
// Steinberg, 1976): with 256 about a third of the bytes.
func fewerColours(b []byte, colours int) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewPaletted(img.Bounds(), palette.Of(colours, img))
	draw.FloydSteinberg.Draw(out, out.Bounds(), img, img.Bounds().Min)
	var buf bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&buf, out)
	return buf.Bytes(), err
}
