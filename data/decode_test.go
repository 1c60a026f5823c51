package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// The colours of the pictures that testdata/make.py writes.
var (
	upper = color.NRGBA{200, 40, 20, 255}
	lower = color.NRGBA{20, 60, 220, 255}
	white = color.NRGBA{255, 255, 255, 255}
)

// fields is a w x h image, its upper half red, its lower half blue.
func fields(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, upper)
			if y >= h/2 {
				img.SetNRGBA(x, y, lower)
			}
		}
	}
	return img
}

// encoded returns the file that encode writes.
func encoded(t testing.TB, encode func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	return encoded(t, func(w io.Writer) error { return png.Encode(w, img) })
}

func jpegFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	return encoded(t, func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) })
}

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustDecode(t *testing.T, name string, b []byte) (*Picture, Notes) {
	t.Helper()
	p, notes, err := Decode(name, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Pix) != p.W*p.H*3 {
		t.Fatalf("%s: %d values for %d x %d pixels", name, len(p.Pix), p.W, p.H)
	}
	return p, notes
}

// wantColour compares one pixel, within slack of 255.
func wantColour(t *testing.T, what string, p *Picture, x, y int, want color.NRGBA, slack float32) {
	t.Helper()
	got := p.Pix[(y*p.W+x)*3:][:3]
	for c, v := range []uint8{want.R, want.G, want.B} {
		if d := got[c]*255 - float32(v); !(d <= slack && d >= -slack) {
			t.Errorf("%s: pixel (%d, %d) is %v of 255, want %v within %v", what, x, y,
				[]float32{got[0] * 255, got[1] * 255, got[2] * 255}, want, slack)
			return
		}
	}
}

func TestDecodeFormats(t *testing.T) {
	img := fields(32, 16)
	palette := image.NewPaletted(img.Rect, color.Palette{lower, upper})
	for y := range 8 {
		for x := range 32 {
			palette.SetColorIndex(x, y, 1)
		}
	}
	for name, file := range map[string]struct {
		b     []byte
		slack float32
	}{
		"a.png":           {pngFile(t, img), 0.01},
		"palette.png":     {pngFile(t, palette), 0.01},
		"a.jpg":           {jpegFile(t, img), 6},
		"progressive.jpg": {testFile(t, "progressive.jpg"), 6},
		"cmyk.jpg":        {testFile(t, "cmyk.jpg"), 6},
		"lossy.webp":      {testFile(t, "lossy.webp"), 12},
		"a.gif":           {encoded(t, func(w io.Writer) error { return gif.Encode(w, palette, nil) }), 0.01},
		"a.bmp":           {encoded(t, func(w io.Writer) error { return bmp.Encode(w, img) }), 0.01},
		"a.tiff":          {encoded(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }), 0.01},
		"deflate.tif": {encoded(t, func(w io.Writer) error {
			return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), 0.01},
		"png_by_content.jpg": {pngFile(t, img), 0.01},
	} {
		p, notes := mustDecode(t, name, file.b)
		if p.W != 32 || p.H != 16 || len(notes) != 0 {
			t.Errorf("%s: %d x %d pixels, notes %q, want 32 x 16 and none", name, p.W, p.H, notes)
			continue
		}
		wantColour(t, name, p, 3, 2, upper, file.slack)
		wantColour(t, name, p, 28, 13, lower, file.slack)
	}
}

func TestDecodeGrey(t *testing.T) {
	grey, deep := image.NewGray(image.Rect(0, 0, 16, 16)), image.NewGray16(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		grey.SetGray(i%16, i/16, color.Gray{Y: 77})
		deep.SetGray16(i%16, i/16, color.Gray16{Y: uint16(i*257 + 100)})
	}
	p, _ := mustDecode(t, "grey.jpg", jpegFile(t, grey))
	wantColour(t, "grey.jpg", p, 9, 9, color.NRGBA{77, 77, 77, 255}, 1)
	// All 16 bits count, not the upper 8 only.
	p, _ = mustDecode(t, "deep.png", pngFile(t, deep))
	for i := range 255 {
		for c := range 3 {
			if got, want := p.Pix[3*i+c], float32(i*257+100)/65535; got != want {
				t.Fatalf("deep.png: value %d is %v, want %v", 3*i+c, got, want)
			}
		}
	}
}

func TestDecodeShowsTransparencyOnWhite(t *testing.T) {
	img := fields(32, 16)
	palette := image.NewPaletted(img.Rect, color.Palette{lower, upper, color.NRGBA{}})
	for y := range 16 {
		for x := range 32 {
			if y < 8 {
				palette.SetColorIndex(x, y, 1)
			}
			if x >= 16 {
				palette.SetColorIndex(x, y, 2)
				img.SetNRGBA(x, y, color.NRGBA{200, 40, 20, 0})
			}
		}
	}
	for name, b := range map[string][]byte{
		"alpha.png":           pngFile(t, img),
		"palette.png":         pngFile(t, palette),
		"alpha.gif":           encoded(t, func(w io.Writer) error { return gif.Encode(w, palette, nil) }),
		"lossless_alpha.webp": testFile(t, "lossless_alpha.webp"),
		"lossy_alpha.webp":    testFile(t, "lossy_alpha.webp"),
	} {
		p, notes := mustDecode(t, name, b)
		if want := (Notes{"transparent parts are shown on white"}); !slices.Equal(notes, want) {
			t.Errorf("%s: notes are %q, want %q", name, notes, want)
		}
		wantColour(t, name, p, 3, 2, upper, 12)
		wantColour(t, name, p, 3, 13, lower, 12)
		wantColour(t, name, p, 28, 2, white, 0.01)
	}
}

func TestDecodeTakesTheFirstFrame(t *testing.T) {
	// The first frame covers the lower right part of the screen only.
	palette := color.Palette{lower, upper}
	anim := &gif.GIF{
		Image:  []*image.Paletted{image.NewPaletted(image.Rect(8, 4, 32, 16), palette), image.NewPaletted(image.Rect(0, 0, 32, 16), palette)},
		Delay:  []int{10, 10},
		Config: image.Config{Width: 32, Height: 16, ColorModel: palette},
	}
	p, notes := mustDecode(t, "a.gif", encoded(t, func(w io.Writer) error { return gif.EncodeAll(w, anim) }))
	if want := (Notes{"the first frame of an animation"}); p.W != 32 || p.H != 16 || !slices.Equal(notes, want) {
		t.Errorf("a.gif: %d x %d pixels, notes %q, want 32 x 16, %q", p.W, p.H, notes, want)
	}
	wantColour(t, "a.gif", p, 8, 4, lower, 0.01)
	wantColour(t, "a.gif", p, 7, 8, white, 0.01)
	wantColour(t, "a.gif", p, 20, 3, white, 0.01)

	for _, name := range []string{"animated.webp", "animated_alpha.webp", "animated.png"} {
		p, notes := mustDecode(t, name, testFile(t, name))
		if len(notes) == 0 || notes[0] != "the first frame of an animation" || p.W != 32 || p.H != 16 {
			t.Errorf("%s: %d x %d pixels, notes %q", name, p.W, p.H, notes)
		}
		wantColour(t, name, p, 3, 2, upper, 12)
		wantColour(t, name, p, 3, 13, lower, 12)
	}
}

func TestDecodeScalesDown(t *testing.T) {
	p, notes := mustDecode(t, "wide.png", pngFile(t, image.NewGray(image.Rect(0, 0, 5000, 301))))
	want := Notes{"scaled down from 5000 x 301 to 4096 x 247 pixels"}
	if p.W != 4096 || p.H != 247 || !slices.Equal(notes, want) {
		t.Errorf("%d x %d pixels, notes %q, want %q", p.W, p.H, notes, want)
	}
	b := withExif(t, jpegFile(t, image.NewGray(image.Rect(0, 0, 5000, 301))), exifBlock(binary.BigEndian, 6))
	p, notes = mustDecode(t, "tall.jpg", b)
	want = Notes{"scaled down from 301 x 5000 to 247 x 4096 pixels"}
	if p.W != 247 || p.H != 4096 || !slices.Equal(notes, want) {
		t.Errorf("%d x %d pixels, notes %q, want %q", p.W, p.H, notes, want)
	}
}

// header returns a PNG file that announces a size and holds nothing.
func header(w, h uint32, depth, colour byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	b = append(b, depth, colour, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

func TestDecodeErrors(t *testing.T) {
	whole := pngFile(t, fields(32, 16))
	broken := slices.Clone(whole)
	broken[30]++ // the header's checksum
	const want = "want a picture: JPEG, PNG, GIF, WebP, BMP or TIFF"
	for _, tc := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty.jpg", nil, "found an empty file: " + want},
		{"note.jpg", []byte("hello, world\n"), `found text ("hello, world"): ` + want},
		{"long.jpg", []byte(strings.Repeat("größer und ", 40)), `found text ("größer und größer un"...): ` + want},
		{"page.png", []byte("<!DOCTYPE html><html>404"), "found a web page: " + want},
		{"logo.png", []byte(`<?xml version="1.0"?><svg/>`), "found an SVG drawing: " + want},
		{"phone.jpg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "found a HEIC photo: " + want},
		{"new.jpg", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), "found an AVIF picture: " + want},
		{"doc.jpg", []byte("%PDF-1.7"), "found a PDF document: " + want},
		{"x.jpg", []byte{0, 1, 2, 3, 4}, "found unknown data that begins with the bytes 00 01 02 03: " + want},
		{"half.png", whole[:len(whole)/2], "found a PNG file that is cut off before its end: fetch or copy it again; want a whole JPEG, PNG, GIF, WebP, BMP or TIFF"},
		{"broken.png", broken, "found a PNG file that is damaged or of a rare kind (png: invalid format: invalid checksum): open it in a picture editor and save it anew; want JPEG, PNG, GIF, WebP, BMP or TIFF"},
		{"bomb.png", header(20000, 5001, 8, 2), "found a PNG picture of 20000 x 5001 pixels: want at most 100 megapixels; scale it down first"},
		{"deep.png", header(10000, 5001, 16, 6), "found a PNG picture of 10000 x 5001 pixels: want at most 50 megapixels at 16 bits a channel; scale it down first"},
		{"absurd.png", header(2_000_000, 2_000_000, 8, 2), "found a PNG picture of 2000000 x 2000000 pixels: want at most 100 megapixels; scale it down first"},
		{"strip.png", header(3300, 100, 8, 2), "found a PNG picture of 3300 x 100 pixels: want sides that differ at most 32 times; crop it first"},
	} {
		p, _, err := Decode(tc.name, tc.b)
		if p != nil || err == nil {
			t.Errorf("%s: decoded", tc.name)
			continue
		}
		if full := "data: " + tc.name + ": " + tc.want; err.Error() != full {
			t.Errorf("error is\n%v\nwant\n%s", err, full)
		}
		var bad *BadPicture
		if !errors.As(err, &bad) || bad.Name != tc.name || bad.Found == "" || bad.Remedy == "" {
			t.Errorf("%s: error is %#v, want a whole *BadPicture", tc.name, err)
		}
	}
}

// Every file, cut at many places, is an error that says so; never a panic,
// never half a picture passed for a whole one.
func TestDecodeTruncated(t *testing.T) {
	for name, b := range samples(t) {
		whole, _ := mustDecode(t, name, b)
		for _, share := range []float64{0.02, 0.1, 0.3, 0.5, 0.7, 0.9} {
			n := int(float64(len(b)) * share)
			p, _, err := Decode(name, b[:n])
			if err == nil && slices.Equal(p.Pix, whole.Pix) {
				continue // what is missing is no part of the picture
			}
			var bad *BadPicture
			if !errors.As(err, &bad) {
				t.Errorf("%s cut to %d of %d bytes: error is %v, want a *BadPicture", name, n, len(b), err)
				continue
			}
			if !strings.HasPrefix(err.Error(), "data: "+name+": found ") || !strings.Contains(err.Error(), accepted) {
				t.Errorf("%s cut to %d of %d bytes: %v", name, n, len(b), err)
			}
			if n > 64 && !strings.Contains(err.Error(), "cut off") {
				t.Errorf("%s cut to %d of %d bytes: %v", name, n, len(b), err)
			}
		}
	}
}

// samples are small files of every format.
func samples(t testing.TB) map[string][]byte {
	img := fields(32, 16)
	files := map[string][]byte{
		"a.png":  pngFile(t, img),
		"a.jpg":  withExif(t, jpegFile(t, img), exifBlock(binary.LittleEndian, 6)),
		"a.gif":  encoded(t, func(w io.Writer) error { return gif.Encode(w, img, nil) }),
		"a.bmp":  encoded(t, func(w io.Writer) error { return bmp.Encode(w, img) }),
		"a.tiff": encoded(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }),
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if looksLikePicture(e.Name()) {
			files[e.Name()] = testFile(t, e.Name())
		}
	}
	return files
}

func FuzzDecode(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Add([]byte(nil))
	f.Add([]byte("hello"))
	f.Add(header(1<<31-1, 3, 16, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		if announced(b) > 1<<20 {
			t.Skip() // no fault, but each would cost a second
		}
		p, _, err := Decode("fuzz", b)
		m, errBitmap := DecodeBitmap("fuzz", b)
		if err != nil {
			var bad *BadPicture
			if p != nil || !errors.As(err, &bad) {
				t.Fatalf("picture %v, error %#v", p, err)
			}
			if m != nil || errBitmap == nil || errBitmap.Error() != err.Error() {
				t.Fatalf("DecodeBitmap: bitmap %v, error %v, want %v", m, errBitmap, err)
			}
			return
		}
		if errBitmap != nil || m.W != p.W || !slices.Equal(m.Pix, p.Bitmap().Pix) {
			t.Fatalf("DecodeBitmap differs from Decode, error %v", errBitmap)
		}
		if p.W < 1 || p.H < 1 || p.W > MaxSide || p.H > MaxSide || len(p.Pix) != p.W*p.H*3 {
			t.Fatalf("%d x %d pixels with %d values", p.W, p.H, len(p.Pix))
		}
		for i, v := range p.Pix {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("value %d is %v", i, v)
			}
		}
	})
}

// announced returns how many pixels a picture's header promises, 0 for those
// that Decode must refuse by that alone.
func announced(b []byte) (pixels int) {
	defer func() { _ = recover() }() // Decode meets the same panic and must survive it
	k, _ := sniff(b)
	if k == "" {
		return 0
	}
	header := b
	if k == kindWebP {
		s := newWebPStill(b)
		header, pixels = s.opaque, s.canvas.Dx()*s.canvas.Dy()
	}
	cfg, err := codecs[k].config(bytes.NewReader(header))
	if err != nil || checkSize("", k, cfg) != nil {
		return 0
	}
	return max(pixels, cfg.Width*cfg.Height)
}
