package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// RandAugment (Cubuk et al. 2019, arXiv 1909.13719) applies a few operations
// drawn from a list of fifteen, all with the same magnitude. The list, the
// meaning of a magnitude and the extras are those of the library timm, with
// which the official code fine-tunes.
type RandAugment struct {
	Layers       int     // operations a picture; 0: no RandAugment
	Prob         float64 // of each operation, once drawn, to happen
	Magnitude    float64 // 0..10
	MagnitudeStd float64 // the magnitude is drawn from a normal distribution of this width; Inf: evenly from 0 to Magnitude
	MagnitudeMax float64 // and is at most this; 0: 10
	Increasing   bool    // a higher magnitude always changes more
}

// ParseRandAugment reads a policy as timm writes it, such as
// "rand-m9-mstd0.5-inc1": magnitude m, number of operations n (2), probability
// p (0.5), width of the magnitude mstd (0; over 100: even), bound mmax (10),
// inc. "" and "none" are no RandAugment.
func ParseRandAugment(policy string) (RandAugment, error) {
	if policy == "" || policy == "none" {
		return RandAugment{}, nil
	}
	fail := func(format string, args ...any) (RandAugment, error) {
		return RandAugment{}, fmt.Errorf(`data: RandAugment policy %q: %s, want one like "rand-m9-mstd0.5-inc1"`, policy, fmt.Sprintf(format, args...))
	}
	parts := strings.Split(policy, "-")
	if parts[0] != "rand" {
		return fail("begins with %q", parts[0])
	}
	ra := RandAugment{Layers: 2, Prob: 0.5, Magnitude: 10}
	for _, part := range parts[1:] {
		name := strings.TrimRight(part, "0123456789.")
		v, err := strconv.ParseFloat(part[len(name):], 64)
		if err != nil {
			return fail("%q has no number", part)
		}
		switch name {
		case "m":
			ra.Magnitude = v
		case "n":
			ra.Layers = int(v)
		case "p":
			ra.Prob = v
		case "mstd":
			ra.MagnitudeStd = v
			if v > 100 {
				ra.MagnitudeStd = math.Inf(1)
			}
		case "mmax":
			ra.MagnitudeMax = v
		case "inc":
			ra.Increasing = v >= 1
		default:
			return fail("%q is unknown", part)
		}
	}
	if most := ra.most(); ra.Magnitude > most {
		return fail("the magnitude is over %v", most)
	}
	if ra.Layers < 1 || ra.Layers > 15 {
		return fail("there are %d operations of at most 15", ra.Layers)
	}
	if ra.Prob > 1 {
		return fail("the probability is over 1")
	}
	return ra, nil
}

// most returns the largest magnitude.
func (ra RandAugment) most() float64 {
	if ra.MagnitudeMax > 0 {
		return ra.MagnitudeMax
	}
	return 10
}

// meanColour is ImageNet's mean at 8 bits. It fills what moves into a picture.
var meanColour = [3]uint8{124, 116, 104}

// apply changes g.picture.
func (ra RandAugment) apply(g *augmenter, r *rand.Rand) {
	for range ra.Layers {
		op := randOps[r.IntN(len(randOps))]
		if r.Float64() >= ra.Prob {
			continue
		}
		op.apply(g, level{ra.draw(r) / 10, ra.Increasing, r})
	}
}

// draw returns the magnitude of one operation.
func (ra RandAugment) draw(r *rand.Rand) float64 {
	m := ra.Magnitude
	switch {
	case math.IsInf(ra.MagnitudeStd, 1):
		m = uniform(r, 0, m)
	case ra.MagnitudeStd > 0:
		m += float64(ra.MagnitudeStd * r.NormFloat64())
	}
	return min(max(m, 0), ra.most())
}

// level is a magnitude on its way to the argument of an operation.
type level struct {
	share      float64 // of the highest, 0..1 (more where MagnitudeMax allows)
	increasing bool
	r          *rand.Rand
}

// signed returns v or -v with equal chance.
func (l level) signed(v float64) float64 {
	if l.r.Float64() < 0.5 {
		return -v
	}
	return v
}

// whole returns the level as a whole number of 0..most, or of most..0 where a
// low number changes more.
func (l level) whole(most int, lowIsMore bool) int {
	n := int(l.share * float64(most))
	if lowIsMore {
		n = most - n
	}
	return n
}

// factor returns the factor of an enhancement, of which 1 changes nothing.
func (l level) factor() float64 {
	if l.increasing {
		return max(1+l.signed(l.share*0.9), 0.1)
	}
	return l.share*1.8 + 0.1
}

// warp transforms the picture of g.
func (g *augmenter) warp(t affine) {
	g.picture.transform(&g.scratch, t, meanColour)
	g.swap()
}

// randOps are timm's operations. Of its two variants of posterize and solarize,
// the one that is not increasing changes less at a higher level.
var randOps = []struct {
	name  string
	apply func(g *augmenter, l level)
}{
	{"AutoContrast", func(g *augmenter, _ level) { g.picture.autoContrast() }},
	{"Equalize", func(g *augmenter, _ level) { g.picture.equalize() }},
	{"Invert", func(g *augmenter, _ level) { g.picture.invert() }},
	{"Rotate", func(g *augmenter, l level) {
		g.warp(rotation(l.signed(l.share*30), g.picture.W, g.picture.H))
	}},
	{"Posterize", func(g *augmenter, l level) { g.picture.posterize(max(l.whole(4, l.increasing), 0)) }},
	{"Solarize", func(g *augmenter, l level) { g.picture.solarize(l.whole(256, l.increasing)) }},
	{"SolarizeAdd", func(g *augmenter, l level) { g.picture.solarizeAdd(l.whole(110, false)) }},
	{"Color", func(g *augmenter, l level) { g.picture.saturate(l.factor()) }},
	{"Contrast", func(g *augmenter, l level) { g.picture.contrast(l.factor()) }},
	{"Brightness", func(g *augmenter, l level) { g.picture.brighten(l.factor()) }},
	{"Sharpness", func(g *augmenter, l level) {
		g.picture.sharpen(&g.scratch, l.factor())
		g.swap()
	}},
	{"ShearX", func(g *augmenter, l level) { g.warp(affine{a: 1, b: l.signed(l.share * 0.3), e: 1}) }},
	{"ShearY", func(g *augmenter, l level) { g.warp(affine{a: 1, d: l.signed(l.share * 0.3), e: 1}) }},
	{"TranslateXRel", func(g *augmenter, l level) {
		g.warp(affine{a: 1, c: l.signed(l.share*0.45) * float64(g.picture.W), e: 1})
	}},
	{"TranslateYRel", func(g *augmenter, l level) {
		g.warp(affine{a: 1, e: 1, f: l.signed(l.share*0.45) * float64(g.picture.H)})
	}},
}
