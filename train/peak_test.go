package train

import (
	"context"
	"math"
	"testing"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/testdevice"
	"unmask/model"
)

// TestPeakIsThePlans: what a whole run, validation and checkpoints with it, takes of the
// GPU at once is what was told before it began, within a tenth.
func TestPeakIsThePlans(t *testing.T) {
	testdevice.GPU(t)
	atto, err := model.Size("atto")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []Kind{Finetune, Pretrain} {
		t.Run(string(kind), func(t *testing.T) {
			c := job(kind)
			c.Model = atto
			if kind == Pretrain {
				c.Model = atto.WithDecoder(1, 512)
			}
			c.Size, c.Batch, c.Micro, c.Epochs = 96, 8, 8, 1
			var used *gpu.Device
			r := start(t, Options{Config: c, Store: Memory{}, Data: striped(t, kind == Finetune, 12), Open: func(ctx context.Context) (device.Device, error) {
				d, err := gpu.Open(ctx, gpu.Options{})
				used = d
				return d, err
			}})
			if err := r.Train(context.Background()); err != nil {
				t.Fatal(err)
			}
			plan, peak := float64(r.Need().Peak), float64(used.PeakBytes())
			t.Logf("planned %.1f MB, used %.1f MB", plan/1e6, peak/1e6)
			if math.Abs(peak-plan) > plan/10 {
				t.Errorf("the run took %.1f MB at once, planned were %.1f", peak/1e6, plan/1e6)
			}
		})
	}
}
