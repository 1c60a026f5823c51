// Package panel composes pictures that are good enough to post: labelled tiles
// in even margins with a caption. It draws what it is given and knows no model.
package panel

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Tile is one picture with its label. All tiles of a panel have one size.
type Tile struct {
	Label string
	Image image.Image
}

// Options style a panel.
type Options struct {
	Caption string // a line under the tiles
	Dark    bool
	Columns int // 0: all tiles in one row, two rows for wide pictures
}

// minTile is the width in pixels that tiny pictures are enlarged to reach.
const minTile = 160

// Layout says where the tiles of a panel stand.
type Layout struct {
	Size    image.Point
	Tiles   []image.Rectangle // pixels of the tiles, after Scale
	Scale   int               // whole-number enlargement of tiny pictures
	Margin  int
	font    int // height of the text in pixels
	caption int // baseline
}

// Arrange places n tiles of w x h pixels.
func Arrange(n, w, h int, o Options) Layout {
	l := Layout{Scale: max(1, (minTile+w-1)/w)}
	w, h = w*l.Scale, h*l.Scale
	columns := o.Columns
	if columns <= 0 {
		columns = n
		if n > 2 && w > h*5/4 {
			columns = (n + 1) / 2
		}
	}
	rows := (n + columns - 1) / columns
	l.font = max(13, w/24)
	l.Margin = max(12, w/16)
	label := l.font * 17 / 10
	l.Size = image.Pt(columns*w+(columns+1)*l.Margin, rows*(h+label)+(rows+1)*l.Margin)
	if o.Caption != "" {
		l.caption = l.Size.Y + l.font/2
		l.Size.Y += l.Margin + l.font/2
	}
	for i := range n {
		x := l.Margin + i%columns*(w+l.Margin)
		y := l.Margin + i/columns*(h+label+l.Margin) + label
		l.Tiles = append(l.Tiles, image.Rect(x, y, x+w, y+h))
	}
	return l
}

// Compose draws the panel. Tiles keep their exact pixels, enlarged by a whole number.
func Compose(tiles []Tile, o Options) *image.NRGBA {
	b := tiles[0].Image.Bounds()
	l := Arrange(len(tiles), b.Dx(), b.Dy(), o)
	ground, ink, quiet := color.NRGBA{250, 250, 248, 255}, color.NRGBA{28, 32, 31, 255}, color.NRGBA{96, 104, 102, 255}
	if o.Dark {
		ground, ink, quiet = color.NRGBA{20, 23, 24, 255}, color.NRGBA{236, 239, 238, 255}, color.NRGBA{158, 168, 166, 255}
	}
	out := image.NewNRGBA(image.Rectangle{Max: l.Size})
	draw.Draw(out, out.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	medium, regular := face(gomedium.TTF, l.font), face(goregular.TTF, l.font)
	for i, t := range tiles {
		r := l.Tiles[i]
		text(out, medium, ink, r.Min.X, r.Min.Y-l.font*6/10, fit(medium, t.Label, r.Dx()))
		enlarge(out, r.Min, t.Image, l.Scale)
	}
	if o.Caption != "" {
		text(out, regular, quiet, l.Margin, l.caption, fit(regular, o.Caption, l.Size.X-2*l.Margin))
	}
	return out
}

// Four sets a reconstruction beside what it was made of: original, masked picture,
// reconstruction, and the hidden patches filled in.
func Four(original, reconstruction, composite image.Image, hidden []bool, rows, cols int, caption string, dark bool) *image.NRGBA {
	seen := make([]bool, len(hidden))
	for i, h := range hidden {
		seen[i] = !h
	}
	return Compose([]Tile{
		{Label: "Original", Image: original},
		{Label: "Masked", Image: MaskedImage(original, hidden, rows, cols)},
		// At visible patches the network's output is noise: the loss never asks for them.
		{Label: "Reconstruction", Image: MaskedImage(reconstruction, seen, rows, cols)},
		{Label: "Visible pixels pasted in", Image: composite},
	}, Options{Caption: caption, Dark: dark})
}

func face(ttf []byte, px int) font.Face {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("BUG: panel: " + err.Error())
	}
	fc, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic("BUG: panel: " + err.Error())
	}
	return fc
}

func text(dst draw.Image, f font.Face, c color.Color, x, y int, s string) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(s)
}

// fit shortens s until it is at most width pixels wide.
func fit(f font.Face, s string, width int) string {
	if font.MeasureString(f, s).Ceil() <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && font.MeasureString(f, string(r)+"…").Ceil() > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func enlarge(dst *image.NRGBA, at image.Point, src image.Image, k int) {
	b := src.Bounds()
	for y := range b.Dy() * k {
		for x := range b.Dx() * k {
			dst.Set(at.X+x, at.Y+y, src.At(b.Min.X+x/k, b.Min.Y+y/k))
		}
	}
}

// MaskedImage draws the hidden patches of img as a quiet pattern: grey with a
// lighter frame, so that a patch can be told from its neighbour.
func MaskedImage(img image.Image, hidden []bool, rows, cols int) *image.NRGBA {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Src)
	fill, frame := image.NewUniform(color.NRGBA{122, 128, 127, 255}), image.NewUniform(color.NRGBA{138, 144, 143, 255})
	for i, h := range hidden {
		if !h {
			continue
		}
		r := image.Rect(i%cols*b.Dx()/cols, i/cols*b.Dy()/rows, (i%cols+1)*b.Dx()/cols, (i/cols+1)*b.Dy()/rows)
		draw.Draw(out, r, frame, image.Point{}, draw.Src)
		draw.Draw(out, r.Inset(1), fill, image.Point{}, draw.Src)
	}
	return out
}
