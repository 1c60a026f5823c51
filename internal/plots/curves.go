package plots

import (
	"fmt"
	"image"
	"math"
	"slices"

	"unmask/train"
)

// Curves draws a run's log: the loss of training and validation over epochs; for
// pre-training the loss of the best constant answer, which has learnt nothing; for
// fine-tuning the accuracy; and the learning rate.
func Curves(lines []train.Line, title string, dark bool) image.Image {
	return CurvesAt(lines, title, curvesWidth, fileScale, dark)
}

// curvesWidth is the natural width of the picture.
const curvesWidth = 860.0

// CurvesHeight is the height of the picture in units, whatever its width.
func CurvesHeight(lines []train.Line) float64 {
	const height, accuracy = 478, 208
	for _, l := range lines {
		if v := l.TestAcc1; v != nil && !math.IsNaN(*v) && !math.IsInf(*v, 0) {
			return height + accuracy
		}
	}
	return height
}

// CurvesAt is Curves at a width, of at least 480 units, with scale pixels a unit:
// for a place on a screen, where a picture that is scaled again would be blurred.
func CurvesAt(lines []train.Line, title string, width, scale float64, dark bool) image.Image {
	const left, right = 58.0, 178.0
	width = max(width, 480)
	var loss, val, constant, acc1, acc5, lr []xy
	for _, l := range lines {
		add := func(to *[]xy, v *float64) {
			if v != nil && !math.IsNaN(*v) && !math.IsInf(*v, 0) {
				*to = append(*to, xy{l.Epoch, *v})
			}
		}
		add(&loss, &l.Loss)
		add(&lr, &l.LR)
		add(&val, l.TestLoss)
		add(&constant, l.Constant)
		add(&acc1, l.TestAcc1)
		add(&acc5, l.TestAcc5)
	}
	accurate := len(acc1) > 0
	s := newSheetAt(width, CurvesHeight(lines), scale, dark)
	s.title(title)
	x0, x1 := epochs(lines)
	place := func(y, h float64) *panel {
		return &panel{sheet: s, x: left, y: y, w: width - left - right, h: h, x0: x0, x1: x1, y1: 1}
	}
	y := 92.0

	p := place(y, 230)
	p.y0, p.y1 = lossRange(loss, val, constant)
	p.frame("Loss", 5)
	p.curves(
		curve{name: ended("train", loss, "%.3f"), points: loss, color: s.first, width: 1.3},
		curve{name: ended("constant answer", constant, "%.3f"), points: across(constant, x0, x1), color: s.quiet, width: 1.3, dashes: dashed},
		curve{name: ended("validation", val, "%.3f"), points: val, color: s.second, width: 2.2, dots: len(val) <= 40},
	)
	if len(lines) == 0 {
		s.text(s.body().centred(), p.x+p.w/2, p.y+p.h/2, "no step is logged yet")
	}
	y += p.h + 48
	if accurate {
		p = place(y, 160)
		p.y1 = 100
		p.frame("Validation accuracy, %", 5)
		p.curves(
			curve{name: ended("top-1", acc1, "%.1f %%"), points: acc1, color: s.second, width: 2.2, dots: len(acc1) <= 40},
			curve{name: ended("top-5", acc5, "%.1f %%"), points: acc5, color: s.third, width: 1.3, dots: len(acc5) <= 40},
		)
		y += p.h + 48
	}
	p = place(y, 56)
	if _, p.y1 = span(ys(lr)); p.y1 <= 0 {
		p.y1 = 1
	}
	p.number = scientific
	p.frame("Learning rate", 2)
	p.curves(curve{points: lr, color: s.quiet, width: 1.3})
	p.bottom("epoch")
	return s.image()
}

// epochs is the range of the x axis: from 0 to the last line.
func epochs(lines []train.Line) (lo, hi float64) {
	for _, l := range lines {
		hi = max(hi, l.Epoch)
	}
	if hi == 0 {
		hi = 1
	}
	return 0, hi
}

// lossRange shows all of validation and constant answer and what training comes
// to; the first values of a training from scratch may begin above it.
func lossRange(loss, val, constant []xy) (lo, hi float64) {
	train := ys(loss)
	slices.Sort(train)
	if n := len(train); n >= 20 {
		train = train[:n-n/20]
	}
	return span(slices.Concat(train, ys(val), ys(constant)))
}

// across draws a value from edge to edge.
func across(points []xy, x0, x1 float64) []xy {
	if len(points) == 0 {
		return nil
	}
	out := append([]xy{{x0, points[0].y}}, points...)
	return append(out, xy{x1, points[len(points)-1].y})
}

func ys(points []xy) []float64 {
	var v []float64
	for _, p := range points {
		v = append(v, p.y)
	}
	return v
}

// ended is a curve's name with its last value.
func ended(name string, points []xy, format string) string {
	if len(points) == 0 {
		return name
	}
	return name + "  " + fmt.Sprintf(format, points[len(points)-1].y)
}
