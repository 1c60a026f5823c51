package data

import (
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"
)

// DecodeBitmap is Decode rounded to 8 bits, for every format and kind of file.
func TestDecodeBitmapIsDecode(t *testing.T) {
	files := samples(t)
	files["wide.png"] = pngFile(t, image.NewGray(image.Rect(0, 0, 5000, 301)))
	files["tall.jpg"] = withExif(t, jpegFile(t, fields(60, 31)), exifBlock(binary.BigEndian, 6))
	files["text.jpg"] = []byte("hello")
	files["cut.png"] = files["a.png"][:40]
	for name, b := range files {
		p, _, err := Decode(name, b)
		m, errBitmap := DecodeBitmap(name, b)
		if err != nil {
			if errBitmap == nil || errBitmap.Error() != err.Error() {
				t.Errorf("%s: error %v, want %v", name, errBitmap, err)
			}
			continue
		}
		if errBitmap != nil {
			t.Errorf("%s: %v", name, errBitmap)
			continue
		}
		if m.W != p.W || m.H != p.H || !slices.Equal(m.Pix, p.Bitmap().Pix) {
			t.Errorf("%s: the bitmap differs from the picture", name)
		}
	}
}

func TestBitmapOfEveryChromaSubsampling(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for ratio := range chromaShift {
		img := image.NewYCbCr(image.Rect(0, 0, 23, 13), ratio)
		for _, plane := range [][]uint8{img.Y, img.Cb, img.Cr} {
			for i := range plane {
				plane[i] = uint8(r.Uint32())
			}
		}
		for _, box := range []image.Rectangle{img.Rect, image.Rect(3, 5, 20, 12), image.Rect(2, 2, 22, 4)} {
			part := img.SubImage(box)
			m := newRowReader(part, part.Bounds()).bitmap()
			for i := range m.W * m.H {
				want := color.RGBAModel.Convert(img.YCbCrAt(box.Min.X+i%m.W, box.Min.Y+i/m.W)).(color.RGBA)
				if got := [3]uint8(m.Pix[3*i:]); got != [3]uint8{want.R, want.G, want.B} {
					t.Fatalf("%v of %v: pixel %d is %v, want %v", box, ratio, i, got, want)
				}
			}
		}
	}
}

func TestBitmapIsItsPicture(t *testing.T) {
	m := pattern(41, 29).Bitmap()
	p := m.Picture()
	if !slices.Equal(p.Pix, pattern(41, 29).Pix) {
		t.Error("the picture is not the one that the bitmap was made of")
	}
	n := make([]float32, len(m.Pix))
	m.Normalized(n)
	if !slices.Equal(n, p.Normalized(nil)) {
		t.Error("Normalized differs from the picture's")
	}
	if !slices.Equal(m.Square(20).Pix, p.Square(20).Pix) || !slices.Equal(m.Square(64).Pix, p.Square(64).Pix) {
		t.Error("Square differs from the picture's")
	}
	if !slices.Equal(FromImage(m.Image()).Bitmap().Pix, m.Pix) {
		t.Error("the image is not the bitmap")
	}
}
