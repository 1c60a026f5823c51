package session

import (
	"context"

	"unmask/data"
	"unmask/model"
)

// FeatureMap is the output of one layer, (1, H, W, C), zeros at hidden positions.
type FeatureMap struct {
	Name  string
	Shape []int
	Data  []float32
}

// Features returns the output of the stem, every down-sampling and every block
// for the picture in hand, in the order of the network.
func (s *Session) Features(ctx context.Context, m data.Mask) ([]FeatureMap, error) {
	return s.maps(ctx, m, model.Features, model.Config.Taps)
}

// maps runs a task and spreads the outputs that taps lists.
func (s *Session) maps(ctx context.Context, m data.Mask, task model.Task, of func(model.Config) []model.Tap) ([]FeatureMap, error) {
	if err := s.ready(m); err != nil {
		return nil, err
	}
	layout, err := model.NewLayout(m.Rows, m.Cols, [][]bool{m.Hidden})
	if err != nil {
		return nil, problem("mask", err, "")
	}
	var maps []FeatureMap
	_, err = s.recover(ctx, func() (err error) {
		maps, err = spread(ctx, s.net, s.pixels, layout, task, of(s.net.Config))
		return err
	})
	return maps, err
}

// spread runs a task of a network on pixels and spreads the outputs of taps.
func spread(ctx context.Context, net *model.Network, pixels []float32, layout *model.Layout, task model.Task, taps []model.Tap) ([]FeatureMap, error) {
	names := make([]string, len(taps))
	for i, t := range taps {
		names[i] = t.Name
	}
	out, err := net.Run(ctx, task, pixels, layout, names...)
	if err != nil {
		return nil, err
	}
	maps := make([]FeatureMap, len(taps))
	for i, t := range taps {
		h, w := layout.Rows*t.Side, layout.Cols*t.Side
		maps[i] = FeatureMap{t.Name, []int{1, h, w, t.C}, layout.Scatter(out[i], t.Side, t.C)}
	}
	return maps, nil
}

// Weights describes the loaded weights.
func (s *Session) Weights() WeightsInfo { return s.info }
