package data

import (
	"fmt"
	"math/rand/v2"
)

// Augment is how training changes a picture by chance, in this order. Every
// part but the crop is off at its zero value.
type Augment struct {
	Scale [2]float64 // RandomResizedCrop: the share of the picture's area that is taken
	Ratio [2]float64 // and the width of what is taken by its height
	Flip  float64    // probability of being mirrored left to right

	Jitter      ColourJitter
	RandAugment RandAugment
	Erase       Erasing
}

// PretrainAugment is what FCMAE's official pre-training does.
func PretrainAugment() Augment {
	return Augment{Scale: [2]float64{0.2, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5}
}

// FinetuneAugment is what the official fine-tuning of ConvNeXt V2 does: timm's
// "rand-m9-mstd0.5-inc1" and random erasing of a quarter of the pictures.
func FinetuneAugment() Augment {
	return Augment{
		Scale: [2]float64{0.08, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5,
		RandAugment: RandAugment{Layers: 2, Prob: 0.5, Magnitude: 9, MagnitudeStd: 0.5, Increasing: true},
		Erase:       Erasing{Prob: 0.25, Mode: ErasePixel},
	}
}

// Check returns an error where a value is out of range.
func (a Augment) Check() error {
	for _, v := range []struct {
		name   string
		pair   [2]float64
		most   float64
		wanted string
	}{
		{"crop scale", a.Scale, 1, "0 < low <= high <= 1"},
		{"crop ratio", a.Ratio, 100, "0 < low <= high <= 100"},
	} {
		if !(v.pair[0] > 0 && v.pair[0] <= v.pair[1] && v.pair[1] <= v.most) {
			return fmt.Errorf("data: %s is %v to %v, want %s", v.name, v.pair[0], v.pair[1], v.wanted)
		}
	}
	for _, v := range []struct {
		name  string
		value float64
		most  float64
	}{
		{"flip probability", a.Flip, 1},
		{"jitter of brightness", a.Jitter.Brightness, 1},
		{"jitter of contrast", a.Jitter.Contrast, 1},
		{"jitter of saturation", a.Jitter.Saturation, 1},
		{"RandAugment probability", a.RandAugment.Prob, 1},
		{"RandAugment magnitude", a.RandAugment.Magnitude, a.RandAugment.most()},
		{"erasing probability", a.Erase.Prob, 1},
	} {
		if !(v.value >= 0 && v.value <= v.most) {
			return fmt.Errorf("data: %s is %v, want 0 to %v", v.name, v.value, v.most)
		}
	}
	if m := a.Erase.Mode; m != "" && m != ErasePixel && m != EraseConst {
		return fmt.Errorf("data: erasing mode is %q, want %q or %q", m, ErasePixel, EraseConst)
	}
	return nil
}

// augmenter applies augmentations and keeps its memory between pictures. It
// serves one goroutine.
type augmenter struct {
	resampler
	picture, scratch Bitmap
}

// augment fills dst, (size, size, 3), with src as training sees it, normalised.
// It depends on its arguments only.
func (g *augmenter) augment(dst []float32, src *Bitmap, size int, a *Augment, r *rand.Rand) {
	box := randomBox(src.W, src.H, a.Scale, a.Ratio, r)
	flip := r.Float64() < a.Flip
	g.picture.sized(size, size)
	g.resize(&g.picture, src, box, flip)
	a.Jitter.apply(&g.picture, r)
	a.RandAugment.apply(g, r)
	g.picture.Normalized(dst)
	a.Erase.apply(dst, size, r)
}

// swap makes the scratch bitmap the picture.
func (g *augmenter) swap() { g.picture, g.scratch = g.scratch, g.picture }

// ColourJitter changes brightness, contrast and saturation by factors in
// 1-v..1+v, v at most 1, in an order by chance, as torchvision's ColorJitter does.
type ColourJitter struct {
	Brightness, Contrast, Saturation float64
}

func (j ColourJitter) apply(m *Bitmap, r *rand.Rand) {
	if j == (ColourJitter{}) {
		return
	}
	ops := [3]func(float64){m.brighten, m.contrast, m.saturate}
	spread := [3]float64{j.Brightness, j.Contrast, j.Saturation}
	for _, k := range r.Perm(len(ops)) {
		if v := spread[k]; v > 0 {
			ops[k](uniform(r, 1-v, 1+v))
		}
	}
}
