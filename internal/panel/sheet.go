package panel

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
)

// Sheet sets pictures of one size in labelled rows: the same pictures at several
// stages. caption stands below.
func Sheet(labels []string, rows [][]image.Image, caption string, dark bool) *image.NRGBA {
	const gap, margin, line = 6, 20, 26
	background, ink := color.NRGBA{0xff, 0xff, 0xff, 0xff}, color.NRGBA{0x1d, 0x27, 0x25, 0xff}
	if dark {
		background, ink = color.NRGBA{0x14, 0x1a, 0x19, 0xff}, color.NRGBA{0xe6, 0xec, 0xea, 0xff}
	}
	size := rows[0][0].Bounds().Size()
	columns := 0
	for _, r := range rows {
		columns = max(columns, len(r))
	}
	f := face(goregular.TTF, 16)
	w := columns*size.X + (columns-1)*gap
	for _, words := range append([]string{caption}, labels...) {
		w = max(w, font.MeasureString(f, words).Ceil())
	}
	w += 2 * margin
	h := 2*margin + len(rows)*(size.Y+line+gap) + line
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	y := margin
	for i, r := range rows {
		text(out, f, ink, margin, y+16, labels[i])
		y += line
		for k, p := range r {
			at := image.Pt(margin+k*(size.X+gap), y)
			draw.Draw(out, image.Rectangle{at, at.Add(size)}, p, p.Bounds().Min, draw.Src)
		}
		y += size.Y + gap
	}
	text(out, f, ink, margin, y+20, caption)
	return out
}
