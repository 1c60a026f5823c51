package session

import (
	"context"
	"math"
	"slices"
	"testing"

	"unmask/data"
	"unmask/internal/numtest"
)

// withPicture is a session with a masked autoencoder and a picture of 2 x 3 patches.
func withPicture(t *testing.T, s *Session) *Session {
	t.Helper()
	if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SetPicture("a.png", scene(96, 64, 1), 64); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestChannels: the statistics are those of the visible positions, and GRN's parts
// are the formula's.
func TestChannels(t *testing.T) {
	m, err := data.ParseMask("011010", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, s *Session) {
		withPicture(t, s)
		const block, side = "stages.1.0", 4
		before, x, err := s.Channels(context.Background(), block+".pwconv1", m)
		if err != nil {
			t.Fatal(err)
		}
		after, y, err := s.Channels(context.Background(), block+".grn", m)
		if err != nil {
			t.Fatal(err)
		}
		c := before.Count
		if before.Rows != 2*side || before.Cols != 3*side || c != 32 || len(before.Of) != c || after.Count != c {
			t.Fatalf("%d x %d positions, %d channels", before.Rows, before.Cols, c)
		}
		gamma, _ := s.file.Tensor(block + ".grn.gamma")
		beta, _ := s.file.Tensor(block + ".grn.beta")
		norm, mean := make([]float64, c), 0.0
		for k := range c {
			for p := range 6 * side * side {
				norm[k] += math.Pow(float64(x.Data[p*c+k]), 2) // hidden positions are 0
			}
			norm[k] = math.Sqrt(norm[k])
			mean += norm[k] / float64(c)
		}
		different := false
		for k := range c {
			g, n := before.Of[k].GRN, norm[k]/(mean+1e-6)
			if g.Before != before.Of[k].RMS || after.Of[k].GRN.Before != g.Before {
				t.Fatalf("channel %d: RMS before GRN is %v and %v, want %v", k, g.Before, after.Of[k].GRN.Before, before.Of[k].RMS)
			}
			if math.Abs(g.N-n) > 1e-9*n || g.Gamma != float64(gamma.Data[k]) || g.Beta != float64(beta.Data[k]) {
				t.Fatalf("channel %d: %+v, want N %v, gamma %v, beta %v", k, *g, n, gamma.Data[k], beta.Data[k])
			}
			lo, hi, sum, count := math.Inf(1), math.Inf(-1), 0.0, 0
			for p, seen := range seenPositions(m, side) {
				v := float64(x.Data[p*c+k])
				want := float64(gamma.Data[k])*v*n + float64(beta.Data[k]) + v
				if !seen {
					want = 0
				} else {
					lo, hi, sum, count = min(lo, want), max(hi, want), sum+want*want, count+1
				}
				if got := float64(y.Data[p*c+k]); math.Abs(got-want) > 1e-5+1e-5*math.Abs(want) {
					t.Fatalf("channel %d, position %d is %v after GRN, want %v", k, p, got, want)
				}
				different = different || y.Data[p*c+k] != x.Data[p*c+k]
			}
			got, rms := after.Of[k], math.Sqrt(sum/float64(count))
			for name, pair := range map[string][2]float64{"min": {got.Min, lo}, "max": {got.Max, hi}, "RMS": {got.RMS, rms}, "RMS beside that before": {got.GRN.After, rms}} {
				if math.Abs(pair[0]-pair[1]) > 1e-5+1e-4*math.Abs(pair[1]) {
					t.Errorf("channel %d: %s after GRN is %v, want %v", k, name, pair[0], pair[1])
				}
			}
		}
		if !different {
			t.Error("GRN of the fixture changes nothing: this shows nothing")
		}
	})
}

// TestChannelsAreWhatTheNextLayerGets: GRN computed here is the one that the network
// computes, whose output through the second linear layer is the block's.
func TestChannelsAreWhatTheNextLayerGets(t *testing.T) {
	s := withPicture(t, opened(t, "cpu"))
	m := data.NewMask(2, 3)
	_, y, err := s.Channels(context.Background(), "stages.0.0.grn", m)
	if err != nil {
		t.Fatal(err)
	}
	maps, err := s.Features(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := s.file.Tensor("stages.0.0.pwconv2.weight") // (C, 4C)
	bias, _ := s.file.Tensor("stages.0.0.pwconv2.bias")
	residual, want := maps[0].Data, maps[1].Data
	c, wide := maps[1].Shape[3], y.Shape[3]
	got := make([]float32, len(want))
	for p := range len(want) / c {
		for k := range c {
			sum := float64(bias.Data[k]) + float64(residual[p*c+k])
			for j := range wide {
				sum += float64(w.Data[k*wide+j]) * float64(y.Data[p*wide+j])
			}
			got[p*c+k] = float32(sum)
		}
	}
	numtest.Check(t, numtest.Network, "output of the block", got, want)
}

func TestChannelsCommand(t *testing.T) {
	s := withPicture(t, opened(t, "cpu"))
	e := one(t, s, Command{Do: DoChannels, Layer: "stages.0.0", Hidden: "010010"}, EvChannels)
	if len(e.Blobs) != 1 || len(e.Blobs[0]) != e.Channels.Count*e.Channels.Rows*e.Channels.Cols {
		t.Fatalf("%d blobs for %+v", len(e.Blobs), e.Channels)
	}
	m, err := data.ParseMask("010010", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	seen := seenPositions(m, e.Channels.Rows/2)
	// levels are the least and the greatest of a channel's map.
	levels := func(maps []byte, k int) (lo, hi byte) {
		lo = LevelHidden
		for p, v := range maps[k*len(seen):][:len(seen)] {
			if (v == LevelHidden) == seen[p] {
				t.Fatalf("channel %d, position %d is %d, visible is %v", k, p, v, seen[p])
			}
			if seen[p] {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		return lo, hi
	}
	for k := range e.Channels.Count {
		if lo, hi := levels(e.Blobs[0], k); lo != 0 || hi != LevelMax {
			t.Errorf("channel %d reaches from %d to %d, want 0 to %d", k, lo, hi, LevelMax)
		}
	}
	shared := one(t, s, Command{Do: DoChannels, Layer: "stages.0.0", Hidden: "010010", Shared: true}, EvChannels).Blobs[0]
	full := 0
	for k := range e.Channels.Count {
		if _, hi := levels(shared, k); hi == LevelMax {
			full++
		}
	}
	if full != 1 {
		t.Errorf("with one scale %d channels reach its end, want 1", full)
	}
	for _, name := range e.Layers {
		one(t, s, Command{Do: DoChannels, Layer: name, Hidden: "000000"}, EvChannels)
	}
	if !slices.Contains(e.Layers, "stages.3.0.grn") || len(e.Layers) != 4+3*4 {
		t.Errorf("the layers are %q", e.Layers)
	}
	for _, c := range []Command{
		{Do: DoChannels, Layer: "stages.9.0", Hidden: "000000"},
		{Do: DoChannels, Layer: "stages.0.0", Hidden: "0"},
		{Do: DoChannels, Layer: "stages.0.0", Hidden: "111111"},
	} {
		one(t, s, c, EvError)
	}
}

// TestIdleChannels: one dead, one saturated, one that tells something.
func TestIdleChannels(t *testing.T) {
	m := []float32{1, 5, 0, -1, 5.01, 0.001, 1, 5, 0}
	if dead, saturated := idle(m, 3); dead != 1 || saturated != 1 {
		t.Errorf("%d dead, %d saturated, want 1 and 1", dead, saturated)
	}
}

// TestCollapseOfAPicture: the state in force, GRN off and V1, and the weights stay.
func TestCollapseOfAPicture(t *testing.T) {
	s := withPicture(t, opened(t, "cpu"))
	net := s.net
	events := do(s, Command{Do: DoCollapse})
	e := events[len(events)-1]
	if e.Kind != EvCollapse || len(events) != 4 {
		t.Fatalf("answers %s", describe(events))
	}
	r := e.Collapse
	if len(r.Series) != 3 || len(r.Layers) != 4 || s.net != net {
		t.Fatalf("%+v", r)
	}
	on, off, v1 := r.Series[0].Distance, r.Series[1].Distance, r.Series[2].Distance
	if on[0] != off[0] || on[1] == off[1] || on[0] == v1[0] {
		t.Errorf("as loaded %v, GRN off %v, V1 %v: want the first alike but for V1", on, off, v1)
	}
	one(t, opened(t, "cpu"), Command{Do: DoCollapse}, EvError)
}
