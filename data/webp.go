package data

import (
	"encoding/binary"
	"image"
	"image/color"
	"io"

	"golang.org/x/image/webp"
)

// webpBody returns the chunks of a WebP file.
func webpBody(b []byte) []byte {
	return b[min(12, len(b)):]
}

// webpStill is the first or only frame of a WebP file.
type webpStill struct {
	file     []byte          // a WebP file of that frame alone
	opaque   []byte          // the same without alpha
	animated bool            // there are more frames
	canvas   image.Rectangle // the picture as the frame sees it; empty where they are one
}

// newWebPStill takes the first frame out of a file. The decoder knows no
// animations, and it would believe the size in the file's header while the
// frame inside may claim any other: the opaque file tells the size that will be
// decoded. A file without the extended header is a still by itself.
func newWebPStill(b []byte) webpStill {
	chunks := webpBody(b)
	s := webpStill{file: b, opaque: b}
	header := riffChunk(chunks, "VP8X")
	if header == nil {
		return s
	}
	if frame := riffChunk(chunks, "ANMF"); len(frame) > 16 && len(header) >= 10 {
		s.animated = true
		s.canvas = image.Rect(0, 0, uint24(header[4:])+1, uint24(header[7:])+1)
		s.canvas = s.canvas.Sub(image.Pt(2*uint24(frame), 2*uint24(frame[3:])))
		chunks = frame[16:]
	}
	if pixels := riffChunk(chunks, "VP8L"); pixels != nil {
		s.file = riffFile("VP8L", pixels)
		s.opaque = s.file
		return s
	}
	pixels, alpha := riffChunk(chunks, "VP8 "), riffChunk(chunks, "ALPH")
	if len(pixels) < 10 {
		return s
	}
	s.opaque = riffFile("VP8 ", pixels)
	s.file = s.opaque
	if alpha != nil {
		// A key frame of VP8 holds its width and height, 14 bits each, at byte 6
		// (RFC 6386 section 9.1); VP8X holds them less one, 24 bits each.
		w := binary.LittleEndian.Uint16(pixels[6:])&0x3fff - 1
		h := binary.LittleEndian.Uint16(pixels[8:])&0x3fff - 1
		const alphaBit = 1 << 4
		size := []byte{alphaBit, 0, 0, 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0}
		s.file = riffFile("VP8X", size, "ALPH", alpha, "VP8 ", pixels)
	}
	return s
}

func uint24(b []byte) int {
	return int(b[0]) | int(b[1])<<8 | int(b[2])<<16
}

// riffFile writes a WebP file of the given chunks: name, data, name, data.
func riffFile(chunks ...any) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	for i := 0; i < len(chunks); i += 2 {
		name, body := chunks[i].(string), chunks[i+1].([]byte)
		out = append(out, name...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
		out = append(out, body...)
		if len(body)%2 == 1 {
			out = append(out, 0)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// decodeWebP decodes a still. The decoder returns the pixels of a lossy file as
// if they were JPEG's, which is wrong: see studio.
func decodeWebP(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	switch m := img.(type) {
	case *image.YCbCr:
		return &studio{YCbCr: m}, err
	case *image.NYCbCrA:
		return &studio{YCbCr: &m.YCbCr, alpha: m}, err
	}
	return img, err
}

// studio is an image of VP8, whose luma spans 16..235 and whose chroma spans
// 16..240 (RFC 6386 section 9.2, after ITU-R BT.601). Read as JPEG's 0..255,
// every colour would be pale.
type studio struct {
	*image.YCbCr
	alpha *image.NYCbCrA // holds the alpha, where there is any
}

func (s *studio) At(x, y int) color.Color { return s.RGBA64At(x, y) }

// RGBA64At returns the premultiplied colour of one pixel.
func (s *studio) RGBA64At(x, y int) color.RGBA64 {
	i, j := s.YOffset(x, y), s.COffset(x, y)
	luma := (float32(s.Y[i]) - 16) / 219
	blue := (float32(s.Cb[j]) - 128) / 224
	red := (float32(s.Cr[j]) - 128) / 224
	a := float32(0xffff)
	if s.alpha != nil {
		a = float32(s.alpha.A[s.alpha.AOffset(x, y)]) * 0x101
	}
	channel := func(v float32) uint16 { return uint16(clamp(v)*a + 0.5) }
	return color.RGBA64{
		R: channel(luma + float32(1.402*red)),
		G: channel(luma - float32(0.344136*blue) - float32(0.714136*red)),
		B: channel(luma + float32(1.772*blue)),
		A: uint16(a),
	}
}
