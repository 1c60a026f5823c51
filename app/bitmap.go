package app

import "encoding/binary"

// bitmapHeader is the length of a BMP file's header, in bytes.
const bitmapHeader = 54

// newBitmap is a BMP file without pixels: bits for each, the first row at the top.
func newBitmap(size, content, width, height, bits int) []byte {
	b := make([]byte, size)
	copy(b, "BM")
	le := binary.LittleEndian
	le.PutUint32(b[2:], uint32(size))
	le.PutUint32(b[10:], uint32(content))
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], uint32(width))
	le.PutUint32(b[22:], uint32(-height))
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], uint16(bits))
	le.PutUint32(b[34:], uint32(size-content))
	return b
}

// bitmapFile writes RGBA pixels as a BMP file, which every browser shows: nothing
// is compressed, so nothing keeps the main thread.
func bitmapFile(rgba []byte, width, height int) []byte {
	b := newBitmap(bitmapHeader+len(rgba), bitmapHeader, width, height, 32)
	for i := 0; i+3 < len(rgba); i += 4 {
		p := b[bitmapHeader+i:]
		p[0], p[1], p[2] = rgba[i+2], rgba[i+1], rgba[i]
	}
	return b
}

// indexed is a BMP file whose pixels are numbers of colours, all of them 0 at first.
type indexed struct {
	bytes  []byte
	stride int
}

// indexedFile begins one.
func indexedFile(colours [256][3]byte, width, height int) indexed {
	const content = bitmapHeader + 4*len(colours)
	stride := (width + 3) / 4 * 4
	f := indexed{newBitmap(content+stride*height, content, width, height, 8), stride}
	for i, c := range colours {
		p := f.bytes[bitmapHeader+4*i:]
		p[0], p[1], p[2] = c[2], c[1], c[0]
	}
	return f
}

// line is a row of pixels.
func (f indexed) line(y int) []byte {
	return f.bytes[bitmapHeader+4*256+y*f.stride:][:f.stride]
}
