package data

import (
	"context"
	"errors"
	"fmt"
)

// NewTrainLoader returns a loader of training steps from the given step on, 0
// the first, without end. The pictures must be labelled by d.Classes or not at
// all. Cancel ctx or call Close to stop it.
func NewTrainLoader(ctx context.Context, c *Cache, pictures []int, from int, o LoaderOptions) (*Loader, error) {
	if o.Micro == 0 {
		o.Micro = o.Batch
	}
	if o.Micro < 1 || o.Batch%o.Micro != 0 {
		return nil, fmt.Errorf("data: micro-batch is %d, want a divisor of the batch %d", o.Micro, o.Batch)
	}
	if from < 0 {
		return nil, fmt.Errorf("data: first step is %d, want at least 0", from)
	}
	s, err := NewSampler(c.d, pictures, o.Batch, o.Balance, o.Seed)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(o.Augment.Check(), o.Mix.Check()); err != nil {
		return nil, err
	}
	if !(o.Smoothing >= 0 && o.Smoothing < 1) {
		return nil, fmt.Errorf("data: label smoothing is %v, want at least 0 and under 1", o.Smoothing)
	}
	if c.d.Classes == nil && o.Mix.on() {
		return nil, fmt.Errorf("data: %s: mixup and cutmix want labels", c.d.Path)
	}
	l, err := newLoader(c, pictures, o)
	if err != nil {
		return nil, err
	}
	parts := o.Batch / o.Micro
	l.plan = func(n int, b *Batch) bool {
		b.Step, b.Part = from+n/parts, n%parts
		copy(b.Pictures, s.Step(b.Step)[b.Part*o.Micro:])
		return true
	}
	l.make = l.train
	l.finish = func(b *Batch) {
		o.Mix.apply(b.Images, b.Targets, o.Micro, o.Size, newRand(o.Seed, forMix, uint64(b.Step), uint64(b.Part)))
	}
	l.start(ctx, o.Micro)
	return l, nil
}

// NewEvalLoader returns a loader of the given pictures in their order, each
// once: resized, cut around the centre and otherwise unchanged. A picture's mask
// is the same in every evaluation.
func NewEvalLoader(ctx context.Context, c *Cache, pictures []int, o LoaderOptions) (*Loader, error) {
	if o.Batch < 1 {
		return nil, fmt.Errorf("data: batch is %d, want at least 1", o.Batch)
	}
	if c.shrink != 0 {
		panic("BUG: data.NewEvalLoader: a cache that shrinks pictures; want shrink 0")
	}
	o.Smoothing = 0
	l, err := newLoader(c, pictures, o)
	if err != nil {
		return nil, err
	}
	l.plan = func(n int, b *Batch) bool {
		rest := pictures[min(n*o.Batch, len(pictures)):]
		b.Step, b.Part = 0, n
		for k := range b.Pictures {
			b.Pictures[k] = -1
			if k < len(rest) {
				b.Pictures[k] = rest[k]
			}
		}
		return len(rest) > 0
	}
	l.make = l.eval
	l.finish = func(*Batch) {}
	l.start(ctx, o.Batch)
	return l, nil
}

// newLoader checks what both kinds share.
func newLoader(c *Cache, pictures []int, o LoaderOptions) (*Loader, error) {
	if o.Size < 1 {
		return nil, fmt.Errorf("data: size is %d, want at least 1", o.Size)
	}
	if o.MaskRatio != 0 {
		if o.Size%Patch != 0 {
			return nil, fmt.Errorf("data: size is %d, want a multiple of %d for masks", o.Size, Patch)
		}
		m, err := RandomMask(o.Size/Patch, o.Size/Patch, o.MaskRatio, 0)
		if err == nil && m.Count() == 0 {
			err = fmt.Errorf("data: a mask ratio of %v hides none of %d patches: want a larger ratio or size", o.MaskRatio, len(m.Hidden))
		}
		if err != nil {
			return nil, err
		}
	}
	l := &Loader{o: o, cache: c, pictures: pictures, byLabel: map[int][]int{}}
	for _, i := range pictures {
		l.byLabel[c.d.Label(i)] = append(l.byLabel[c.d.Label(i)], i)
	}
	return l, nil
}

// train fills one place of a training batch.
func (l *Loader) train(g *augmenter, b *Batch, place int) error {
	// Places are counted through the whole step, so that the size of a micro-batch
	// changes no picture.
	step, at := uint64(b.Step), uint64(b.Part*len(b.Pictures)+place)
	i, m, err := l.readable(b.Pictures[place], step, at)
	if err != nil {
		return err
	}
	g.augment(l.image(b, place), m, l.o.Size, &l.o.Augment, newRand(l.o.Seed, forAugment, step, at))
	return l.annotate(b, place, i, key(l.o.Seed, forMask, step, at))
}

// eval fills one place of an evaluation's batch.
func (l *Loader) eval(_ *augmenter, b *Batch, place int) error {
	if i := b.Pictures[place]; i >= 0 {
		if m, err := l.cache.Load(i); err == nil {
			m.Square(l.o.Size).Normalized(l.image(b, place))
			return l.annotate(b, place, i, key(l.o.Seed, forMask, uint64(i)))
		}
	}
	clear(l.image(b, place))
	return l.annotate(b, place, -1, key(l.o.Seed, forMask))
}

// image returns the pixels of one place.
func (l *Loader) image(b *Batch, place int) []float32 {
	n := l.o.Size * l.o.Size * 3
	return b.Images[place*n : (place+1)*n]
}

// annotate fills what a place has beside its pixels; picture -1 is none.
func (l *Loader) annotate(b *Batch, place, picture int, maskSeed uint64) (err error) {
	b.Pictures[place], b.Labels[place] = picture, -1
	if picture >= 0 {
		b.Labels[place] = l.cache.d.Label(picture)
	}
	if k := len(l.cache.d.Classes); k > 0 {
		target := b.Targets[place*k : (place+1)*k]
		clear(target)
		if label := b.Labels[place]; label >= 0 {
			spread := l.o.Smoothing / float64(k)
			for c := range target {
				target[c] = float32(spread)
			}
			target[label] = float32(1 - l.o.Smoothing + spread)
		}
	}
	if l.o.MaskRatio > 0 {
		side := l.o.Size / Patch
		b.Masks[place], err = RandomMask(side, side, l.o.MaskRatio, maskSeed)
	}
	return err
}

// readable returns picture i or, where it cannot be read, another: the next one
// of its class after a place by chance that can be, or else of any class.
func (l *Loader) readable(i int, step, at uint64) (int, *Bitmap, error) {
	m, first := l.cache.Load(i)
	if first == nil {
		return i, m, nil
	}
	r := newRand(l.o.Seed, forReplacement, step, at)
	for _, others := range [][]int{l.byLabel[l.cache.d.Label(i)], l.pictures} {
		begin := r.IntN(len(others))
		for k := range others {
			j := others[(begin+k)%len(others)]
			if m, err := l.cache.Load(j); err == nil {
				return j, m, nil
			}
		}
	}
	return 0, nil, fmt.Errorf("data: %s: none of the training pictures (%d) can be read; one of them: %w", l.cache.d.Path, len(l.pictures), first)
}
