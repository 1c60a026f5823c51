package plots

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"

	"unmask/train"
)

// Confusion draws which classes were taken for which: a row is a true class, a
// column an answer, the shade the share of the row, right answers in one colour
// and mistakes in another.
func Confusion(scores *train.Scores, title string, dark bool) image.Image {
	n := len(scores.Classes)
	cell := min(44, max(20, 900/float64(n)))
	if n > 45 {
		cell = max(8, 1400/float64(n)) // too many for numbers
	}
	const longest = 130.0
	names := label{size: min(bodySize, cell*0.8), face: regular, ay: 0.5}
	widest := 0.0
	words := make([]string, n)
	for i, c := range scores.Classes {
		words[i] = names.fit(c, longest)
		widest = max(widest, names.width(words[i]))
	}
	grid := cell * float64(n)
	left, top := margin+26+widest+10, 86+widest+34
	right := 100.0
	s := newSheet(max(left+grid+right, 560), top+grid+margin+6, dark)
	s.title(title)
	s.text(s.body(), margin, 60, s.body().fit(fmt.Sprintf("%d pictures, top-1 %.1f %%. Shade: share of the row.", scores.Pictures, scores.Acc1), s.w-2*margin))
	s.text(s.body().strong().in(s.ink).centred(), left+grid/2, 86, "answer")
	side := s.body().strong().in(s.ink).centred()
	side.turned = true
	s.text(side, margin+8, top+grid/2, "true class")
	s.text(s.body().right().strong().in(s.ink), left+grid+right-margin, top-14, "correct")

	names.color = s.ink
	upward := names.anchored(0, 0.5)
	upward.turned = true
	for i, w := range words {
		s.text(names.anchored(1, 0.5), left-10, top+(float64(i)+0.5)*cell, w)
		s.text(upward, left+(float64(i)+0.5)*cell, top-10, w)
	}
	for t, row := range scores.Confusion {
		all := 0
		for _, v := range row {
			all += v
		}
		y := top + float64(t)*cell
		for a, v := range row {
			share := float64(v) / float64(max(1, all))
			strong := s.warning
			if a == t {
				strong = s.third
			}
			shade := blend(s.grid, strong, share)
			if v > 0 {
				// A single mistake among many must be seen, too.
				shade = blend(s.grid, strong, 0.12+0.88*share)
			}
			x := left + float64(a)*cell
			s.rect(shade, x+0.5, y+0.5, cell-1, cell-1)
			if v > 0 && n <= 45 {
				number := label{size: min(bodySize, cell*0.42), face: regular, color: legible(shade), ax: 0.5, ay: 0.5}
				s.text(number, x+cell/2, y+cell/2, strconv.Itoa(v))
			}
		}
		recall := "none here"
		if all > 0 {
			recall = fmt.Sprintf("%.0f %%", scores.PerClass[t])
		}
		s.text(label{size: names.size, face: regular, color: s.quiet, ax: 1, ay: 0.5}, left+grid+right-margin, y+cell/2, recall)
	}
	return s.image()
}

// blend goes from a (share 0) to b (share 1).
func blend(a, b color.NRGBA, share float64) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// legible is black or white, whichever contrasts more with c (WCAG's luminance).
func legible(c color.NRGBA) color.NRGBA {
	linear := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	if l := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B); l > 0.18 {
		return color.NRGBA{16, 18, 18, 255}
	}
	return color.NRGBA{255, 255, 255, 255}
}
