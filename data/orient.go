package data

import (
	"bytes"
	"encoding/binary"
)

// orientation returns how the picture file is stored, 1 to 8 as EXIF's tag
// 0x0112 counts; 1, upright, where the file says nothing or nonsense.
func orientation(k kind, b []byte) int {
	switch k {
	case kindJPEG:
		return exifOrientation(jpegExif(b))
	case kindPNG:
		return exifOrientation(pngChunk(b, "eXIf"))
	case kindWebP:
		return exifOrientation(riffChunk(webpBody(b), "EXIF"))
	case kindTIFF:
		return exifOrientation(b)
	}
	return 1
}

// exifOrientation reads one tag of the first directory of a TIFF structure. It
// reads nothing else, so that damage elsewhere (maker notes, loops of
// directories) can neither hide the orientation nor cost time or memory.
func exifOrientation(b []byte) int {
	b = bytes.TrimPrefix(b, []byte("Exif\x00\x00"))
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	dir := after(b, 4, 4)
	if dir == nil {
		return 1
	}
	at := uint64(order.Uint32(dir))
	count := after(b, at, 2)
	if count == nil {
		return 1
	}
	for i := range uint64(order.Uint16(count)) {
		entry := after(b, at+2+12*i, 12) // tag, type, count, value
		if entry == nil {
			return 1
		}
		const tag, short = 0x0112, 3
		if order.Uint16(entry) != tag || order.Uint16(entry[2:]) != short {
			continue
		}
		if o := int(order.Uint16(entry[8:])); o >= 1 && o <= 8 {
			return o
		}
		return 1
	}
	return 1
}

// after returns the n bytes of b at offset at, or nil where b is shorter.
func after(b []byte, at, n uint64) []byte {
	if at+n > uint64(len(b)) {
		return nil
	}
	return b[at : at+n]
}

// upright turns and mirrors a picture stored with orientation o (2..8).
func (p *Picture) upright(o int) *Picture {
	pix, w, h := upright(p.Pix, p.W, p.H, o)
	return &Picture{W: w, H: h, Pix: pix}
}

// upright turns and mirrors pixels, (h, w, 3), stored with orientation o.
func upright[T float32 | uint8](pix []T, w, h, o int) ([]T, int, int) {
	outW, outH := w, h
	if o >= 5 {
		outW, outH = h, w
	}
	out := make([]T, len(pix))
	for y := range outH {
		for x := range outW {
			sx, sy := x, y
			switch o {
			case 2: // mirrored left to right
				sx = w - 1 - x
			case 3: // upside down
				sx, sy = w-1-x, h-1-y
			case 4: // mirrored top to bottom
				sy = h - 1 - y
			case 5: // mirrored along the main diagonal
				sx, sy = y, x
			case 6: // wants a quarter turn clockwise
				sx, sy = y, h-1-x
			case 7: // mirrored along the other diagonal
				sx, sy = w-1-y, h-1-x
			case 8: // wants a quarter turn anticlockwise
				sx, sy = w-1-y, x
			}
			copy(out[(y*outW+x)*3:][:3], pix[(sy*w+sx)*3:])
		}
	}
	return out, outW, outH
}
