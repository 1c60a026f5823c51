package desktop

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"unmask/session"
)

// features is what the layers of the network see in the picture.
type features struct {
	layers []layer
	chosen int
	first  int  // of the list, where it is longer than its place
	whole  bool // look at the whole picture, whatever the mask hides

	askedID, gotID int
	stale          bool // mask, picture or weights changed since the answer was asked for

	grid     *image.RGBA // of the chosen layer
	gridOf   gridKey
	distance float64 // cosine distance of its channels
}

// layer is one map, (h, w, c).
type layer struct {
	name    string
	h, w, c int
	values  []float32
	lo, hi  []float32 // of each channel
}

// gridKey is what a grid depends on.
type gridKey struct{ layer, columns, answer int }

// forget drops maps of weights that are no longer in force.
func (f *features) forget() {
	f.layers, f.grid, f.gridOf = nil, nil, gridKey{}
	f.chosen, f.first = 0, 0
}

// askFeatures asks for the maps while they are looked at, one answer at a time.
func (a *App) askFeatures() {
	f, s := &a.features, &a.studio
	if f.stale = true; a.view != FeaturesView || s.picture == nil || s.weights == nil || s.gotID < s.pictureID || f.gotID < f.askedID {
		return
	}
	if s.mask.Count() == len(s.mask.Hidden) && !f.whole {
		f.forget()
		return
	}
	bits := s.mask.Bits()
	if f.whole {
		bits = strings.Repeat("0", len(bits))
	}
	f.stale = false
	f.askedID = a.engine.send(session.Command{Do: session.DoFeatures, Hidden: bits})
}

func (a *App) takeFeatures(e session.Event) {
	f := &a.features
	f.gotID = max(f.gotID, e.ID)
	f.layers = nil
	for i, t := range e.Tensors {
		f.layers = append(f.layers, newLayer(t, session.Floats(e.Blobs[i])))
	}
	f.chosen = min(f.chosen, max(len(f.layers)-1, 0))
	if f.stale {
		a.askFeatures()
	}
}

func newLayer(t session.TensorSpec, values []float32) layer {
	l := layer{name: t.Name, h: t.Shape[0], w: t.Shape[1], c: t.Shape[2], values: values}
	l.lo, l.hi = make([]float32, l.c), make([]float32, l.c)
	for i := range l.lo {
		l.lo[i], l.hi[i] = math.MaxFloat32, -math.MaxFloat32
	}
	for i, v := range values {
		if v != 0 { // hidden positions hold zeros and count for nothing
			k := i % l.c
			l.lo[k], l.hi[k] = min(l.lo[k], v), max(l.hi[k], v)
		}
	}
	return l
}

// title names a layer for people: "Stage 3, block 2".
func (l layer) title() string {
	parts := strings.Split(l.name, ".")
	if n, err := strconv.Atoi(parts[len(parts)-1]); err == nil {
		switch {
		case parts[0] == "downsample_layers" && n == 0:
			return "Stem"
		case parts[0] == "downsample_layers":
			return fmt.Sprintf("Down-sampling %d", n)
		case parts[0] == "stages" && len(parts) == 3:
			if stage, err := strconv.Atoi(parts[1]); err == nil {
				return fmt.Sprintf("Stage %d, block %d", stage+1, n+1)
			}
		}
	}
	return l.name
}

func (a *App) featuresKey(k string) {
	f := &a.features
	switch k {
	case "ArrowUp", "ArrowLeft":
		f.chosen = max(f.chosen-1, 0)
	case "ArrowDown", "ArrowRight":
		f.chosen = max(min(f.chosen+1, len(f.layers)-1), 0)
	case "V":
		a.toggleWhole()
	}
}

func (a *App) toggleWhole() {
	a.features.whole = !a.features.whole
	a.askFeatures()
}

// columnsFor chooses how many maps stand side by side, so that each is as large as
// possible in a place of width x height units.
func columnsFor(n, w, h int, width, height float64) int {
	best, size := 1, 0.0
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		s := min(width/float64(columns*(w+gridGap)), height/float64(rows*(h+gridGap)))
		if s > size {
			best, size = columns, s
		}
	}
	return best
}

// gridGap separates maps, in pixels of a map.
const gridGap = 1

// showGrid draws the chosen layer's channels where they are not drawn yet.
func (f *features) showGrid(width, height float64) *image.RGBA {
	if len(f.layers) == 0 {
		return nil
	}
	l := f.layers[f.chosen]
	key := gridKey{f.chosen, columnsFor(l.c, l.w, l.h, width, height), f.gotID}
	if f.grid == nil || f.gridOf != key {
		f.grid, f.gridOf = l.grid(key.columns), key
		f.distance = session.CosineDistance(l.values, l.c)
	}
	return f.grid
}

// grid sets all channels in rows, each from its least value, dark, to its greatest,
// bright. Gaps and hidden positions are grey.
func (l layer) grid(columns int) *image.RGBA {
	rows := (l.c + columns - 1) / columns
	img := image.NewRGBA(image.Rect(0, 0, columns*(l.w+gridGap)-gridGap, rows*(l.h+gridGap)-gridGap))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{0x7a, 0x80, 0x7f, 0xff})
	}
	for at := range l.h * l.w {
		hidden := true
		for _, v := range l.values[at*l.c : (at+1)*l.c] {
			hidden = hidden && v == 0
		}
		if hidden {
			continue
		}
		for k := range l.c {
			x, y := k%columns*(l.w+gridGap)+at%l.w, k/columns*(l.h+gridGap)+at/l.w
			t := float32(0.5)
			if l.hi[k] > l.lo[k] {
				t = (l.values[at*l.c+k] - l.lo[k]) / (l.hi[k] - l.lo[k])
			}
			copy(img.Pix[img.PixOffset(x, y):], viridis(min(max(t, 0), 1)))
		}
	}
	return img
}

// viridisStops are colours of matplotlib's map viridis at even steps: dark to
// bright in all eyes, colour-blind ones and in grey.
var viridisStops = [9][3]float32{
	{68, 1, 84}, {72, 40, 120}, {62, 74, 137}, {49, 104, 142}, {38, 130, 142}, {31, 158, 137}, {53, 183, 121}, {110, 206, 88}, {253, 231, 37},
}

// viridis is an opaque colour for t in 0..1.
func viridis(t float32) []byte {
	p := t * float32(len(viridisStops)-1)
	i := min(int(p), len(viridisStops)-2)
	p -= float32(i)
	a, b := viridisStops[i], viridisStops[i+1]
	return []byte{byte(a[0] + p*(b[0]-a[0]) + 0.5), byte(a[1] + p*(b[1]-a[1]) + 0.5), byte(a[2] + p*(b[2]-a[2]) + 0.5), 255}
}
