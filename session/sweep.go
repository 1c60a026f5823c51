package session

import (
	"context"
	"fmt"

	"unmask/data"
	"unmask/model"
)

// SweepStep is where one reconstruction of a sweep stands in it.
type SweepStep struct {
	Index  int     `json:"index"`
	Total  int     `json:"total"`
	Ratio  float64 `json:"ratio"`
	Hidden string  `json:"hidden"` // mask bits
}

// doSweep reconstructs the picture in hand at each of several mask ratios. The
// masks have one seed, so that each hides what a smaller ratio hides, and more.
func (s *Session) doSweep(ctx context.Context, c Command, send, emit func(Event)) error {
	if len(c.Ratios) == 0 || len(c.Ratios) > MostMasks {
		return problem("mask", fmt.Errorf("session: a sweep of %d mask ratios: want 1 to %d", len(c.Ratios), MostMasks), "")
	}
	if s.picture == nil {
		return missingPicture()
	}
	turn := s.turns(ctx, emit)
	for i, ratio := range c.Ratios {
		m, err := data.RandomMask(s.picture.H/model.Patch, s.picture.W/model.Patch, ratio, c.Seed)
		if err != nil {
			return problem("mask", err, "")
		}
		r, err := s.Reconstruct(ctx, m)
		if err != nil {
			return err
		}
		send(Event{Kind: EvSweep, Reconstruction: &r.Reconstruction, Note: r.Note, Blobs: [][]byte{r.Composite.RGBA()},
			Sweep: &SweepStep{Index: i, Total: len(c.Ratios), Ratio: ratio, Hidden: m.Bits()}})
		if i < len(c.Ratios)-1 && !turn.goesOn() {
			turn.giveWay(send)
			return nil
		}
	}
	return nil
}
