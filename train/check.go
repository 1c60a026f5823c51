package train

import (
	"context"

	"unmask/internal/numtest"
	"unmask/model"
)

// Check lets whoever takes the weights elsewhere see that they compute the same
// there: the logits of seeded image 0 (bench/peers/README.md tells how to make it),
// (Size, Size, 3), already normalised.
type Check struct {
	Image  string    `json:"image"`
	Size   int       `json:"size"`
	Logits []float32 `json:"logits"`
}

func newCheck(ctx context.Context, net *model.Network, size int) (*Check, error) {
	side := size / model.Patch
	out, err := net.Run(ctx, model.Classify, numtest.SeededImages(1, size, size), model.Dense(1, side, side), "logits")
	if err != nil {
		return nil, err
	}
	return &Check{Image: "seeded image 0", Size: size, Logits: out[0]}, nil
}
