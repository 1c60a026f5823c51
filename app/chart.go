package app

import (
	"fmt"
	markup "html"
	"math"
	"strconv"
	"strings"
)

// chart is a picture of curves. The plot is stretched to its place while lines and
// dots keep their width; labels are text beside it, so they stay readable at any
// width.
type chart struct {
	id, title string
	x         string // what the axis shows
	series    []series
	percent   bool    // y is from 0 to 100
	summary   string  // for those who do not see it
	minX      float64 // the axis reaches it at least
}

// series is one curve of a chart.
type series struct {
	class, name string
	points      []point
	dots        bool
}

// ticks are evenly spaced round numbers around lo to hi, the ends included.
func ticks(lo, hi float64, most int) []float64 {
	if !(hi > lo) {
		hi = lo + math.Max(1e-6, math.Abs(lo)/10)
	}
	raw := (hi - lo) / float64(max(1, most))
	step := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*step >= raw*(1-1e-9) {
			step *= m
			break
		}
	}
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	var out []float64
	for i := first; i <= last; i++ {
		out = append(out, i*step)
	}
	return out
}

// tickText writes the ticks of an axis alike.
func tickText(t []float64) []string {
	out := make([]string, len(t))
	digits := 0
	if len(t) > 1 {
		for step := t[1] - t[0]; digits < 6 && math.Abs(step*math.Pow10(digits)-math.Round(step*math.Pow10(digits))) > 1e-6; {
			digits++
		}
	}
	for i, v := range t {
		out[i] = strconv.FormatFloat(v, 'f', digits, 64)
	}
	return out
}

// axes are the ticks of both axes.
func (c *chart) axes() (x, y []float64) {
	maxX := math.Max(c.minX, 1e-9)
	loY, hiY := math.Inf(1), math.Inf(-1)
	for _, s := range c.series {
		for _, p := range s.points {
			maxX = math.Max(maxX, p.x)
			loY, hiY = math.Min(loY, p.y), math.Max(hiY, p.y)
		}
	}
	x = ticks(0, maxX, 4)
	if c.percent {
		return x, []float64{0, 25, 50, 75, 100}
	}
	if hiY < loY {
		loY, hiY = 0, 1
	}
	low := loY - (hiY-loY)*0.05
	if loY >= 0 {
		low = math.Max(0, low)
	}
	return x, ticks(low, hiY, 4)
}

// svg draws grid and curves.
func (c *chart) svg() string {
	const w, h = 1000.0, 500.0
	tx, ty := c.axes()
	x0, x1, y0, y1 := tx[0], tx[len(tx)-1], ty[0], ty[len(ty)-1]
	at := func(p point) (float64, float64) {
		return (p.x - x0) / (x1 - x0) * w, h - (p.y-y0)/(y1-y0)*h
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %.0f %.0f" preserveAspectRatio="none" role="img" aria-label="%s">`, w, h, markup.EscapeString(c.summary))
	for _, v := range tx {
		x, _ := at(point{v, y0})
		fmt.Fprintf(&b, `<path class="grid" d="M%.1f 0V%.0f"/>`, x, h)
	}
	for _, v := range ty {
		_, y := at(point{x0, v})
		fmt.Fprintf(&b, `<path class="grid" d="M0 %.1fH%.0f"/>`, y, w)
	}
	for _, s := range c.series {
		if len(s.points) == 0 {
			continue
		}
		fmt.Fprintf(&b, `<path class="curve %s" d="`, s.class)
		for i, p := range s.points {
			x, y := at(p)
			fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
		}
		if len(s.points) == 1 { // a line of no length, whose round ends make a dot
			b.WriteString("h0")
		}
		b.WriteString(`"/>`)
		if s.dots && len(s.points) <= 40 {
			fmt.Fprintf(&b, `<path class="curve dots %s" d="`, s.class)
			for _, p := range s.points {
				x, y := at(p)
				fmt.Fprintf(&b, "M%.1f %.1fh0", x, y)
			}
			b.WriteString(`"/>`)
		}
	}
	b.WriteString(`</svg>`)
	return b.String()
}
