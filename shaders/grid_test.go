package shaders_test

import (
	"testing"

	"unmask/model"
	"unmask/shaders"
)

// TestGridsOfLargeNetworks: every kernel that could run a step of the largest
// networks, batches and pictures starts at most 65,535 workgroups in a dimension.
func TestGridsOfLargeNetworks(t *testing.T) {
	for _, c := range []struct {
		size      string
		batch, px int
	}{{"tiny", 64, 224}, {"huge", 8, 224}, {"huge", 1, 1024}} {
		cfg, err := model.Size(c.size)
		if err != nil {
			t.Fatal(err)
		}
		cfg = cfg.WithDecoder(1, 512).WithHead(1000)
		side := c.px / model.Patch
		geo := model.Geometry{Images: c.batch, Height: c.px, Width: c.px, Slots: c.batch * side * side}
		spread := 0
		for _, task := range []model.Task{model.Reconstruct, model.Classify} {
			model.Build(cfg, task, geo).Steps(func(label string, op *shaders.Op, a shaders.Args) {
				for _, k := range op.Fit(a, []string{shaders.Subgroups}) {
					g := k.Grid(a)
					if min(g[0], g[1], g[2]) < 1 || max(g[0], g[1], g[2]) > 65535 {
						t.Errorf("%s of %d x %d px: %s by %s: grid %v", c.size, c.batch, c.px, label, k.Name, g)
					}
					if g[1] > 1 && !k.Shared { // one that spreads because x is full, not a tiled one
						spread++
					}
				}
			})
		}
		if spread == 0 {
			t.Errorf("%s of %d x %d px: no grid needs a second dimension: the case is too small", c.size, c.batch, c.px)
		}
	}
}
