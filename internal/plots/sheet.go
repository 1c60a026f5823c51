package plots

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	vgfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Measures are in units of a page at its natural size; each has a number of pixels, so
// that pictures stay sharp on dense screens.
const (
	fileScale = 2 // of pictures that are written to files
	margin    = 24.0
	bodySize  = 12.0
	titleSize = 16.0
)

// theme is a palette; first and second keep apart for the colour-blind, too.
type theme struct {
	ground, ink, quiet, grid      color.NRGBA
	first, second, third, warning color.NRGBA
}

func themeOf(dark bool) theme {
	if dark {
		return theme{
			ground: color.NRGBA{20, 23, 24, 255}, ink: color.NRGBA{236, 239, 238, 255}, quiet: color.NRGBA{158, 168, 166, 255}, grid: color.NRGBA{46, 52, 53, 255},
			first: color.NRGBA{106, 160, 212, 255}, second: color.NRGBA{245, 150, 92, 255}, third: color.NRGBA{98, 190, 160, 255}, warning: color.NRGBA{232, 112, 92, 255},
		}
	}
	return theme{
		ground: color.NRGBA{250, 250, 248, 255}, ink: color.NRGBA{28, 32, 31, 255}, quiet: color.NRGBA{96, 104, 102, 255}, grid: color.NRGBA{228, 230, 227, 255},
		first: color.NRGBA{74, 124, 178, 255}, second: color.NRGBA{201, 88, 28, 255}, third: color.NRGBA{22, 128, 100, 255}, warning: color.NRGBA{196, 66, 50, 255},
	}
}

const (
	regular = vgfont.Typeface("Go")
	medium  = vgfont.Typeface("Go Medium")
)

var (
	regularFont, mediumFont = parsed(goregular.TTF), parsed(gomedium.TTF)
	fonts                   = vgfont.NewCache(vgfont.Collection{
		{Font: vgfont.Font{Typeface: regular}, Face: regularFont},
		{Font: vgfont.Font{Typeface: medium}, Face: mediumFont},
	})
)

func parsed(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("BUG: plots: " + err.Error())
	}
	return f
}

// sheet is a page with the origin at the top left and y downwards.
type sheet struct {
	theme
	w, h   float64
	canvas *vgimg.Canvas
	c      draw.Canvas
}

func newSheet(w, h float64, dark bool) *sheet { return newSheetAt(w, h, fileScale, dark) }

func newSheetAt(w, h, scale float64, dark bool) *sheet {
	s := &sheet{theme: themeOf(dark), w: w, h: h}
	s.canvas = vgimg.NewWith(vgimg.UseWH(vg.Length(w), vg.Length(h)), vgimg.UseDPI(int(math.Round(72*scale))), vgimg.UseBackgroundColor(s.ground))
	s.c = draw.New(s.canvas)
	return s
}

func (s *sheet) image() image.Image { return s.canvas.Image() }

func (s *sheet) at(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(s.h - y)} }

// label describes a text: where its anchor lies in it, from 0 (left, top) to 1
// (right, bottom).
type label struct {
	size   float64
	face   vgfont.Typeface
	color  color.Color
	ax, ay float64
	turned bool // a quarter to the left: it reads upwards
}

func (s *sheet) body() label { return label{size: bodySize, face: regular, color: s.quiet, ay: 0.5} }

func (l label) right() label                  { l.ax = 1; return l }
func (l label) centred() label                { l.ax = 0.5; return l }
func (l label) in(c color.Color) label        { l.color = c; return l }
func (l label) strong() label                 { l.face = medium; return l }
func (l label) anchored(ax, ay float64) label { l.ax, l.ay = ax, ay; return l }

func (s *sheet) text(l label, x, y float64, words string) {
	style := text.Style{Color: l.color, Font: vgfont.Font{Typeface: l.face, Size: vg.Length(l.size)},
		XAlign: text.XAlignment(-l.ax), YAlign: text.YAlignment(l.ay - 1), Handler: text.Plain{Fonts: fonts}}
	if l.turned {
		style.Rotation = math.Pi / 2
	}
	if l.ay == 0.5 {
		// Centre the small letters and digits, not the room below the line that few reach into.
		if rise := 0.12 * l.size; l.turned {
			x -= rise
		} else {
			y -= rise
		}
	}
	s.c.FillText(style, s.at(x, y), words)
}

// width of a text in units.
func (l label) width(words string) float64 {
	f := regularFont
	if l.face == medium {
		f = mediumFont
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: l.size * 16, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("BUG: plots: " + err.Error())
	}
	return float64(font.MeasureString(face, words)) / 64 / 16
}

// fit shortens words to at most width units.
func (l label) fit(words string, width float64) string {
	if l.width(words) <= width {
		return words
	}
	r := []rune(words)
	for len(r) > 1 && l.width(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func (s *sheet) title(words string) {
	l := label{size: titleSize, face: medium, color: s.ink, ay: 0.5}
	s.text(l, margin, margin+titleSize/2, l.fit(words, s.w-2*margin))
}

func (s *sheet) line(c color.Color, width float64, dashes []vg.Length, x0, y0, x1, y1 float64) {
	s.c.StrokeLines(draw.LineStyle{Color: c, Width: vg.Length(width), Dashes: dashes}, []vg.Point{s.at(x0, y0), s.at(x1, y1)})
}

func (s *sheet) rect(c color.Color, x, y, w, h float64) {
	s.c.FillPolygon(c, []vg.Point{s.at(x, y), s.at(x+w, y), s.at(x+w, y+h), s.at(x, y+h)})
}

var dashed = []vg.Length{5, 4}
