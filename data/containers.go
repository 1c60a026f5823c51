package data

import (
	"bytes"
	"encoding/binary"
)

// jpegExif returns the EXIF block of a JPEG file, or nil. Files often carry
// other APP1 segments before it (XMP), so all are looked at.
func jpegExif(b []byte) []byte {
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		marker, n := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		const app1, startOfScan = 0xe1, 0xda
		if marker == startOfScan || n < 2 || i+2+n > len(b) {
			return nil
		}
		body := b[i+4 : i+2+n]
		if marker == app1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
		i += 2 + n
	}
	return nil
}

// pngChunk returns the data of the first chunk called name that stands before
// the pixels, or nil. An empty chunk gives an empty slice.
func pngChunk(b []byte, name string) []byte {
	for i := uint64(8); ; {
		head := after(b, i, 8)
		if head == nil || string(head[4:]) == "IDAT" {
			return nil
		}
		n := uint64(binary.BigEndian.Uint32(head))
		body := after(b, i+8, n)
		if body == nil || string(head[4:]) == name {
			return body
		}
		i += 8 + n + 4 // and the checksum
	}
}

// riffChunk returns the data of the first chunk called name in a run of RIFF
// chunks, or nil.
func riffChunk(b []byte, name string) []byte {
	for i := uint64(0); ; {
		head := after(b, i, 8)
		if head == nil {
			return nil
		}
		n := uint64(binary.LittleEndian.Uint32(head[4:]))
		body := after(b, i+8, n)
		if body == nil || string(head[:4]) == name {
			return body
		}
		i += 8 + n + n%2 // chunks are padded to even lengths
	}
}

// webpBody returns the chunks of a WebP file.
func webpBody(b []byte) []byte {
	return b[min(12, len(b)):]
}

// webpStill returns a WebP file that holds the first frame of b and nothing
// else, and that frame without its alpha. The decoder knows no animations, and
// it would believe the size in the file's header while the frame inside may
// claim any other: the opaque file tells the size that will be decoded.
// Where b is not the layout that needs this, both are b itself.
func webpStill(b []byte) (still, opaque []byte, animated bool) {
	chunks := webpBody(b)
	header := riffChunk(chunks, "VP8X")
	if header == nil {
		return b, b, false
	}
	if frame := riffChunk(chunks, "ANMF"); len(frame) > 16 {
		chunks, animated = frame[16:], true
	}
	if pixels := riffChunk(chunks, "VP8L"); pixels != nil {
		still = riffFile("VP8L", pixels)
		return still, still, animated
	}
	pixels, alpha := riffChunk(chunks, "VP8 "), riffChunk(chunks, "ALPH")
	if len(pixels) < 10 {
		return b, b, animated
	}
	opaque = riffFile("VP8 ", pixels)
	if alpha == nil {
		return opaque, opaque, animated
	}
	// A key frame of VP8 holds its width and height, 14 bits each, at byte 6
	// (RFC 6386 section 9.1); VP8X holds them less one, 24 bits each.
	w := binary.LittleEndian.Uint16(pixels[6:])&0x3fff - 1
	h := binary.LittleEndian.Uint16(pixels[8:])&0x3fff - 1
	const alphaBit = 1 << 4
	size := []byte{alphaBit, 0, 0, 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0}
	return riffFile("VP8X", size, "ALPH", alpha, "VP8 ", pixels), opaque, animated
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

// gifFrames counts the frames of a GIF file, at most two: one or more is all
// that is asked.
func gifFrames(b []byte) int {
	if len(b) < 13 {
		return 0
	}
	i := 13 + colourTable(b[10])
	for frames := 0; ; {
		if i >= len(b) {
			return frames
		}
		switch b[i] {
		case 0x2c: // image: position, size, flags, colour table, code size
			if frames++; frames == 2 || i+9 >= len(b) {
				return frames
			}
			i += 10 + colourTable(b[i+9]) + 1
		case 0x21: // extension: its label
			i += 2
		default: // the trailer, or damage
			return frames
		}
		for i < len(b) && b[i] != 0 { // data blocks, each after its length
			i += int(b[i]) + 1
		}
		i++
	}
}

// colourTable returns the bytes of the colour table that a GIF's flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}
