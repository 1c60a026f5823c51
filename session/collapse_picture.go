package session

import (
	"context"
	"fmt"

	"unmask/data"
	"unmask/model"
	"unmask/train"
)

// doCollapse measures feature collapse for the picture in hand, nothing hidden: the
// weights in force, the same with GRN switched off, and a ConvNeXt V1 of that size
// before any training.
func (s *Session) doCollapse(ctx context.Context, send, emit func(Event)) error {
	if s.picture == nil {
		return missingPicture()
	}
	if err := s.ready(data.NewMask(s.picture.H/model.Patch, s.picture.W/model.Patch)); err != nil {
		return err
	}
	cfg, file := s.net.Config, s.file
	states := []struct {
		name string
		open func() (*model.Network, error) // nil: the one in force
	}{
		{"as loaded", nil},
		{"GRN off", func() (*model.Network, error) { return s.network(cfg, withoutGRN(file)) }},
		{"ConvNeXt V1, untrained", func() (*model.Network, error) {
			v1 := cfg
			v1.V1 = true
			return train.RandomNetwork(s.dev, v1, 0)
		}},
	}
	if cfg.V1 {
		states = states[:1]
	}
	r := &CollapseReport{Weights: s.info.Name, Pictures: 1, Size: min(s.picture.H, s.picture.W), Skipped: []string{}}
	for _, t := range cfg.ExpansionTaps() {
		r.Layers = append(r.Layers, t.Name)
	}
	turn := s.turns(ctx, emit)
	for i, state := range states {
		if i > 0 && !turn.goesOn() {
			turn.giveWay(send)
			return nil
		}
		send(Event{Kind: EvProgress, Progress: &Progress{What: "collapse", Done: float64(i), Total: float64(len(states)), Unit: "networks"}})
		c := newCollapseSeries(state.name, len(r.Layers))
		_, err := s.recover(ctx, func() error {
			net := s.net
			if state.open != nil {
				var err error
				if net, err = state.open(); err != nil {
					return err
				}
				defer net.Release()
			}
			maps, err := spread(ctx, net, s.pixels, s.whole(), model.Expansions, net.Config.ExpansionTaps())
			if err == nil {
				c.add(maps)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("session: feature collapse, %s: %w", state.name, err)
		}
		c.end(1)
		r.Series = append(r.Series, c)
	}
	send(Event{Kind: EvCollapse, Collapse: r})
	return nil
}

// whole is the layout of the picture in hand with nothing hidden.
func (s *Session) whole() *model.Layout {
	rows, cols := s.picture.H/model.Patch, s.picture.W/model.Patch
	l, err := model.NewLayout(rows, cols, [][]bool{make([]bool, rows*cols)})
	if err != nil {
		panic(fmt.Sprintf("BUG: session: nothing hidden of %d x %d patches: %v", rows, cols, err))
	}
	return l
}
