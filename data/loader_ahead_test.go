package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slow returns a data set whose files take a while, and counts the reads.
func slow(t *testing.T, n int, wait time.Duration) (*Dataset, *atomic.Int64) {
	t.Helper()
	var reads atomic.Int64
	picture := pngFile(t, fields(8, 6))
	var files []file
	for i := range n {
		files = append(files, file{path: fmt.Sprintf("%03d.png", i), open: func() (io.ReadCloser, error) {
			reads.Add(1)
			time.Sleep(wait)
			return io.NopCloser(bytes.NewReader(picture)), nil
		}})
	}
	s, err := newSource("slow", files)
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDataset("slow", s, DatasetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	reads.Store(0) // opening looks at one
	return d, &reads
}

// The tests below run in a bubble, where time is exact and a goroutine that is
// left behind fails the test.

func TestLoaderStaysAheadAndNoFurther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, reads := slow(t, 100, time.Second)
		o := LoaderOptions{Size: 32, Batch: 5, Augment: PretrainAugment(), Workers: 2, Ahead: 3}
		l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		time.Sleep(time.Hour)
		if got := reads.Load(); got != 20 { // three and the one that the consumer will hold
			t.Errorf("%d pictures were read ahead, want 20", got)
		}
		for range 4 {
			if _, err := l.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if l.Waited() != 0 {
			t.Errorf("waited %v for what was there", l.Waited())
		}
		// Three batches were given back and are on their way: five pictures by two
		// workers that began together take 3 s.
		if _, err := l.Next(); err != nil {
			t.Fatal(err)
		}
		if l.Waited().Round(time.Millisecond) != 3*time.Second { // in the browser a worker sleeps in between
			t.Errorf("waited %v, want 3 s", l.Waited())
		}
	})
}

func TestLoaderBoundsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, reads := slow(t, 100, time.Second)
		o := LoaderOptions{Size: 32, Batch: 5, Augment: PretrainAugment(), Ahead: 50, AheadBytes: 2 * 5 * 32 * 32 * 3 * 4}
		l, err := NewTrainLoader(t.Context(), NewCache(d, 0, 0), d.Train, 0, o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		time.Sleep(time.Hour)
		if got := reads.Load(); got != 15 {
			t.Errorf("%d pictures were read ahead, want 15", got)
		}
	})
}

func TestLoaderStopsWhenCancelled(t *testing.T) {
	for name, when := range map[string]time.Duration{"at once": 0, "in a batch": 1500 * time.Millisecond, "when full": time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			d, _ := slow(t, 100, time.Second)
			ctx, cancel := context.WithCancel(t.Context())
			o := LoaderOptions{Size: 32, Batch: 5, Augment: PretrainAugment(), Workers: 2}
			l, err := NewTrainLoader(ctx, NewCache(d, 0, 0), d.Train, 0, o)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(when, cancel)
			if when == time.Hour {
				time.Sleep(2 * when)
			}
			_, err = l.Next()
			if when == 1500*time.Millisecond && err == nil {
				t.Errorf("%s: a batch came in spite of it", name)
			}
			cancel()
			for range 2 {
				if _, err = l.Next(); !errors.Is(err, context.Canceled) {
					t.Errorf("%s: error is %v", name, err)
				}
			}
			// Without Close: the goroutines must end by themselves, the reads being over.
			time.Sleep(time.Minute)
		})
	}
}

func TestLoaderCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, reads := slow(t, 100, time.Second)
		l, err := NewEvalLoader(t.Context(), NewCache(d, 0, 0), d.Train, LoaderOptions{Size: 32, Batch: 5, Workers: 4})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		l.Close()
		before := reads.Load()
		time.Sleep(time.Hour)
		if reads.Load() != before {
			t.Error("it reads on after Close")
		}
		wantError(t, "after Close", func() error { _, err := l.Next(); return err }(), "data: loading was stopped: context canceled")
	})
}
