package model

import "fmt"

// Tap is a layer whose output the Features task keeps: Side x Side positions a
// patch, C channels.
type Tap struct {
	Name    string
	Side, C int
}

// Taps lists the layers of the encoder in order: "downsample_layers.S" (the
// stem for S = 0) and "stages.S.B".
func (c Config) Taps() []Tap {
	var ts []Tap
	for s := 0; s < 4; s++ {
		side := Patch / 4 >> s
		ts = append(ts, Tap{fmt.Sprintf("downsample_layers.%d", s), side, c.Dims[s]})
		for b := 0; b < c.Depths[s]; b++ {
			ts = append(ts, Tap{fmt.Sprintf("stages.%d.%d", s, b), side, c.Dims[s]})
		}
	}
	return ts
}

// ExpansionTaps lists the outputs of the Expansions task: a block's 4 C channels.
func (c Config) ExpansionTaps() []Tap {
	var ts []Tap
	for s, n := range c.Depths {
		for b := range n {
			ts = append(ts, Tap{fmt.Sprintf("stages.%d.%d.pwconv1", s, b), Patch / 4 >> s, 4 * c.Dims[s]})
		}
	}
	return ts
}

// Scatter spreads compact rows (V, side, side, C) to (N, H, W, C) with H = Rows
// * side and W = Cols * side, zeros at hidden patches.
func (l *Layout) Scatter(rows []float32, side, c int) []float32 {
	w := l.Cols * side
	out := make([]float32, l.Patches()*side*side*c)
	for slot, patch := range l.SlotPatch {
		per := l.Rows * l.Cols
		n, q := int(patch)/per, int(patch)%per
		for y := 0; y < side; y++ {
			at := ((n*l.Rows+q/l.Cols)*side+y)*w + q%l.Cols*side
			copy(out[at*c:(at+side)*c], rows[(slot*side+y)*side*c:][:side*c])
		}
	}
	return out
}
