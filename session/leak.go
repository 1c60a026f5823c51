package session

import (
	"context"
	"fmt"
	"slices"

	"unmask/model"
)

// LeakLayer tells how far the visible part of a picture reaches at one layer: Dense
// and Sparse are the shares of the hidden positions whose values depend on it. Dense
// is measured, Sparse 0 by definition: a sparse encoder has no values there. The
// event has two blobs for each layer, Rows x Cols bytes each, dense first: one of the
// Reach values.
type LeakLayer struct {
	Layer  string  `json:"layer"`
	Rows   int     `json:"rows"`
	Cols   int     `json:"cols"`
	Dense  float64 `json:"dense"`
	Sparse float64 `json:"sparse"`
}

// What a position of a leak's map is.
const (
	ReachNone    = 0 // hidden, and what is visible does not get there
	ReachLeaked  = 1 // hidden, and it depends on what is visible
	ReachVisible = 2
)

// doLeak runs the dense encoder on the picture in hand with its hidden pixels at zero,
// and again with the visible ones negated: a position that is not the same depends on
// what is visible. A dense encoder sees all patches, so that each 7x7 convolution
// carries the visible part three positions further; the sparse one has no hidden
// positions (arXiv 2301.00808, sec. 3.1). GRN is off for this, since its norms would
// carry something of every position to all others at once.
func (s *Session) doLeak(ctx context.Context, c Command, send func(Event)) error {
	m, err := s.parseMask(c.Hidden)
	if err != nil {
		return err
	}
	if err := s.ready(m); err != nil {
		return err
	}
	if n := m.Count(); n == 0 || n == len(m.Hidden) {
		return problem("mask", fmt.Errorf("session: %d of %d patches are hidden: nothing can reach from the visible to the hidden ones", n, len(m.Hidden)), "hide some of them")
	}
	plain, negated := slices.Clone(s.pixels), make([]float32, len(s.pixels))
	width := m.Cols * model.Patch
	for i := range plain {
		y, x := i/3/width, i/3%width
		if m.Hidden[y/model.Patch*m.Cols+x/model.Patch] {
			plain[i] = 0
		}
		negated[i] = -plain[i]
	}
	taps := s.net.Config.Taps()
	e := Event{Kind: EvLeak}
	_, err = s.recover(ctx, func() error {
		net, err := s.network(s.net.Config, withoutGRN(s.file))
		if err != nil {
			return err
		}
		defer net.Release()
		a, err := spread(ctx, net, plain, s.whole(), model.Features, taps)
		if err != nil {
			return err
		}
		b, err := spread(ctx, net, negated, s.whole(), model.Features, taps)
		if err != nil {
			return err
		}
		e.Leak, e.Blobs = nil, nil
		for i, t := range taps {
			seen := seenPositions(m, t.Side)
			dense, sparse := reach(a[i], b[i], seen), reach(a[i], a[i], seen)
			e.Leak = append(e.Leak, LeakLayer{Layer: t.Name, Rows: a[i].Shape[1], Cols: a[i].Shape[2], Dense: leaked(dense)})
			e.Blobs = append(e.Blobs, dense, sparse)
		}
		return nil
	})
	if err != nil {
		return err
	}
	send(e)
	return nil
}

// reach compares two maps position by position.
func reach(a, b FeatureMap, seen []bool) []byte {
	c := a.Shape[3]
	out := make([]byte, len(seen))
	for p, visible := range seen {
		switch {
		case visible:
			out[p] = ReachVisible
		case !slices.Equal(a.Data[p*c:(p+1)*c], b.Data[p*c:(p+1)*c]):
			out[p] = ReachLeaked
		}
	}
	return out
}

// leaked is the share of the hidden positions that were reached.
func leaked(reached []byte) float64 {
	hidden, n := 0, 0
	for _, r := range reached {
		if r != ReachVisible {
			hidden++
		}
		if r == ReachLeaked {
			n++
		}
	}
	return float64(n) / float64(hidden)
}
