package data

// HiddenMean averages reconstructions of one picture under several masks. Of each
// it takes the hidden patches only: about a visible one a masked autoencoder says
// nothing, since its loss never asks.
type HiddenMean struct {
	sum   *Picture
	times []int // how often each patch was hidden
}

// NewHiddenMean returns an average of nothing for pictures of w x h pixels.
func NewHiddenMean(w, h int) *HiddenMean {
	return &HiddenMean{sum: NewPicture(w, h), times: make([]int, (w/Patch)*(h/Patch))}
}

// Add takes the hidden patches of one reconstruction into the average.
func (a *HiddenMean) Add(reconstruction *Picture, m Mask) {
	eachHiddenRow(a.sum, m, func(at, n int) {
		for i, v := range reconstruction.Pix[at : at+n] {
			a.sum.Pix[at+i] += v
		}
	})
	for p, hidden := range m.Hidden {
		if hidden {
			a.times[p]++
		}
	}
}

// Times are how often each patch was hidden so far.
func (a *HiddenMean) Times() []int { return append([]int(nil), a.times...) }

// Picture is the average; a patch that was never hidden is black.
func (a *HiddenMean) Picture() *Picture {
	out := a.sum.Clone()
	m := Mask{Rows: out.H / Patch, Cols: out.W / Patch, Hidden: make([]bool, len(a.times))}
	for p, n := range a.times {
		m.Hidden[p] = n > 1
	}
	eachHiddenRow(out, m, func(at, n int) {
		x, y := at/3%out.W, at/3/out.W
		k := 1 / float32(a.times[y/Patch*m.Cols+x/Patch])
		for i := range out.Pix[at : at+n] {
			out.Pix[at+i] *= k
		}
	})
	return out
}
