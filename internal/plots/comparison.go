package plots

import (
	"image"
	"image/color"

	"unmask/train"
)

// Log is a run's log under a name, for Comparison.
type Log struct {
	Name  string
	Lines []train.Line
}

// Comparison draws the validation losses of several runs over their optimiser
// steps, with the loss of the best constant answer where a log states it. There is
// a colour for three of them.
func Comparison(title string, logs []Log, dark bool) image.Image {
	const left, right, width = 58.0, 210.0, 860.0
	s := newSheet(width, 380, dark)
	s.title(title)
	colors := []color.Color{s.first, s.second, s.third}
	p := &panel{sheet: s, x: left, y: 84, w: width - left - right, h: 230, x1: 1}
	var curves []curve
	var all []xy
	for i, l := range logs {
		var points, constant []xy
		for _, line := range l.Lines {
			p.x1 = max(p.x1, float64(line.Step))
			if line.TestLoss != nil {
				points = append(points, xy{float64(line.Step), *line.TestLoss})
			}
			if line.Constant != nil {
				constant = append(constant, xy{float64(line.Step), *line.Constant})
			}
		}
		curves = append(curves, curve{name: ended(l.Name, points, "%.3f"), points: points, color: colors[i], width: 2.2, dots: len(points) <= 40})
		all = append(all, points...)
		if len(constant) > 0 {
			curves = append(curves, curve{name: ended("constant answer", constant, "%.3f"), points: across(constant, 0, p.x1), color: s.quiet, width: 1.3, dashes: dashed})
			all = append(all, constant...)
		}
	}
	p.y0, p.y1 = span(ys(all))
	p.frame("Validation loss", 5)
	p.curves(curves...)
	p.bottom("step")
	return s.image()
}
