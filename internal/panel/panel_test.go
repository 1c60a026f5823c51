package panel

import (
	"image"
	"image/color"
	"slices"
	"testing"
)

func gradient(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	return img
}

// TestTilesKeepTheirPixels: a tile stands exactly where Arrange says, unscaled
// or enlarged by a whole number, for wide, tall and tiny pictures.
func TestTilesKeepTheirPixels(t *testing.T) {
	for _, s := range []image.Point{{224, 224}, {352, 224}, {224, 416}, {32, 32}, {32, 96}} {
		img := gradient(s.X, s.Y)
		tiles := []Tile{{"Original", img}, {"Masked", img}, {"Reconstruction", img}, {"A label that is far too long for such a tile", img}}
		o := Options{Caption: "ConvNeXt V2 Atto · 30 of 49 patches hidden · PSNR 19.8 dB"}
		out, l := Compose(tiles, o), Arrange(4, s.X, s.Y, o)
		if out.Bounds().Max != l.Size {
			t.Errorf("%v: panel is %v, want %v", s, out.Bounds(), l.Size)
		}
		for i, r := range l.Tiles {
			if !r.In(out.Bounds()) {
				t.Errorf("%v: tile %d at %v leaves the panel %v", s, i, r, l.Size)
			}
			for y := 0; y < r.Dy(); y += 7 {
				for x := 0; x < r.Dx(); x += 5 {
					if got, want := out.NRGBAAt(r.Min.X+x, r.Min.Y+y), img.NRGBAAt(x/l.Scale, y/l.Scale); got != want {
						t.Fatalf("%v: tile %d at %d,%d: %v, want %v", s, i, x, y, got, want)
					}
				}
			}
			for j := range i {
				if r.Overlaps(l.Tiles[j]) {
					t.Errorf("%v: tiles %d and %d overlap", s, i, j)
				}
			}
		}
	}
}

func TestDarkAndLightDiffer(t *testing.T) {
	tiles := []Tile{{"Original", gradient(64, 64)}}
	light, dark := Compose(tiles, Options{}), Compose(tiles, Options{Dark: true})
	if light.NRGBAAt(0, 0).R < 200 || dark.NRGBAAt(0, 0).R > 60 {
		t.Errorf("grounds %v and %v", light.NRGBAAt(0, 0), dark.NRGBAAt(0, 0))
	}
}

// TestTextStaysWithItsTile: a label stands above its own tile, shortened where
// it is too long, and the caption below all tiles.
func TestTextStaysWithItsTile(t *testing.T) {
	o := Options{Caption: "A caption that is far too long for a panel of a single narrow tile"}
	for _, labels := range [][]string{{"Original", "An endless label that no tile can hold whole"}, {"One"}} {
		var tiles []Tile
		for _, s := range labels {
			tiles = append(tiles, Tile{s, gradient(200, 120)})
		}
		out, l := Compose(tiles, o), Arrange(len(tiles), 200, 120, o)
		ground := out.NRGBAAt(0, 0)
		inked := make([]bool, len(tiles)+1) // the last is the caption
		for y := range l.Size.Y {
			for x := range l.Size.X {
				p := image.Pt(x, y)
				if out.NRGBAAt(x, y) == ground || slices.ContainsFunc(l.Tiles, func(r image.Rectangle) bool { return p.In(r) }) {
					continue
				}
				i := slices.IndexFunc(l.Tiles, func(r image.Rectangle) bool { return x >= r.Min.X-1 && x <= r.Max.X && y < r.Min.Y })
				if y >= l.Tiles[0].Max.Y && x >= l.Margin-1 && x <= l.Size.X-l.Margin {
					i = len(tiles)
				}
				if i < 0 {
					t.Fatalf("%q: text at %v, between the tiles %v", labels, p, l.Tiles)
				}
				inked[i] = true
			}
		}
		if slices.Contains(inked, false) {
			t.Errorf("%q: labels and caption are there: %v", labels, inked)
		}
	}
}

func TestMaskedImageShowsVisiblePatchesUntouched(t *testing.T) {
	img := gradient(64, 32)
	m := MaskedImage(img, []bool{false, true}, 1, 2)
	if m.NRGBAAt(10, 10) != img.NRGBAAt(10, 10) {
		t.Error("a visible pixel changed")
	}
	if a, b := m.NRGBAAt(40, 10), m.NRGBAAt(50, 20); a != b || a == img.NRGBAAt(40, 10) {
		t.Errorf("hidden pixels %v and %v show the picture", a, b)
	}
}
