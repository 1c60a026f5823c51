package train

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"unmask/internal/numtest"
	"unmask/model"
)

// TestLayersAreTheOfficialOnes: the number and the factor of every parameter, both
// kinds of layer-wise decay.
func TestLayersAreTheOfficialOnes(t *testing.T) {
	b, err := os.ReadFile(numtest.GoldenPath(t, "layer_decay.json"))
	if err != nil {
		t.Fatal(err)
	}
	type kinds map[LayerDecay]struct {
		Scales []float64
		Layers map[string]int
	}
	var golden struct {
		Decay      float64
		Atto, Base kinds
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]kinds{"atto": golden.Atto, "base": golden.Base} {
		cfg, err := model.Size(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []LayerDecay{SingleDecay, GroupDecay} {
			g := want[kind]
			if len(g.Layers) < 100 {
				t.Fatalf("%s, %s: %d parameters", name, kind, len(g.Layers))
			}
			for p, id := range g.Layers {
				if got, _ := layer(kind, p, cfg.Depths); got != id {
					t.Errorf("%s, %s: %s is of layer %d, want %d", name, kind, p, got, id)
				}
				if got := LRScale(kind, golden.Decay, p, cfg.Depths); math.Abs(got-g.Scales[id]) > 1e-12 {
					t.Errorf("%s, %s: the factor of %s is %v, want %v", name, kind, p, got, g.Scales[id])
				}
			}
		}
	}
	if got := LRScale(NoLayerDecay, 0.5, "head.weight", [4]int{2, 2, 6, 2}); got != 1 {
		t.Errorf("without decay the factor is %v", got)
	}
}
