package data

import (
	"errors"
	"fmt"
	"strings"
)

// Mask says which patches of a picture the network may not see.
type Mask struct {
	Rows, Cols int
	Hidden     []bool // (Rows, Cols), row-major; true = hidden
}

// The errors of Mask.Check.
var (
	ErrAllHidden  = errors.New("data: every patch is hidden: show at least one")
	ErrNoneHidden = errors.New("data: no patch is hidden: hide at least one")
)

// NewMask returns a mask that hides nothing.
func NewMask(rows, cols int) Mask {
	if rows < 1 || cols < 1 {
		panic(fmt.Sprintf("BUG: data.NewMask(%d, %d): want at least 1 x 1", rows, cols))
	}
	return Mask{Rows: rows, Cols: cols, Hidden: make([]bool, rows*cols)}
}

// ParseMask reads mask bits: row-major, 1 = hidden, one for each patch.
func ParseMask(s string, rows, cols int) (Mask, error) {
	m := NewMask(rows, cols)
	for i, r := range s {
		if r != '0' && r != '1' {
			return Mask{}, fmt.Errorf("data: mask has %q at position %d, want only 0 (shown) and 1 (hidden)", r, i+1)
		}
	}
	if len(s) != len(m.Hidden) {
		return Mask{}, fmt.Errorf("data: mask has %d bits, want %d (%d rows x %d columns)", len(s), len(m.Hidden), rows, cols)
	}
	for i := range s {
		m.Hidden[i] = s[i] == '1'
	}
	return m, nil
}

// MaskFromPicture reads a mask that was painted: p is divided into rows x cols
// equal cells, whatever its size, and a patch is hidden where the mean of its
// cell is under 0.5, that is, where it is dark.
func MaskFromPicture(p *Picture, rows, cols int) (Mask, error) {
	if p.H < rows || p.W < cols {
		return Mask{}, fmt.Errorf("data: mask picture has %d x %d pixels, want at least one for each patch: %d x %d", p.W, p.H, cols, rows)
	}
	m := NewMask(rows, cols)
	for i := range m.Hidden {
		r, c := i/cols, i%cols
		y0, y1 := r*p.H/rows, (r+1)*p.H/rows
		x0, x1 := c*p.W/cols, (c+1)*p.W/cols
		sum := 0.0
		for y := y0; y < y1; y++ {
			for _, v := range p.row(y)[3*x0 : 3*x1] {
				sum += float64(v)
			}
		}
		m.Hidden[i] = sum/float64(3*(y1-y0)*(x1-x0)) < 0.5
	}
	return m, nil
}

// Bits returns the mask as ParseMask reads it.
func (m Mask) Bits() string {
	var s strings.Builder
	for _, h := range m.Hidden {
		if h {
			s.WriteByte('1')
		} else {
			s.WriteByte('0')
		}
	}
	return s.String()
}

// Visible returns the patches that are seen, as row-major indices in order.
func (m Mask) Visible() []int {
	visible := make([]int, 0, len(m.Hidden)-m.Count())
	for i, h := range m.Hidden {
		if !h {
			visible = append(visible, i)
		}
	}
	return visible
}

// Count returns how many patches are hidden.
func (m Mask) Count() int {
	n := 0
	for _, h := range m.Hidden {
		if h {
			n++
		}
	}
	return n
}

// Invert returns the mask that hides what m shows.
func (m Mask) Invert() Mask {
	out := NewMask(m.Rows, m.Cols)
	for i, h := range m.Hidden {
		out.Hidden[i] = !h
	}
	return out
}

// Check returns ErrAllHidden or ErrNoneHidden where there is nothing to see or
// nothing to reconstruct. A mask of the wrong length is another error.
func (m Mask) Check() error {
	hidden := m.Count()
	switch {
	case len(m.Hidden) != m.Rows*m.Cols || len(m.Hidden) == 0:
		return fmt.Errorf("data: mask has %d patches, want %d rows x %d columns", len(m.Hidden), m.Rows, m.Cols)
	case hidden == len(m.Hidden):
		return ErrAllHidden
	case hidden == 0:
		return ErrNoneHidden
	}
	return nil
}

// At tells whether pixel (x, y) of the picture is hidden.
func (m Mask) At(x, y int) bool {
	return m.Hidden[y/Patch*m.Cols+x/Patch]
}

// MustFit panics where the mask does not cover p exactly. Pictures that come
// from Fit have the sides that a mask needs.
func (m Mask) MustFit(p *Picture) {
	if p.W != m.Cols*Patch || p.H != m.Rows*Patch {
		panic(fmt.Sprintf("BUG: data: a mask of %d rows x %d columns of %d pixels on a picture of %d x %d pixels", m.Rows, m.Cols, Patch, p.W, p.H))
	}
}
