package session

import (
	"context"
	"fmt"
	"math"
	"strings"

	"unmask/data"
	"unmask/model"
	"unmask/weights"
)

// Channels describes the output of one layer for the picture in hand, channel by
// channel. The event's blob holds the maps, (Count, Rows, Cols) bytes: 0 is the
// channel's Min and LevelMax its Max, or with Command.Shared the layer's; hidden
// positions are LevelHidden.
type Channels struct {
	Layer string    `json:"layer"`
	Rows  int       `json:"rows"`
	Cols  int       `json:"cols"`
	Count int       `json:"count"`
	Of    []Channel `json:"of"`
}

// The bytes of a channel's map. The one between is left to who shows it.
const (
	LevelMax    = 253
	LevelHidden = 255
)

// Channel holds the statistics of one channel over the visible positions.
type Channel struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	RMS float64 `json:"rms"`
	GRN *GRN    `json:"grn,omitempty"` // of an expansion of ConvNeXt V2
}

// GRN is global response normalisation at one channel (arXiv 2301.00808, eq. 1 to
// 3): y = gamma (x N) + beta + x, where N is the channel's L2 norm over that of the
// channels on average.
type GRN struct {
	N      float64 `json:"n"`
	Gamma  float64 `json:"gamma"`
	Beta   float64 `json:"beta"`
	Before float64 `json:"before"` // RMS of x
	After  float64 `json:"after"`  // RMS of y
}

// The parts of a block, "stages.S.B", beside its output.
const (
	partExpanded = ".pwconv1" // its 4 C channels after GELU, where GRN acts
	partGRN      = ".grn"     // the same after GRN
)

// layerNames lists what Command.Layer of DoChannels may be: the stem and every
// down-sampling, and of each block its expansion, that after GRN, and its output.
func layerNames(c model.Config) []string {
	var names []string
	for _, t := range c.Taps() {
		if strings.HasPrefix(t.Name, "stages.") {
			names = append(names, t.Name+partExpanded)
			if !c.V1 {
				names = append(names, t.Name+partGRN)
			}
		}
		names = append(names, t.Name)
	}
	return names
}

// Channels computes one layer for the picture in hand under a mask and returns its
// description and its maps, (1, H, W, C).
func (s *Session) Channels(ctx context.Context, layer string, m data.Mask) (*Channels, FeatureMap, error) {
	if err := s.ready(m); err != nil {
		return nil, FeatureMap{}, err
	}
	block, after := strings.CutSuffix(layer, partGRN)
	of, task, name := model.Config.Taps, model.Features, layer
	if after || strings.HasSuffix(layer, partExpanded) {
		block = strings.TrimSuffix(block, partExpanded)
		of, task, name = model.Config.ExpansionTaps, model.Expansions, block+partExpanded
	}
	var tap *model.Tap
	for _, t := range of(s.net.Config) {
		if t.Name == name && !(after && s.net.Config.V1) {
			tap = &t
		}
	}
	if tap == nil {
		return nil, FeatureMap{}, problem("weights", fmt.Errorf("session: %s has no layer %q", s.info.Model, layer), "choose one of the network in hand")
	}
	maps, err := s.maps(ctx, m, task, func(model.Config) []model.Tap { return []model.Tap{*tap} })
	if err != nil {
		return nil, FeatureMap{}, err
	}
	f := maps[0]
	f.Name = layer
	c := &Channels{Layer: layer, Rows: f.Shape[1], Cols: f.Shape[2], Count: f.Shape[3]}
	seen := seenPositions(m, tap.Side)
	c.Of = statistics(f.Data, c.Count, seen)
	if task == model.Expansions && !s.net.Config.V1 {
		normalise(c.Of, s.file, block, s.net.Config.SumGRN, (len(m.Hidden)-m.Count())*tap.Side*tap.Side)
		y := responses(f.Data, c.Of, seen)
		for k, v := range statistics(y, c.Count, seen) {
			c.Of[k].GRN.After = v.RMS
			if after {
				c.Of[k].Min, c.Of[k].Max, c.Of[k].RMS = v.Min, v.Max, v.RMS
			}
		}
		if after {
			f.Data = y
		}
	}
	return c, f, nil
}

// seenPositions tells which positions of a map with side positions a patch are visible.
func seenPositions(m data.Mask, side int) []bool {
	seen := make([]bool, len(m.Hidden)*side*side)
	for i := range seen {
		y, x := i/(m.Cols*side), i%(m.Cols*side)
		seen[i] = !m.Hidden[y/side*m.Cols+x/side]
	}
	return seen
}

// statistics of the channels of a map (P, c) over the positions that are seen.
func statistics(x []float32, c int, seen []bool) []Channel {
	out := make([]Channel, c)
	for k := range out {
		out[k].Min, out[k].Max = math.Inf(1), math.Inf(-1)
	}
	n := 0.0
	for p, visible := range seen {
		if !visible {
			continue
		}
		n++
		for k, v := range x[p*c : (p+1)*c] {
			o, v := &out[k], float64(v)
			o.Min, o.Max, o.RMS = min(o.Min, v), max(o.Max, v), o.RMS+v*v
		}
	}
	for k := range out {
		out[k].RMS = math.Sqrt(out[k].RMS / n)
	}
	return out
}

// grnEpsilon keeps GRN's denominator from 0, as in the official code.
const grnEpsilon = 1e-6

// normalise fills in GRN of a block's channels; an L2 norm over the visible positions
// is the root mean square times the root of how many there are.
func normalise(of []Channel, file *weights.File, block string, sum bool, visible int) {
	gamma, _ := file.Tensor(block + ".grn.gamma")
	beta, _ := file.Tensor(block + ".grn.beta")
	root, all := math.Sqrt(float64(visible)), 0.0
	for _, c := range of {
		all += c.RMS * root
	}
	if !sum {
		all /= float64(len(of))
	}
	for k := range of {
		of[k].GRN = &GRN{N: of[k].RMS * root / (all + grnEpsilon), Gamma: float64(gamma.Data[k]), Beta: float64(beta.Data[k]), Before: of[k].RMS}
	}
}

// responses is y of GRN for a map (P, C); hidden positions stay 0.
func responses(x []float32, of []Channel, seen []bool) []float32 {
	y, c := make([]float32, len(x)), len(of)
	for p, visible := range seen {
		if !visible {
			continue
		}
		for k, v := range x[p*c : (p+1)*c] {
			g := of[k].GRN
			y[p*c+k] = float32(g.Gamma*float64(v)*g.N + g.Beta + float64(v))
		}
	}
	return y
}

// planes brings a map (H*W, C) to bytes (C, H*W).
func planes(x []float32, of []Channel, seen []bool, shared bool) []byte {
	c, positions := len(of), len(seen)
	out := make([]byte, c*positions)
	lo, hi := of[0].Min, of[0].Max
	for _, o := range of {
		lo, hi = min(lo, o.Min), max(hi, o.Max)
	}
	for k, o := range of {
		if !shared {
			lo, hi = o.Min, o.Max
		}
		scale := 0.0
		if hi > lo {
			scale = LevelMax / (hi - lo)
		}
		for p, visible := range seen {
			if visible {
				out[k*positions+p] = byte(math.Round((float64(x[p*c+k]) - lo) * scale))
			} else {
				out[k*positions+p] = LevelHidden
			}
		}
	}
	return out
}

func (s *Session) doChannels(ctx context.Context, c Command, send func(Event)) error {
	m, err := s.parseMask(c.Hidden)
	if err != nil {
		return err
	}
	info, f, err := s.Channels(ctx, c.Layer, m)
	if err != nil {
		return err
	}
	seen := seenPositions(m, info.Rows/m.Rows)
	send(Event{Kind: EvChannels, Channels: info, Layers: layerNames(s.net.Config), Blobs: [][]byte{planes(f.Data, info.Of, seen, c.Shared)}})
	return nil
}
