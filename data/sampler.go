package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Sampler says which pictures each step of a training sees. The answer is a
// function of what NewSampler was given and the step alone, so a run that goes
// on from step N sees what it would have seen. A Sampler serves one goroutine.
type Sampler struct {
	pictures []int
	byClass  [][]int // of pictures; nil without balancing
	quotas   []float64
	batch    int
	seed     uint64

	epoch int // that order belongs to; -1: none yet
	order []int
}

// NewSampler returns the sampler of the given pictures of d. An epoch has as
// many places as there are pictures, in whole batches: what is left over is
// dropped, other pictures each time.
//
// Balance levels out classes of unequal size: a class of n pictures gets a
// share of the places in proportion to n^(1-balance). At 0 each picture comes
// once an epoch, at 1 each class comes equally often; pictures of small classes
// then come several times and a part of the large ones waits.
func NewSampler(d *Dataset, pictures []int, batch int, balance float64, seed uint64) (*Sampler, error) {
	switch {
	case batch < 1:
		return nil, fmt.Errorf("data: batch is %d, want at least 1", batch)
	case len(pictures) < batch:
		return nil, fmt.Errorf("data: %s: a batch of %d is larger than the training set of %d: want a smaller batch", d.Path, batch, len(pictures))
	case !(balance >= 0 && balance <= 1):
		return nil, fmt.Errorf("data: class balance is %v, want 0 to 1", balance)
	case balance > 0 && d.Classes == nil:
		return nil, fmt.Errorf("data: %s: class balance is %v, want 0 where pictures have no labels", d.Path, balance)
	}
	s := &Sampler{pictures: pictures, batch: batch, seed: seed, epoch: -1}
	if balance > 0 {
		s.byClass = make([][]int, len(d.Classes))
		for _, i := range pictures {
			s.byClass[d.Label(i)] = append(s.byClass[d.Label(i)], i)
		}
		s.byClass = slices.DeleteFunc(s.byClass, func(of []int) bool { return len(of) == 0 })
		sum := 0.0
		for _, of := range s.byClass {
			w := math.Pow(float64(len(of)), 1-balance)
			s.quotas = append(s.quotas, w)
			sum += w
		}
		for c := range s.quotas {
			s.quotas[c] *= float64(len(pictures)) / sum
		}
	}
	return s, nil
}

// StepsPerEpoch returns the number of whole batches in an epoch.
func (s *Sampler) StepsPerEpoch() int { return len(s.pictures) / s.batch }

// Step returns the numbers of the pictures of a step, 0 the first. The slice is
// valid until the next call.
func (s *Sampler) Step(step int) []int {
	if step < 0 {
		panic(fmt.Sprintf("BUG: data.Sampler.Step(%d)", step))
	}
	epoch, at := step/s.StepsPerEpoch(), step%s.StepsPerEpoch()
	if epoch != s.epoch {
		s.epoch, s.order = epoch, s.shuffled(newRand(s.seed, forOrder, uint64(epoch)), s.order[:0])
	}
	return s.order[at*s.batch : (at+1)*s.batch]
}

// shuffled appends the order of one epoch to order.
func (s *Sampler) shuffled(r *rand.Rand, order []int) []int {
	if s.byClass == nil {
		order = append(order, s.pictures...)
	}
	// A class gets its quota of places or one more or less: the sums of the quotas
	// are rounded, with one offset by chance, so that the mean over epochs is right
	// and the places add up.
	offset, sum := r.Float64(), 0.0
	for c, of := range s.byClass {
		before := int(sum + offset)
		sum += s.quotas[c]
		n := int(sum+offset) - before
		if c == len(s.byClass)-1 {
			n = len(s.pictures) - len(order)
		}
		for n > 0 {
			pick := r.Perm(len(of))
			for _, k := range pick[:min(n, len(of))] {
				order = append(order, of[k])
			}
			n -= len(of)
		}
	}
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}
