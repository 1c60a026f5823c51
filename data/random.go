package data

import "math/rand/v2"

// purpose is what random numbers are drawn for. Every use has a generator of
// its own, made from the seed, the purpose and where it happens (an epoch, or a
// step and a place in its batch). So what step N sees is a function of the seed
// and N alone, whatever ran before it and in whatever order.
type purpose uint64

// Never renumber them: interrupted runs would go on with other pictures.
const (
	forSplit purpose = iota + 1
	forOrder
	forAugment
	forMask
	forMix
	forReplacement
)

// key returns a number that depends on all its arguments and their order.
func key(seed uint64, p purpose, where ...uint64) uint64 {
	mix := func(k uint64) uint64 {
		s := splitMix(k)
		return s.next()
	}
	k := mix(mix(seed) ^ uint64(p))
	for _, w := range where {
		k = mix(k ^ w)
	}
	return k
}

// newRand returns the generator of one purpose at one place.
func newRand(seed uint64, p purpose, where ...uint64) *rand.Rand {
	k := key(seed, p, where...)
	return rand.New(rand.NewPCG(k, k^uint64(p)))
}
