package data

import "image"

// resampler resizes parts of bitmaps, bicubic with antialiasing, and keeps its
// memory between calls. Its arithmetic is that of PIL's Image.resize on 8-bit
// pictures: weights of 22 bits behind the point, and a rounding to 8 bits
// between the horizontal and the vertical pass. A resampler serves one
// goroutine.
type resampler struct {
	across, down taps8
	lines        []uint8 // (rows of the box, w, 3), after the horizontal pass
	sum          []int32 // (w, 3), one output row
}

// taps8 are the taps of a resize with integer weights.
type taps8 struct {
	first []int   // of each output pixel: its first source pixel
	begin []int   // and where its weights begin in w; one more closes the last
	w     []int32 // of pointBits behind the point
}

const (
	pointBits = 22
	half8     = 1 << (pointBits - 1)
)

func (t *taps8) set(n, m int) {
	t.first, t.begin, t.w = t.first[:0], t.begin[:0], t.w[:0]
	eachBicubic(n, m, func(_, first int, w []float64) {
		t.first = append(t.first, first)
		t.begin = append(t.begin, len(t.w))
		for _, v := range w {
			round := 0.5
			if v < 0 {
				round = -0.5
			}
			t.w = append(t.w, int32(round+v*(1<<pointBits)))
		}
	})
	t.begin = append(t.begin, len(t.w))
}

// weights returns the weights of output pixel i.
func (t *taps8) weights(i int) []int32 {
	return t.w[t.begin[i]:t.begin[i+1]]
}

// resize fills dst with the part box of src at the size of dst, mirrored left
// to right where flip is set. Pixels outside the box do not count.
func (r *resampler) resize(dst, src *Bitmap, box image.Rectangle, flip bool) {
	r.across.set(box.Dx(), dst.W)
	r.down.set(box.Dy(), dst.H)
	stride := dst.W * 3
	if n := box.Dy() * stride; cap(r.lines) < n {
		r.lines = make([]uint8, n)
	}
	for y := range box.Dy() {
		r.line(r.lines[y*stride:(y+1)*stride], src.row(box.Min.Y + y)[box.Min.X*3:box.Max.X*3], flip)
	}
	if cap(r.sum) < stride {
		r.sum = make([]int32, stride)
	}
	for y := range dst.H {
		r.column(dst.row(y), y)
	}
}

// line is the horizontal pass of one row.
func (r *resampler) line(dst, src []uint8, flip bool) {
	t := &r.across
	at, step := 0, 3
	if flip {
		at, step = len(dst)-3, -3
	}
	for x, first := range t.first {
		w := t.weights(x)
		s := src[first*3:][:len(w)*3]
		red, green, blue := int32(half8), int32(half8), int32(half8)
		for _, w := range w {
			red += w * int32(s[0])
			green += w * int32(s[1])
			blue += w * int32(s[2])
			s = s[3:]
		}
		dst[at], dst[at+1], dst[at+2] = clamp8(red>>pointBits), clamp8(green>>pointBits), clamp8(blue>>pointBits)
		at += step
	}
}

// column is the vertical pass of output row y.
func (r *resampler) column(dst []uint8, y int) {
	t := &r.down
	sum := r.sum[:len(dst)]
	for i := range sum {
		sum[i] = half8
	}
	for k, w := range t.weights(y) {
		line := r.lines[(t.first[y]+k)*len(dst):][:len(sum)]
		for i, v := range line {
			sum[i] += w * int32(v)
		}
	}
	for i, v := range sum {
		dst[i] = clamp8(v >> pointBits)
	}
}
