package session

import (
	"context"
	"errors"
	"fmt"
	"math"

	"unmask/internal/device"
	"unmask/model"
	"unmask/shaders"
	"unmask/train"
)

// stepper trains the loaded classifier as it lies on the device, one raw step at a
// time: for measurements and for holding gradients against other libraries. A run
// that is kept is StartTraining's.
type stepper struct {
	net     *model.Network
	trainer *model.Trainer
	opt     *train.Optimizer
	done    int // steps
}

// stepOf returns the stepper of the loaded network, a fresh one where the network
// is another one than at the last step.
func (s *Session) stepOf() (*stepper, error) {
	if err := s.canClassify(); err != nil {
		return nil, err
	}
	if s.steps != nil && s.steps.net == s.net {
		return s.steps, nil
	}
	s.endSteps()
	trainer, err := model.NewTrainer(s.net, model.Training{Task: model.Classify})
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	opt, err := train.NewOptimizer(s.net, func(model.Param) train.Group { return train.Group{LRScale: 1} }, false)
	if err != nil {
		trainer.Release()
		return nil, fmt.Errorf("session: %w", err)
	}
	s.steps = &stepper{net: s.net, trainer: trainer, opt: opt}
	return s.steps, nil
}

// endSteps frees what raw steps hold on the device.
func (s *Session) endSteps() {
	if s.steps != nil {
		s.steps.opt.Release()
		s.steps.trainer.Release()
		s.steps = nil
	}
}

// TrainStep is one step of plain Adam (betas 0.9 and 0.999, eps 1e-8, no decay) on
// all parameters of the loaded classifier, with the mean cross-entropy of images
// (len(labels), size, size, 3), normalised. It returns the loss before the update.
// The weights change on the device alone; after a loss of the device they are
// those of the file again.
func (s *Session) TrainStep(ctx context.Context, images []float32, labels []int, size int, lr float64) (float64, error) {
	if !(lr > 0 && lr <= 1) {
		return 0, problem("training", fmt.Errorf("session: learning rate %v: want over 0 and up to 1", lr), "")
	}
	var loss float64
	err := s.backward(ctx, images, labels, size, func(p *stepper, read func() (float64, error)) (err error) {
		p.done++
		if err = p.opt.Step(shaders.Hyper{LR: lr, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: p.done, GradScale: 1}); err == nil {
			loss, err = read()
		}
		return err
	})
	return loss, err
}

// Gradients returns the loss and the gradient of every parameter, in the order of
// the model's parameters and in checkpoint order each. Nothing is changed.
func (s *Session) Gradients(ctx context.Context, images []float32, labels []int, size int) (loss float64, grads [][]float32, err error) {
	err = s.backward(ctx, images, labels, size, func(p *stepper, read func() (float64, error)) (err error) {
		if loss, err = read(); err != nil {
			return err
		}
		for _, q := range p.net.Config.Params() {
			g, err := p.trainer.Grad(ctx, q.Name)
			if err != nil {
				return err
			}
			grads = append(grads, g)
		}
		sums, err := p.net.Params().Grads()
		if err != nil {
			return err
		}
		for _, b := range sums.Buffers() {
			if err := p.net.Device().Write(b, 0, make([]byte, 4*b.Words())); err != nil {
				return err
			}
		}
		return nil
	})
	return loss, grads, err
}

// backward runs forward and backward and hands over to f with a way to the loss.
func (s *Session) backward(ctx context.Context, images []float32, labels []int, size int, f func(p *stepper, read func() (float64, error)) error) error {
	p, err := s.stepOf()
	if err != nil {
		return err
	}
	b, err := s.labelled(images, labels, size)
	if err != nil {
		return err
	}
	plan, err := p.trainer.Step(b)
	if err == nil {
		err = f(p, func() (float64, error) {
			losses, err := plan.Read(ctx, "loss")
			sum := 0.0
			for _, l := range losses {
				sum += float64(l)
			}
			loss := sum / float64(len(labels))
			if err == nil && (math.IsNaN(loss) || math.IsInf(loss, 0)) {
				return 0, fmt.Errorf("session: the loss is not a finite number")
			}
			return loss, err
		})
	}
	if err != nil {
		if errors.Is(err, device.ErrLost) {
			s.steps = nil // it died with the device
		}
		return fmt.Errorf("session: training step: %w", err)
	}
	return nil
}

// labelled is a batch of whole pictures with one class each.
func (s *Session) labelled(images []float32, labels []int, size int) (model.Batch, error) {
	n, k := len(labels), s.net.Config.Classes
	if err := checkSide(size); err != nil {
		return model.Batch{}, err
	}
	if want := n * size * size * 3; n == 0 || len(images) != want {
		return model.Batch{}, problem("picture", fmt.Errorf("session: %d pictures of %d x %d pixels: want %d values, got %d", n, size, size, want, len(images)), "")
	}
	b := model.Batch{Images: images, Layout: model.Dense(n, size/model.Patch, size/model.Patch),
		LossGrad: make([]float32, n), Targets: make([]float32, n*k)}
	for i, l := range labels {
		if l < 0 || l >= k {
			return b, problem("training", fmt.Errorf("session: label %d of picture %d: want 0 to %d", l, i, k-1), "")
		}
		b.LossGrad[i], b.Targets[i*k+l] = 1/float32(n), 1
	}
	return b, nil
}
