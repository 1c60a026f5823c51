package data

import "fmt"

// Composite returns the reconstruction with the visible pixels of the original
// pasted in.
func Composite(original, reconstruction *Picture, m Mask) *Picture {
	if original.W != reconstruction.W || original.H != reconstruction.H {
		panic(fmt.Sprintf("BUG: data.Composite: original %d x %d, reconstruction %d x %d", original.W, original.H, reconstruction.W, reconstruction.H))
	}
	out := original.Clone()
	eachHiddenRow(out, m, func(at, n int) {
		copy(out.Pix[at:at+n], reconstruction.Pix[at:])
	})
	return out
}

// Masked returns the original with its hidden pixels painted grey, 0..1.
func Masked(original *Picture, m Mask, grey float32) *Picture {
	out := original.Clone()
	eachHiddenRow(out, m, func(at, n int) {
		for i := range n {
			out.Pix[at+i] = grey
		}
	})
	return out
}

// eachHiddenRow calls do for every row of pixels of every hidden patch: its n
// values begin at p.Pix[at].
func eachHiddenRow(p *Picture, m Mask, do func(at, n int)) {
	m.MustFit(p)
	for y := range p.H {
		for c := range m.Cols {
			if m.At(c*Patch, y) {
				do((y*p.W+c*Patch)*3, Patch*3)
			}
		}
	}
}
