package session

import (
	"context"
	"slices"
	"testing"

	"unmask/data"
	"unmask/internal/numtest"
)

// TestFeaturesOfEveryLayer: names and shapes follow the network, hidden
// positions hold zeros, visible ones do not, and what is hidden has no influence.
func TestFeaturesOfEveryLayer(t *testing.T) {
	wantNames := []string{
		"downsample_layers.0", "stages.0.0", "downsample_layers.1", "stages.1.0",
		"downsample_layers.2", "stages.2.0", "downsample_layers.3", "stages.3.0",
	}
	wantShapes := [][]int{{1, 16, 24, 8}, {1, 16, 24, 8}, {1, 8, 12, 8}, {1, 8, 12, 8}, {1, 4, 6, 16}, {1, 4, 6, 16}, {1, 2, 3, 16}, {1, 2, 3, 16}}
	m, err := data.ParseMask("011010", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	var devices [][]FeatureMap
	each(t, func(t *testing.T, s *Session) {
		if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.SetPicture("a.png", scene(96, 64, 1), 64); err != nil {
			t.Fatal(err)
		}
		maps, err := s.Features(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range maps {
			if f.Name != wantNames[i] || !slices.Equal(f.Shape, wantShapes[i]) || len(f.Data) != f.Shape[1]*f.Shape[2]*f.Shape[3] {
				t.Errorf("map %d is %s %v, want %s %v", i, f.Name, f.Shape, wantNames[i], wantShapes[i])
			}
			h, w, c := f.Shape[1], f.Shape[2], f.Shape[3]
			for at := 0; at < h*w; at++ {
				hidden := m.Hidden[at/w*2/h*3+at%w*3/w]
				zeros := !slices.ContainsFunc(f.Data[at*c:(at+1)*c], func(v float32) bool { return v != 0 })
				if zeros != hidden {
					t.Fatalf("%s at row %d, column %d: all zero is %t, hidden is %t", f.Name, at/w, at%w, zeros, hidden)
				}
			}
		}
		if len(maps) != len(wantNames) {
			t.Errorf("%d maps, want %d", len(maps), len(wantNames))
		}
		dense, err := s.Features(context.Background(), data.NewMask(2, 3))
		if err != nil {
			t.Fatal(err)
		}
		if last := dense[7]; slices.Contains(last.Data, 0) && slices.Equal(last.Data, maps[7].Data) {
			t.Error("the mask makes no difference")
		}
		devices = append(devices, maps)
	})
	if len(devices) == 2 {
		for i := range devices[0] {
			numtest.Check(t, numtest.Network, devices[0][i].Name+" on GPU and CPU", devices[0][i].Data, devices[1][i].Data)
		}
	}
}

// TestFeaturesCommand: the event carries what the method gives.
func TestFeaturesCommand(t *testing.T) {
	s := opened(t, "cpu")
	if _, err := s.LoadWeights("fcmae", fixture(t, "fcmae.safetensors")); err != nil {
		t.Fatal(err)
	}
	if events := do(s, Command{Do: DoFeatures, Hidden: "010010"}); len(events) != 1 || events[0].Error == nil || events[0].Error.Code != "picture" {
		t.Errorf("without a picture: %s", describe(events))
	}
	if _, _, err := s.SetPicture("a.png", scene(96, 64, 1), 64); err != nil {
		t.Fatal(err)
	}
	m, err := data.ParseMask("010010", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Features(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	e := one(t, s, Command{Do: DoFeatures, Hidden: m.Bits()}, EvFeatures)
	if len(e.Tensors) != len(want) || len(e.Blobs) != len(want) {
		t.Fatalf("%d names and %d blobs, want %d", len(e.Tensors), len(e.Blobs), len(want))
	}
	for i, f := range want {
		if e.Tensors[i].Name != f.Name || !slices.Equal(e.Tensors[i].Shape, f.Shape[1:]) || !slices.Equal(Floats(e.Blobs[i]), f.Data) {
			t.Errorf("layer %d is %v, want %s %v with the same values", i, e.Tensors[i], f.Name, f.Shape)
		}
	}
	one(t, s, Command{Do: DoFeatures, Hidden: "01"}, EvError)
}
