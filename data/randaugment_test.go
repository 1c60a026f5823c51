package data

import (
	"bytes"
	"math"
	"testing"
)

func TestParseRandAugment(t *testing.T) {
	for policy, want := range map[string]RandAugment{
		"":                     {},
		"none":                 {},
		"rand":                 {Layers: 2, Prob: 0.5, Magnitude: 10},
		"rand-m9-mstd0.5-inc1": FinetuneAugment().RandAugment,
		"rand-m6-n3-p0.7-inc0": {Layers: 3, Prob: 0.7, Magnitude: 6},
		"rand-m5-mstd101":      {Layers: 2, Prob: 0.5, Magnitude: 5, MagnitudeStd: math.Inf(1)},
		"rand-mmax20-m15":      {Layers: 2, Prob: 0.5, Magnitude: 15, MagnitudeMax: 20},
	} {
		if got, err := ParseRandAugment(policy); err != nil || got != want {
			t.Errorf("%q is %+v, %v, want %+v", policy, got, err, want)
		}
	}
	for policy, want := range map[string]string{
		"augmix-m3":  `begins with "augmix"`,
		"rand-x3":    `"x3" is unknown`,
		"rand-m":     `"m" has no number`,
		"rand-m-3":   `"m" has no number`,
		"rand-m1.2.": `"m1.2." has no number`,
		"rand-m11":   "the magnitude is over 10",
		"rand-n0":    "there are 0 operations of at most 15",
		"rand-n99":   "there are 99 operations of at most 15",
		"rand-p2":    "the probability is over 1",
	} {
		_, err := ParseRandAugment(policy)
		wantError(t, policy, err, `data: RandAugment policy "`+policy+`": `+want+`, want one like "rand-m9-mstd0.5-inc1"`)
	}
}

func TestRandAugmentMagnitude(t *testing.T) {
	const n = 4000
	r := testRand(5)
	draw := func(ra RandAugment) (sum, squares float64) {
		for range n {
			m := ra.draw(r)
			if m < 0 || m > 10 {
				t.Fatalf("%+v draws %v", ra, m)
			}
			sum += m
			squares += m * m
		}
		return sum, squares
	}
	sum, squares := draw(RandAugment{Magnitude: 5, MagnitudeStd: 0.5})
	wantMean(t, "magnitude", sum, n, 5, 0.5)
	wantMean(t, "squared magnitude", squares, n, 25.25, 5.02)
	sum, _ = draw(RandAugment{Magnitude: 10, MagnitudeStd: 0.5}) // the upper half is cut to 10
	wantMean(t, "bounded magnitude", sum, n, 10-0.5/math.Sqrt(2*math.Pi), 0.3)
	sum, _ = draw(RandAugment{Magnitude: 6, MagnitudeStd: math.Inf(1)})
	wantMean(t, "even magnitude", sum, n, 3, 6/math.Sqrt(12))
	if m := (RandAugment{Magnitude: 9}).draw(r); m != 9 {
		t.Errorf("a magnitude without width is %v, want 9", m)
	}
}

// What each operation does at magnitude 9, by its definition: each outcome that
// is allowed, and as often as it should come.
func TestRandAugmentOperations(t *testing.T) {
	src := pattern(40, 32).Bitmap()
	w, h := 40., 32.
	inPlace := func(do func(m *Bitmap)) []byte {
		m := &Bitmap{src.W, src.H, bytes.Clone(src.Pix)}
		do(m)
		return m.Pix
	}
	warp := func(a affine) []byte {
		var dst Bitmap
		src.transform(&dst, a, [3]uint8{124, 116, 104})
		return dst.Pix
	}
	sharp := func(f float64) []byte {
		var dst Bitmap
		src.sharpen(&dst, f)
		return dst.Pix
	}
	both := func(of func(v float64) []byte, a, b float64) [][]byte { return [][]byte{of(a), of(b)} }
	enhance := func(do func(m *Bitmap, f float64)) func(f float64) []byte {
		return func(f float64) []byte { return inPlace(func(m *Bitmap) { do(m, f) }) }
	}
	type outcomes struct {
		name string
		pix  [][]byte
	}
	geometry := []outcomes{
		{"AutoContrast", [][]byte{inPlace((*Bitmap).autoContrast)}},
		{"Equalize", [][]byte{inPlace((*Bitmap).equalize)}},
		{"Invert", [][]byte{inPlace((*Bitmap).invert)}},
		{"Rotate", both(func(v float64) []byte { return warp(rotation(v, 40, 32)) }, 27, -27)},
		{"SolarizeAdd", [][]byte{inPlace(func(m *Bitmap) { m.solarizeAdd(99) })}},
		{"ShearX", both(func(v float64) []byte { return warp(affine{a: 1, b: v, e: 1}) }, 0.27, -0.27)},
		{"ShearY", both(func(v float64) []byte { return warp(affine{a: 1, d: v, e: 1}) }, 0.27, -0.27)},
		{"TranslateXRel", both(func(v float64) []byte { return warp(affine{a: 1, c: v * w, e: 1}) }, 0.405, -0.405)},
		{"TranslateYRel", both(func(v float64) []byte { return warp(affine{a: 1, e: 1, f: v * h}) }, 0.405, -0.405)},
	}
	for _, tc := range []struct {
		increasing bool
		list       []outcomes
	}{
		{true, append(geometry[:len(geometry):len(geometry)],
			outcomes{"Posterize", [][]byte{inPlace(func(m *Bitmap) { m.posterize(1) })}}, // 4 - int(3.6)
			outcomes{"Solarize", [][]byte{inPlace(func(m *Bitmap) { m.solarize(26) })}},  // 256 - int(230.4)
			outcomes{"Color", both(enhance((*Bitmap).saturate), 1.81, 0.19)},
			outcomes{"Contrast", both(enhance((*Bitmap).contrast), 1.81, 0.19)},
			outcomes{"Brightness", both(enhance((*Bitmap).brighten), 1.81, 0.19)},
			outcomes{"Sharpness", both(sharp, 1.81, 0.19)},
		)},
		{false, append(geometry[:len(geometry):len(geometry)],
			outcomes{"Posterize", [][]byte{inPlace(func(m *Bitmap) { m.posterize(3) })}},
			outcomes{"Solarize", [][]byte{inPlace(func(m *Bitmap) { m.solarize(230) })}},
			outcomes{"Color", [][]byte{enhance((*Bitmap).saturate)(1.72)}},
			outcomes{"Contrast", [][]byte{enhance((*Bitmap).contrast)(1.72)}},
			outcomes{"Brightness", [][]byte{enhance((*Bitmap).brighten)(1.72)}},
			outcomes{"Sharpness", [][]byte{sharp(1.72)}},
		)},
	} {
		const n = 4500
		ra := RandAugment{Layers: 1, Prob: 1, Magnitude: 9, Increasing: tc.increasing}
		seen := map[string][2]int{}
		r := testRand(9)
		var g augmenter
		for range n {
			g.picture.sized(src.W, src.H)
			copy(g.picture.Pix, src.Pix)
			ra.apply(&g, r)
			name, which := "", 0
			for _, o := range tc.list {
				for k, pix := range o.pix {
					if bytes.Equal(pix, g.picture.Pix) {
						name, which = o.name, k
					}
				}
			}
			if name == "" {
				t.Fatalf("increasing %v: a picture that no operation at magnitude 9 makes", tc.increasing)
			}
			counts := seen[name]
			counts[which]++
			seen[name] = counts
		}
		for _, o := range tc.list {
			k := seen[o.name]
			std := math.Sqrt(1. / 15 * 14 / 15)
			wantMean(t, o.name, float64(k[0]+k[1]), n, 1./15, std)
			if len(o.pix) == 2 {
				wantMean(t, o.name+", one sign", float64(k[0]), n, 1./30, std)
			}
		}
	}
}

func TestRandAugmentProbability(t *testing.T) {
	src := smooth(12, 12)
	r := testRand(4)
	var g augmenter
	const n = 2000
	same := 0
	for range n {
		g.picture.sized(12, 12)
		copy(g.picture.Pix, src.Pix)
		RandAugment{Layers: 2, Prob: 0.3, Magnitude: 9}.apply(&g, r)
		if bytes.Equal(g.picture.Pix, src.Pix) {
			same++
		}
	}
	// Equalize leaves a picture of under 256 pixels as it is; so does a solarize
	// over its brightest value: 2 of 15.
	idle := 1 - 0.3*13/15
	wantMean(t, "unchanged", float64(same), n, idle*idle, 0.5)
}
