package session

import (
	"context"
	"fmt"
	"math"
	"sort"

	"unmask/data"
	"unmask/model"
)

// Classify returns the logits of one picture file, pre-processed for evaluation.
func (s *Session) Classify(ctx context.Context, name string, b []byte, size int) ([]float32, data.Notes, error) {
	if err := s.canClassify(); err != nil {
		return nil, nil, err
	}
	if size == 0 {
		size = DefaultSize
	}
	if err := checkSide(size); err != nil {
		return nil, nil, err
	}
	p, notes, err := data.Decode(name, b)
	if err != nil {
		return nil, nil, problem("picture", err, "")
	}
	logits, err := s.Forward(ctx, p.Square(size).Normalized(nil), 1, size)
	return logits, notes, err
}

// Forward computes logits (batch, classes) of normalised pictures (batch, size, size, 3).
func (s *Session) Forward(ctx context.Context, images []float32, batch, size int) ([]float32, error) {
	if err := s.canClassify(); err != nil {
		return nil, err
	}
	if err := checkSide(size); err != nil {
		return nil, err
	}
	if want := batch * size * size * 3; batch < 1 || len(images) != want {
		return nil, problem("picture", fmt.Errorf("session: %d pictures of %d x %d pixels: want %d values, got %d", batch, size, size, max(want, 0), len(images)), "")
	}
	layout := model.Dense(batch, size/model.Patch, size/model.Patch)
	var out [][]float32
	_, err := s.recover(ctx, func() (err error) {
		out, err = s.net.Run(ctx, model.Classify, images, layout, "logits")
		return err
	})
	if err != nil {
		return nil, err
	}
	return out[0], finite(out[0])
}

func (s *Session) canClassify() error {
	switch {
	case s.net == nil:
		return problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
	case s.net.Config.Classes == 0:
		return problem("weights", fmt.Errorf("session: %s has no classifier head", s.info.Name), "load weights of a fine-tuned classifier")
	}
	return nil
}

// checkSide refuses a side of square pictures that is not whole patches.
func checkSide(size int) error {
	if size%model.Patch != 0 && size > MinSize && size < MaxSize {
		low := size / model.Patch * model.Patch
		return problem("picture", fmt.Errorf("session: size %d: want a multiple of %d, such as %d or %d", size, model.Patch, low, low+model.Patch), "")
	}
	return checkSize(size)
}

// TopK turns one picture's logits into the k likeliest classes by softmax.
func (s *Session) TopK(logits []float32, k int) []ClassScore {
	top := math.Inf(-1)
	for _, v := range logits {
		top = max(top, float64(v))
	}
	sum := 0.0
	scores := make([]ClassScore, len(logits))
	for i, v := range logits {
		e := math.Exp(float64(v) - top)
		sum += e
		scores[i] = ClassScore{Index: i, Label: s.label(i), P: e}
	}
	for i := range scores {
		scores[i].P /= sum
	}
	sort.SliceStable(scores, func(i, j int) bool { return scores[i].P > scores[j].P })
	return scores[:min(max(k, 1), len(scores))]
}

func (s *Session) label(i int) string {
	if i < len(s.classes) {
		return s.classes[i]
	}
	return fmt.Sprintf("class %d", i)
}
