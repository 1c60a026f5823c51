package data

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// LoaderOptions fix what a loader delivers. Workers, Ahead and AheadBytes alone
// change nothing in it.
type LoaderOptions struct {
	Size  int // side of the pictures in pixels
	Batch int // pictures of an optimiser step; of an evaluation, of a delivered batch
	Micro int // training: pictures of a delivered batch, which divides Batch; 0: Batch
	Seed  uint64

	Balance   float64 // training: see NewSampler
	Augment   Augment // training
	Mix       Mix     // training
	Smoothing float64 // training: this share of a target is spread over all classes; 0 where the loss does it
	MaskRatio float64 // over 0: each picture gets a mask; Size must be whole patches

	Workers    int   // goroutines that decode and augment; 0: as many as the machine runs, 1 in the browser
	Ahead      int   // batches that may wait for the consumer; 0: 3
	AheadBytes int64 // and the bytes of their pictures, though one may always wait; 0: 256 MB, 64 MB in the browser
}

// Batch is a part of a step, or of an evaluation. It is valid until the next
// call of Next.
type Batch struct {
	Step, Part int       // of an evaluation: 0 and the number of the batch
	Pictures   []int     // (N) numbers in the data set; -1 where a place of an evaluation is empty
	Images     []float32 // (N, Size, Size, 3), normalised; an empty place is 0
	Labels     []int     // (N) -1 where there is none
	Targets    []float32 // (N, classes), which add up to 1; nil without labels; an empty place is 0
	Masks      []Mask    // (N), nil without a mask ratio

	left atomic.Int32  // places that are not ready
	done chan struct{} // closed when all are
	err  error         // guarded by once until done is closed
	once sync.Once
}

// Loader decodes and augments pictures beside the GPU, a bounded number of
// batches ahead, and delivers them in order. A place whose picture cannot be
// read gets another one of its class in training, which depends on the seed and
// the place only, and stays empty in an evaluation; Cache.Unreadable names them.
type Loader struct {
	o        LoaderOptions
	cache    *Cache
	pictures []int
	byLabel  map[int][]int // pictures, where a replacement is looked for
	plan     func(n int, b *Batch) bool
	make     func(g *augmenter, b *Batch, place int) error
	finish   func(b *Batch)

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	tasks  chan task
	ready  chan *Batch // in order, perhaps not done
	free   chan *Batch

	last   *Batch // what the consumer holds
	err    error  // what ended the delivery
	waited atomic.Int64
}

// task is one place of a batch to fill.
type task struct {
	batch *Batch
	place int
}

// start runs the goroutines of a loader whose functions are set; each delivered
// batch has n places.
func (l *Loader) start(ctx context.Context, n int) {
	workers, ahead, bytes := l.o.Workers, l.o.Ahead, l.o.AheadBytes
	if workers == 0 {
		workers = defaultWorkers()
	}
	if ahead == 0 {
		ahead = 3
	}
	if bytes == 0 {
		bytes = defaultAheadBytes
	}
	each := 4 * int64(n) * int64(l.o.Size) * int64(l.o.Size) * 3
	ahead = int(min(int64(ahead), max(bytes/each, 1)))

	l.ctx, l.cancel = context.WithCancel(ctx)
	l.tasks = make(chan task)
	l.ready, l.free = make(chan *Batch, ahead+1), make(chan *Batch, ahead+1)
	for range ahead + 1 { // and the one that the consumer holds
		l.free <- l.newBatch(n)
	}
	l.wg.Add(workers + 1)
	go l.produce()
	for range workers {
		go l.work()
	}
}

func (l *Loader) newBatch(n int) *Batch {
	b := &Batch{
		Pictures: make([]int, n),
		Labels:   make([]int, n),
		Images:   make([]float32, n*l.o.Size*l.o.Size*3),
	}
	if k := len(l.cache.d.Classes); k > 0 {
		b.Targets = make([]float32, n*k)
	}
	if l.o.MaskRatio > 0 {
		b.Masks = make([]Mask, n)
	}
	return b
}

// produce hands out the places of one batch after another.
func (l *Loader) produce() {
	defer l.wg.Done()
	defer close(l.ready)
	for n := 0; ; n++ {
		var b *Batch
		select {
		case b = <-l.free:
		case <-l.ctx.Done():
			return
		}
		if !l.plan(n, b) {
			return
		}
		b.done, b.err, b.once = make(chan struct{}), nil, sync.Once{}
		b.left.Store(int32(len(b.Pictures)))
		l.ready <- b // never blocks: it holds as many as there are
		for place := range b.Pictures {
			select {
			case l.tasks <- task{b, place}:
			case <-l.ctx.Done():
				return
			}
		}
	}
}

func (l *Loader) work() {
	defer l.wg.Done()
	var g augmenter
	var breath breath
	for {
		select {
		case <-l.ctx.Done():
			return
		case t := <-l.tasks:
			if err := l.make(&g, t.batch, t.place); err != nil {
				t.batch.once.Do(func() { t.batch.err = err })
			}
			if t.batch.left.Add(-1) == 0 {
				if t.batch.err == nil {
					l.finish(t.batch)
				}
				close(t.batch.done)
			}
			breath.take()
		}
	}
}

// Next returns the next batch and takes the last one back. After the last batch
// of an evaluation it returns io.EOF; a training has no last one. It is called
// by one goroutine.
func (l *Loader) Next() (*Batch, error) {
	if l.err != nil {
		return nil, l.err
	}
	if l.last != nil {
		l.free <- l.last
		l.last = nil
	}
	begin := time.Now()
	b, err := l.await()
	l.waited.Add(int64(time.Since(begin)))
	if err != nil {
		l.err = err
		l.cancel()
		return nil, err
	}
	l.last = b
	return b, nil
}

func (l *Loader) await() (*Batch, error) {
	b, ok := <-l.ready // closed soon after a cancellation
	if err := l.ctx.Err(); err != nil {
		return nil, fmt.Errorf("data: loading was stopped: %w", err)
	}
	if !ok {
		return nil, io.EOF
	}
	select {
	case <-b.done:
		return b, b.err
	case <-l.ctx.Done():
		return nil, fmt.Errorf("data: loading was stopped: %w", l.ctx.Err())
	}
}

// Waited returns how long Next has waited for pictures in all: the time in
// which a GPU had nothing to do for want of them.
func (l *Loader) Waited() time.Duration { return time.Duration(l.waited.Load()) }

// Close stops the loader and returns when its goroutines have ended. Batches are
// no longer valid.
func (l *Loader) Close() {
	l.cancel()
	l.wg.Wait()
}

// Count returns how many places hold a picture.
func (b *Batch) Count() int {
	n := 0
	for _, i := range b.Pictures {
		if i >= 0 {
			n++
		}
	}
	return n
}
