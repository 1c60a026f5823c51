package data

import (
	"fmt"
	"math/bits"
)

// RandomMask hides all but int(L*(1-ratio)) of the L = rows*cols patches, and
// never the last one: 30 of 49 at ratio 0.6. The same arguments give the same
// mask on every platform and in every version; see splitMix.
func RandomMask(rows, cols int, ratio float64, seed uint64) (Mask, error) {
	if !(ratio >= 0 && ratio < 1) { // a NaN is outside, too
		return Mask{}, fmt.Errorf("data: mask ratio is %v, want at least 0 and under 1", ratio)
	}
	m := NewMask(rows, cols)
	n := len(m.Hidden)
	keep := max(int(float64(n)*(1-ratio)), 1)

	// The first keep places of a Fisher-Yates shuffle are the visible patches.
	order := make([]int, n)
	for i := range order {
		order[i] = i
		m.Hidden[i] = true
	}
	random := splitMix(seed)
	for i := range keep {
		j := i + random.below(n-i)
		order[i], order[j] = order[j], order[i]
		m.Hidden[order[i]] = false
	}
	return m, nil
}

// splitMix is the generator SplitMix64 (Steele, Lea, Flood 2014, "Fast
// splittable pseudorandom number generators"). It is spelled out here because a
// seed in a log or a link must mean the same mask for ever, which no library
// generator promises for its derived numbers.
type splitMix uint64

func (s *splitMix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in 0..n-1: the high word of next() * n. The bias is
// under n/2^64.
func (s *splitMix) below(n int) int {
	high, _ := bits.Mul64(s.next(), uint64(n))
	return int(high)
}

// preset returns the mask that hides where hide says so.
func preset(rows, cols int, hide func(r, c int) bool) Mask {
	m := NewMask(rows, cols)
	for i := range m.Hidden {
		m.Hidden[i] = hide(i/cols, i%cols)
	}
	return m
}

// Checkerboard hides every other patch and shows the upper left one.
func Checkerboard(rows, cols int) Mask {
	return preset(rows, cols, func(r, c int) bool { return (r+c)%2 == 1 })
}

// Lattice shows every other patch of every other row and hides about 75 %.
func Lattice(rows, cols int) Mask {
	return preset(rows, cols, func(r, c int) bool { return r%2 == 1 || c%2 == 1 })
}

// Half hides the right half; of an odd number of columns, the smaller part.
func Half(rows, cols int) Mask {
	return preset(rows, cols, func(r, c int) bool { return c >= (cols+1)/2 })
}

// Centre hides the middle half of the rows and columns and leaves a frame.
func Centre(rows, cols int) Mask {
	middle := func(i, n int) bool {
		margin := (n + 2) / 4
		return i >= margin && i < n-margin
	}
	return preset(rows, cols, func(r, c int) bool { return middle(r, rows) && middle(c, cols) })
}

// Preset is a mask by a rule, with the words that a front end offers it by.
type Preset struct {
	ID, Name, Title string
	Draw            func(rows, cols int) Mask
}

// Presets are the masks on offer beside the random one.
var Presets = []Preset{
	{"checkerboard", "Checks", "Hide every other patch", Checkerboard},
	{"centre", "Centre", "Hide the middle", Centre},
	{"half", "Half", "Hide the right half", Half},
	{"lattice", "Lattice", "Show one patch in four", Lattice},
}
