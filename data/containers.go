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

// cutOff tells whether a file that would not decode lacks its end. Decoders
// name that in many ways, or give the first thing that looks wrong.
func cutOff(k kind, b []byte) bool {
	switch k {
	case kindJPEG: // no end of image behind the last start of scan
		return bytes.LastIndex(b, []byte("\xff\xd9")) <= bytes.LastIndex(b, []byte("\xff\xda"))
	case kindPNG:
		return !bytes.Contains(b, []byte("IEND\xae\x42\x60\x82"))
	case kindGIF:
		return !bytes.HasSuffix(bytes.TrimRight(b, "\x00"), []byte(";"))
	case kindWebP:
		size := after(b, 4, 4)
		return size == nil || uint64(binary.LittleEndian.Uint32(size))+8 > uint64(len(b))
	}
	return false
}
