package train

import (
	"hash/fnv"
	"math/rand/v2"

	"unmask/model"
)

// random is a generator for one purpose at one step: a function of the run's seed
// and what names it alone, so that a resumed run draws what the first would have.
func random(seed uint64, purpose string, where ...uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	for _, w := range where {
		var b [8]byte
		for i := range b {
			b[i] = byte(w >> (8 * i))
		}
		h.Write(b[:])
	}
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// keep draws which images each block's branch is left out for: 0, or 1 / (1 -
// rate), so that the mean stays.
func (c Config) keep(step, part, images int) map[string][]float32 {
	rates := c.dropRates()
	if rates == nil {
		return nil
	}
	r := random(c.Seed, "drop path", uint64(step), uint64(part))
	keep := map[string][]float32{}
	for i, block := range c.Model.Blocks() {
		v := make([]float32, images)
		for n := range v {
			if r.Float64() >= rates[i] {
				v[n] = float32(1 / (1 - rates[i]))
			}
		}
		keep[model.KeepInput(block)] = v
	}
	return keep
}

// Init draws the start of a parameter: weights from a normal of deviation 0.02 cut
// at two deviations, the mask token uncut, LayerNorm's weights 1, the rest 0. GRN
// so begins as the identity. The official FCMAE code draws some weights twice, the
// second time with deviation 1: that is not copied.
func Init(seed uint64, p model.Param) []float32 {
	v := make([]float32, p.Len())
	r := random(seed, "init "+p.Name)
	switch {
	case p.Name == "mask_token":
		for i := range v {
			v[i] = float32(0.02 * r.NormFloat64())
		}
	case Decays(p):
		for i := range v {
			x := r.NormFloat64()
			for x < -2 || x > 2 {
				x = r.NormFloat64()
			}
			v[i] = float32(0.02 * x)
		}
	case isNormWeight(p):
		for i := range v {
			v[i] = 1
		}
	case isLayerScale(p):
		for i := range v {
			v[i] = 1e-6
		}
	}
	return v
}
