package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"sync"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// The sizes that Decode takes.
const (
	MaxPixels = 100_000_000 // larger pictures are declined; half of it at 16 bits a channel
	MaxSide   = 4096        // pictures with a longer side are scaled down
	maxAspect = 32          // a scaled strip of a wilder shape would fill the memory

	largePicture = 24_000_000 // pixels; training decodes one such picture at a time
)

// Notes say in plain words what Decode did to a picture that its owner might
// not expect, such as "scaled down from 12000 x 9000 to 4096 x 3072 pixels".
type Notes []string

// BadPicture is the error of a file that cannot be shown. Found and Remedy are
// words for people; a page may show them apart.
type BadPicture struct {
	Name   string // the file
	Found  string // what is wrong with it
	Remedy string // what to do about it
	Err    error  // what the decoder said, or nil
}

func (e *BadPicture) Error() string {
	return fmt.Sprintf("data: %s: found %s: %s", e.Name, e.Found, e.Remedy)
}

func (e *BadPicture) Unwrap() error { return e.Err }

// Decode reads a picture file: JPEG (grey, colour or CMYK), PNG (any depth,
// palette, alpha), GIF and animated WebP (the first frame), WebP, BMP or TIFF.
// The content decides, not the name, which serves for messages only. The
// picture is turned upright as its EXIF data say, transparent parts are shown
// on white, and pixels are taken as sRGB: embedded colour profiles are ignored.
// Size is judged by the header before any pixel is decoded.
//
// Every error is a *BadPicture. No content makes Decode panic.
func Decode(name string, b []byte) (p *Picture, notes Notes, err error) {
	f := &pictureFile{name: name, content: b}
	defer f.recovered(&err, func() { p, notes = nil, nil })
	if err := f.inspect(); err != nil {
		return nil, nil, err
	}
	img, err := f.decode()
	if err != nil {
		return nil, nil, err
	}
	if f.animated {
		notes = append(notes, "the first frame of an animation")
	}
	p, transparent := scaledDown(img, f.canvas)
	if transparent {
		notes = append(notes, "transparent parts are shown on white")
	}
	turn := orientation(f.kind, b)
	if turn != 1 {
		p = p.upright(turn)
	}
	if w, h := f.canvas.Dx(), f.canvas.Dy(); w > MaxSide || h > MaxSide {
		if turn >= 5 {
			w, h = h, w
		}
		notes = append(notes, fmt.Sprintf("scaled down from %d x %d to %d x %d pixels", w, h, p.W, p.H))
	}
	return p, notes, nil
}

// DecodeBitmap is Decode for training: 8 bits a channel, a quarter of the
// memory, no notes. JPEG files lose nothing by it.
func DecodeBitmap(name string, b []byte) (*Bitmap, error) {
	return (&pictureFile{name: name, content: b}).bitmap(nil)
}

// bitmap decodes the file. It holds the lock, where there is one, while it
// decodes a large picture.
func (f *pictureFile) bitmap(large sync.Locker) (m *Bitmap, err error) {
	defer f.recovered(&err, func() { m = nil })
	if err := f.inspect(); err != nil {
		return nil, err
	}
	if large != nil && f.pixels > largePicture {
		large.Lock()
		defer large.Unlock()
	}
	img, err := f.decode()
	if err != nil {
		return nil, err
	}
	if max(f.canvas.Dx(), f.canvas.Dy()) > MaxSide {
		p, _ := scaledDown(img, f.canvas)
		m = p.Bitmap()
	} else {
		m = newRowReader(img, f.canvas).bitmap()
	}
	if turn := orientation(f.kind, f.content); turn != 1 {
		m = m.upright(turn)
	}
	return m, nil
}

// pictureFile is a picture file on its way to pixels.
type pictureFile struct {
	name    string
	content []byte

	// What inspect finds.
	kind     kind
	frame    []byte          // what the decoder gets: a file of the first frame
	canvas   image.Rectangle // the whole picture, where the first frame may be a part of it
	animated bool
	header   image.Config
	pixels   int // of what will be decoded, as the header says
}

// recovered turns a panic of a decoder into an error; dropped is called then.
func (f *pictureFile) recovered(err *error, dropped func()) {
	if r := recover(); r != nil {
		dropped()
		*err = damaged(f.name, f.kind, f.content, fmt.Errorf("the decoder failed: %v", r))
	}
}

// inspect finds the format and judges the size by the header.
func (f *pictureFile) inspect() error {
	b := f.content
	k, found := sniff(b)
	if k == "" {
		return &BadPicture{Name: f.name, Found: found, Remedy: "want a picture: " + accepted}
	}
	f.kind, f.frame = k, b
	header := b
	switch k {
	case kindWebP:
		if cutOff(k, b) { // the pixels may be whole, but the orientation stands behind them
			return damaged(f.name, k, b, io.ErrUnexpectedEOF)
		}
		s := newWebPStill(b)
		f.frame, header, f.animated, f.canvas = s.file, s.opaque, s.animated, s.canvas
	case kindGIF:
		f.animated = gifFrames(b) > 1
	case kindPNG:
		f.animated = pngChunk(b, "acTL") != nil
	}
	cfg, err := codecs[k].config(bytes.NewReader(header))
	if err != nil {
		return damaged(f.name, k, b, err)
	}
	if err := checkSize(f.name, k, cfg); err != nil {
		return err
	}
	if k == kindGIF {
		f.canvas = image.Rect(0, 0, cfg.Width, cfg.Height)
	}
	f.header, f.pixels = cfg, cfg.Width*cfg.Height
	return nil
}

// decode returns the first frame of an inspected file; f.canvas is where it
// lies in the picture.
func (f *pictureFile) decode() (image.Image, error) {
	img, err := codecs[f.kind].decode(bytes.NewReader(f.frame))
	if err != nil {
		return nil, damaged(f.name, f.kind, f.content, err)
	}
	if f.canvas.Empty() {
		f.canvas = img.Bounds()
	}
	// A canvas is announced apart from the frame that was judged by the header.
	cfg := f.header
	cfg.Width, cfg.Height = f.canvas.Dx(), f.canvas.Dy()
	return img, checkSize(f.name, f.kind, cfg)
}

// codecs are the decoders. They are called by name and not through package
// image's registry, where any import could add to them.
var codecs = map[kind]struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	kindJPEG: {jpeg.DecodeConfig, jpeg.Decode},
	kindPNG:  {png.DecodeConfig, png.Decode},
	kindGIF:  {gif.DecodeConfig, gif.Decode},
	kindWebP: {webp.DecodeConfig, decodeWebP},
	kindBMP:  {bmp.DecodeConfig, bmp.Decode},
	kindTIFF: {tiff.DecodeConfig, tiff.Decode},
}

// checkSize judges the size that the header announces.
func checkSize(name string, k kind, cfg image.Config) error {
	w, h := cfg.Width, cfg.Height
	bad := &BadPicture{Name: name, Found: fmt.Sprintf("a %s picture of %d x %d pixels", k, w, h)}
	limit, depth := MaxPixels, ""
	if m := cfg.ColorModel; m == color.NRGBA64Model || m == color.RGBA64Model {
		limit, depth = MaxPixels/2, " at 16 bits a channel"
	}
	switch {
	case w < 1 || h < 1:
		bad.Remedy = "it has no pixels; choose another file"
	case w > limit/h: // w * h may not fit an int
		bad.Remedy = fmt.Sprintf("want at most %d megapixels%s; scale it down first", limit/1_000_000, depth)
	case max(w, h) > maxAspect*min(w, h):
		bad.Remedy = fmt.Sprintf("want sides that differ at most %d times; crop it first", maxAspect)
	default:
		return nil
	}
	return bad
}

// damaged is the error of a file that begins like a picture of kind k and does
// not go on like one.
func damaged(name string, k kind, b []byte, cause error) error {
	bad := &BadPicture{Name: name, Err: cause}
	if errors.Is(cause, io.ErrUnexpectedEOF) || errors.Is(cause, io.EOF) || cutOff(k, b) {
		bad.Found = fmt.Sprintf("a %s file that is cut off before its end", k)
		bad.Remedy = "fetch or copy it again; want a whole " + accepted
		return bad
	}
	bad.Found = fmt.Sprintf("a %s file that is damaged or of a rare kind (%v)", k, cause)
	bad.Remedy = "open it in a picture editor and save it anew; want " + accepted
	return bad
}

// scaledDown turns the decoded image into a picture whose sides are at most
// MaxSide, and tells whether any part of it was transparent.
func scaledDown(img image.Image, box image.Rectangle) (*Picture, bool) {
	r := newRowReader(img, box)
	w, h := box.Dx(), box.Dy()
	if long := max(w, h); long > MaxSide {
		side := func(n int) int { return max(int(math.Round(float64(n)*MaxSide/float64(long))), 1) }
		p := resample(w, h, r.read, side(w), side(h))
		return p, r.transparent
	}
	p := r.picture()
	return p, r.transparent
}
