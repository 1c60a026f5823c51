package model

import "fmt"

// Layout says which patches of a batch are visible and where their rows are:
// slot v of the compact activations is one visible patch. Masks may differ from
// image to image, in their number of hidden patches too.
type Layout struct {
	Images, Rows, Cols int      // Rows x Cols patches an image
	SlotPatch          []uint32 // (V) slot -> patch of the batch, n*L + p
	PatchSlot          []uint32 // (N*L) patch -> slot + 1, 0 where hidden
	SlotImage          []uint32 // (V) slot -> image
	ImageOffset        []uint32 // (N+1) first slot of each image
}

// NewLayout builds the tables from masks, one per image, row-major, true where
// hidden. Every image must show at least one patch.
func NewLayout(rows, cols int, hidden [][]bool) (*Layout, error) {
	l := &Layout{Images: len(hidden), Rows: rows, Cols: cols, ImageOffset: []uint32{0}}
	l.PatchSlot = make([]uint32, len(hidden)*rows*cols)
	for n, mask := range hidden {
		if len(mask) != rows*cols {
			return nil, fmt.Errorf("model: mask of image %d has %d patches, want %d (%d rows x %d columns)", n, len(mask), rows*cols, rows, cols)
		}
		for p, h := range mask {
			if h {
				continue
			}
			patch := uint32(n*rows*cols + p)
			l.SlotPatch = append(l.SlotPatch, patch)
			l.SlotImage = append(l.SlotImage, uint32(n))
			l.PatchSlot[patch] = uint32(len(l.SlotPatch))
		}
		if uint32(len(l.SlotPatch)) == l.ImageOffset[n] {
			return nil, fmt.Errorf("model: every patch of image %d is hidden: show at least one", n)
		}
		l.ImageOffset = append(l.ImageOffset, uint32(len(l.SlotPatch)))
	}
	return l, nil
}

// Dense is the layout with every patch visible: the ordinary network.
func Dense(images, rows, cols int) *Layout {
	hidden := make([][]bool, images)
	for n := range hidden {
		hidden[n] = make([]bool, rows*cols)
	}
	l, err := NewLayout(rows, cols, hidden)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return l
}

// Slots is V, the number of visible patches of the batch.
func (l *Layout) Slots() int { return len(l.SlotPatch) }

// Patches is N*L.
func (l *Layout) Patches() int { return l.Images * l.Rows * l.Cols }
