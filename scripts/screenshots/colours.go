package main

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"

	"unmask/internal/palette"
)

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
