package scenes

import "math"

// sampler draws the random numbers of one sample of one pixel. The samples of a
// pixel cover each pair of dimensions evenly, so few of them do.
type sampler struct {
	pixel uint64 // seed of the pixel
	i     uint64 // index of the sample
	bits  int    // the pixel has 1<<bits samples
	dim   uint64
}

// pair returns a point of the unit square.
func (s *sampler) pair() (float64, float64) {
	s.dim++
	h := hash(s.pixel ^ s.dim*0x2545f4914f6cdd1d)
	// A bijection of the sample's index, drawn anew for each pair of dimensions.
	mask := uint64(1)<<s.bits - 1
	x := s.i
	for range 3 {
		x = (x*(h|1) + h>>17) & mask
		x ^= x >> (s.bits/2 + 1)
		h = hash(h)
	}
	xbits := (s.bits + 1) / 2
	jitter := hash(h ^ s.i*0xd1342543de82ef95)
	u := (float64(x&(1<<xbits-1)) + unitFloat(jitter)) / float64(uint64(1)<<xbits)
	v := (float64(x>>xbits) + unitFloat(hash(jitter))) / float64(uint64(1)<<(s.bits-xbits))
	return u, v
}

// one returns a number in [0, 1).
func (s *sampler) one() float64 {
	u, _ := s.pair()
	return u
}

// disk returns a point of the unit disk.
func (s *sampler) disk() (float64, float64) {
	u, v := s.pair()
	r, phi := math.Sqrt(u), 2*math.Pi*v
	return r * math.Cos(phi), r * math.Sin(phi)
}
