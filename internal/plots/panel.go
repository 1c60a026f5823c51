package plots

import (
	"fmt"
	"image/color"
	"math"
	"sort"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// xy is a point of a curve in data units.
type xy struct{ x, y float64 }

// curve is one line of a panel, named at its right end.
type curve struct {
	name   string
	points []xy
	color  color.Color
	width  float64
	dots   bool
	dashes []vg.Length
}

// panel is one pair of axes on a sheet.
type panel struct {
	*sheet
	x, y, w, h     float64 // the data's rectangle on the sheet
	x0, x1, y0, y1 float64 // its range in data units
	number         func(float64) string
}

func (p *panel) px(x float64) float64 { return p.x + (x-p.x0)/(p.x1-p.x0)*p.w }
func (p *panel) py(y float64) float64 { return p.y + (p.y1-y)/(p.y1-p.y0)*p.h }

// frame draws heading, grid and the numbers of the y axis.
func (p *panel) frame(heading string, ticks int) {
	p.text(p.body().strong().in(p.ink), p.x, p.y-14, heading)
	values, step := niceTicks(p.y0, p.y1, ticks)
	for _, v := range values {
		p.line(p.grid, 1, nil, p.x, p.py(v), p.x+p.w, p.py(v))
		words := decimal(v, step)
		if p.number != nil {
			words = p.number(v)
		}
		p.text(p.body().right(), p.x-8, p.py(v), words)
	}
}

// bottom draws the x axis with its numbers and name.
func (p *panel) bottom(name string) {
	base := p.y + p.h
	p.line(p.quiet, 1, nil, p.x, base, p.x+p.w, base)
	values, step := niceTicks(p.x0, p.x1, 8)
	for _, v := range values {
		p.line(p.quiet, 1, nil, p.px(v), base, p.px(v), base+4)
		p.text(p.body().centred(), p.px(v), base+14, decimal(v, step))
	}
	p.text(p.body().centred(), p.x+p.w/2, base+32, name)
}

// curves draws lines, cut at the panel's edges, and names them beside it.
func (p *panel) curves(cs ...curve) {
	var ends []ending
	inside := draw.Canvas{Canvas: p.c.Canvas, Rectangle: vg.Rectangle{Min: p.at(p.x, p.y+p.h), Max: p.at(p.x+p.w, p.y)}}
	for _, c := range cs {
		if len(c.points) == 0 {
			continue
		}
		pts := make([]vg.Point, len(c.points))
		for i, q := range c.points {
			pts[i] = p.at(p.px(q.x), p.py(q.y))
		}
		style := draw.LineStyle{Color: c.color, Width: vg.Length(c.width), Dashes: c.dashes}
		if len(pts) > 1 {
			p.c.StrokeLines(style, inside.ClipLinesXY(pts)...)
		}
		for i, q := range pts {
			if (c.dots || len(pts) == 1 || i == len(pts)-1 && c.dashes == nil) && inside.Contains(q) {
				p.c.DrawGlyphNoClip(draw.GlyphStyle{Color: c.color, Radius: vg.Length(c.width/2 + 1.5), Shape: draw.CircleGlyph{}}, q)
			}
		}
		if c.name != "" {
			last := c.points[len(c.points)-1]
			ends = append(ends, ending{c.name, c.color, min(max(p.py(last.y), p.y), p.y+p.h)})
		}
	}
	p.names(ends)
}

// ending is the name of a curve at the height where it ends.
type ending struct {
	words string
	color color.Color
	y     float64
}

// names writes the endings in the right margin, moved apart where they would touch.
func (p *panel) names(ends []ending) {
	const pitch = bodySize + 4
	sort.SliceStable(ends, func(i, j int) bool { return ends[i].y < ends[j].y })
	for range 50 {
		for i := 1; i < len(ends); i++ {
			if gap := ends[i].y - ends[i-1].y; gap < pitch {
				ends[i-1].y -= (pitch - gap) / 2
				ends[i].y += (pitch - gap) / 2
			}
		}
	}
	room := p.sheet.w - margin/2 - (p.x + p.w + 10)
	for _, e := range ends {
		l := p.body().in(e.color)
		p.text(l, p.x+p.w+10, e.y, l.fit(e.words, room))
	}
}

// niceTicks are multiples of 1, 2 or 5 times a power of ten within lo..hi, about n.
func niceTicks(lo, hi float64, n int) (values []float64, step float64) {
	raw := (hi - lo) / float64(n)
	step = math.Pow(10, math.Floor(math.Log10(raw)))
	for _, k := range []float64{1, 2, 5, 10} {
		if step*k >= raw*0.999 {
			step *= k
			break
		}
	}
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		values = append(values, i*step+0) // + 0: never -0
	}
	return values, step
}

// decimal writes v with as many decimals as its step needs.
func decimal(v, step float64) string {
	return strconv.FormatFloat(v, 'f', max(0, int(math.Ceil(-math.Log10(step)-1e-9))), 64)
}

// scientific writes small numbers as 4e-04 would be read: 4e-4.
func scientific(v float64) string {
	if v == 0 || math.Abs(v) >= 1e-2 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 1, 64), "e")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		panic("BUG: plots: " + err.Error())
	}
	return fmt.Sprintf("%se%d", strings.TrimSuffix(mantissa, ".0"), e)
}

// span widens the range of values a little; equal values get a range of their own.
func span(values []float64) (lo, hi float64) {
	if len(values) == 0 {
		return 0, 1
	}
	lo, hi = values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	if pad := (hi - lo) * 0.05; pad > 0 {
		return lo - pad, hi + pad
	}
	pad := max(math.Abs(hi)*0.1, 1e-3)
	return lo - pad, hi + pad
}
