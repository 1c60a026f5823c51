package data

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"testing"
)

// exifBlock returns an EXIF block with an orientation among other tags.
func exifBlock(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("Exif\x00\x00II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("Exif\x00\x00MM\x00*")
	}
	b = order.AppendUint32(b, 8) // where the directory is
	b = order.AppendUint16(b, 2) // tags
	for _, tag := range [][2]uint16{{0x0100, 999}, {0x0112, orientation}} {
		b = order.AppendUint16(b, tag[0])
		b = order.AppendUint16(b, 3) // short
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, tag[1])
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 8) // the next directory: this one again, a loop
}

// withExif puts an XMP segment and then the EXIF block behind a JPEG's start.
func withExif(t testing.TB, jpeg, exif []byte) []byte {
	t.Helper()
	out := append([]byte(nil), jpeg[:2]...)
	for _, body := range [][]byte{[]byte("http://ns.adobe.com/xap/1.0/\x00<x/>"), exif} {
		out = append(out, 0xff, 0xe1)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	return append(out, jpeg[2:]...)
}

// An upright scene of four fields is stored in each of the eight ways.
func TestOrientations(t *testing.T) {
	const w, h = 48, 32
	corners := [2][2]color.NRGBA{
		{{220, 30, 30, 255}, {30, 180, 30, 255}},
		{{30, 30, 220, 255}, {230, 220, 40, 255}},
	}
	scene := func(x, y int) color.NRGBA { return corners[y/(h/2)][x/(w/2)] }
	for o := 1; o <= 8; o++ {
		sw, sh := w, h
		if o >= 5 {
			sw, sh = h, w
		}
		stored := image.NewNRGBA(image.Rect(0, 0, sw, sh))
		for y := range sh {
			for x := range sw {
				// EXIF 2.3, tag 0x0112: what the stored row 0 and column 0 are.
				var c color.NRGBA
				switch o {
				case 1: // top, left
					c = scene(x, y)
				case 2: // top, right
					c = scene(w-1-x, y)
				case 3: // bottom, right
					c = scene(w-1-x, h-1-y)
				case 4: // bottom, left
					c = scene(x, h-1-y)
				case 5: // left, top
					c = scene(y, x)
				case 6: // right, top
					c = scene(w-1-y, x)
				case 7: // right, bottom
					c = scene(w-1-y, h-1-x)
				case 8: // left, bottom
					c = scene(y, h-1-x)
				}
				stored.SetNRGBA(x, y, c)
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			name := fmt.Sprintf("orientation %d, %v", o, order)
			p, _ := mustDecode(t, name, withExif(t, jpegFile(t, stored), exifBlock(order, uint16(o))))
			if p.W != w || p.H != h {
				t.Errorf("%s: %d x %d pixels, want %d x %d", name, p.W, p.H, w, h)
				continue
			}
			for _, at := range [][2]int{{4, 4}, {43, 4}, {4, 27}, {43, 27}} {
				wantColour(t, name, p, at[0], at[1], scene(at[0], at[1]), 8)
			}
		}
	}
}

// Stored upper half red, turned a quarter clockwise: the right half is red.
func TestOrientationOfOtherFormats(t *testing.T) {
	for name, b := range map[string][]byte{
		"turned.png":  testFile(t, "turned.png"),
		"turned.webp": testFile(t, "turned.webp"),
		"turned.tif":  testFile(t, "turned.tif"),
	} {
		p, _ := mustDecode(t, name, b)
		if p.W != 16 || p.H != 32 {
			t.Errorf("%s: %d x %d pixels, want 16 x 32", name, p.W, p.H)
			continue
		}
		wantColour(t, name, p, 13, 3, upper, 12)
		wantColour(t, name, p, 2, 28, lower, 12)
	}
}

func TestNonsenseOrientationIsUpright(t *testing.T) {
	good := exifBlock(binary.BigEndian, 6)
	if got := exifOrientation(good); got != 6 {
		t.Fatalf("orientation is %d, want 6", got)
	}
	for n := range len(good) - 4 { // the last four bytes are not needed
		if got := exifOrientation(good[:n]); got != 1 {
			t.Errorf("cut to %d bytes: orientation is %d, want 1", n, got)
		}
	}
	for _, o := range []uint16{0, 9, 65535} {
		if got := exifOrientation(exifBlock(binary.LittleEndian, o)); got != 1 {
			t.Errorf("orientation %d is taken for %d, want 1", o, got)
		}
	}
	far := append([]byte(nil), good...)
	binary.BigEndian.PutUint32(far[10:], 0xffffffff)
	if got := exifOrientation(far); got != 1 {
		t.Errorf("a directory far beyond the end: orientation is %d, want 1", got)
	}
}
