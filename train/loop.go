package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"unmask/data"
	"unmask/internal/device"
	"unmask/model"
)

// errNotFinite is a loss or a gradient that is NaN or infinite.
var errNotFinite = errors.New("the loss or a gradient is not a finite number")

// maxLosses of a device without a step in between end a run.
const maxLosses = 3

// Train runs until the last step, or until ctx ends: then the state is saved and
// the error wraps ctx's. A lost device and, once, numbers that are not finite are
// survived from the last good state.
func (r *Run) Train(ctx context.Context) error {
	losses, before := 0, -1
	for {
		err := r.steps(ctx)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, device.ErrLost):
			if r.progress.Step > before {
				losses = 0
			}
			if losses++; losses > maxLosses {
				return fmt.Errorf("train: the device was lost %d times at step %d; the last checkpoint is whole: %w", losses, r.progress.Step, err)
			}
			before = r.progress.Step
			if err := r.reopen(ctx); err != nil {
				return err
			}
		case errors.Is(err, errNotFinite):
			if err := r.rollBack(ctx, err); err != nil {
				return err
			}
		case ctx.Err() != nil:
			// The step that was under way is complete on the device or not begun.
			if err := r.checkpoint(context.WithoutCancel(ctx)); err != nil {
				return err
			}
			return fmt.Errorf("train: stopped after step %d: %w", r.progress.Step, ctx.Err())
		default:
			return err
		}
	}
}

// reopen continues from the last good state on a fresh device.
func (r *Run) reopen(ctx context.Context) error {
	lost := r.progress.Step
	r.opt, r.trainer, r.net = nil, nil, nil // they died with the device
	r.dev.Close()
	var err error
	if r.dev, err = r.o.Open(ctx); err != nil {
		return err
	}
	r.progress = r.safe.Progress
	if err := errors.Join(r.build(ctx, r.safe), r.cutLog()); err != nil {
		return err
	}
	r.o.Observer.note(fmt.Sprintf("The device was lost after step %d. A fresh one goes on from step %d.", lost, r.progress.Step))
	return nil
}

// rollBack returns to the last good state with half the learning rate, once.
func (r *Run) rollBack(ctx context.Context, why error) error {
	at := r.progress.Step
	if r.safe.Progress.Rolled > 0 {
		return fmt.Errorf("train: %w at step %d, for the second time: the last checkpoint, of step %d, is good; start anew from it with a smaller learning rate, or look for broken pictures", why, at, r.safe.Progress.Step)
	}
	r.safe.Progress.LRScale /= 2
	r.safe.Progress.Rolled++
	r.progress = r.safe.Progress
	if err := errors.Join(r.build(ctx, r.safe), r.cutLog(), r.checkpoint(ctx)); err != nil {
		return err
	}
	r.o.Observer.note(fmt.Sprintf("At step %d %v. The run goes on from step %d with half the learning rate.", at, why, r.progress.Step))
	return nil
}

// steps trains from the present step to the end.
func (r *Run) steps(ctx context.Context) error {
	total := r.cfg.Steps(r.per)
	loader, err := data.NewTrainLoader(ctx, r.cache, r.o.Data.Train, r.progress.Step, r.loaderOptions())
	if err != nil {
		return err
	}
	defer loader.Close()
	schedule := r.cfg.Schedule(r.per)
	m := newMeter(loader)
	for {
		// A stop may have come between a step and its validation, so this is asked first.
		if r.unvalidated() {
			if err := r.validate(ctx, m); err != nil {
				return err
			}
		}
		if r.progress.Step >= total {
			return nil
		}
		if err := r.trainStep(ctx, loader, m, schedule, total); err != nil {
			return err
		}
		if r.progress.Step%logSteps == 0 && !r.unvalidated() {
			if err := r.logLine(r.line(m)); err != nil {
				return err
			}
			m.reset()
		}
		if time.Since(r.saved) > r.o.SaveEvery {
			if err := r.checkpoint(ctx); err != nil {
				return err
			}
		}
		r.o.Observer.between()
	}
}

// unvalidated tells whether the present step ends with a validation that is not done yet.
func (r *Run) unvalidated() bool {
	every := max(1, int(r.cfg.Every*float64(r.per)))
	due := r.progress.Step > 0 && r.progress.Step%every == 0 || r.progress.Step >= r.cfg.Steps(r.per)
	return due && r.progress.Validated < r.progress.Step
}

// trainStep does the next step, counts and reports it.
func (r *Run) trainStep(ctx context.Context, loader *data.Loader, m *meter, schedule Schedule, total int) error {
	t := r.progress.Step
	lr := schedule.At(t) * r.progress.LRScale
	loss, err := r.step(ctx, loader, t, lr)
	if err != nil {
		return err
	}
	// The step is done: a stop that comes now must find it counted.
	norm, finite, err := r.opt.Norm(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	if !finite || math.IsNaN(loss) || math.IsInf(loss, 0) {
		return errNotFinite
	}
	r.progress.Step++
	m.add(loss, norm, lr, r.cfg.Batch)
	r.report(m, loss, norm, lr, total)
	r.reportSkipped()
	return nil
}

func (r *Run) loaderOptions() data.LoaderOptions {
	o := data.LoaderOptions{Size: r.cfg.Size, Batch: r.cfg.Batch, Micro: r.cfg.Micro, Seed: r.cfg.Seed,
		Augment: r.cfg.Augment, Balance: r.cfg.Balance}
	if r.cfg.Kind == Pretrain {
		o.MaskRatio = r.cfg.Ratio
	} else {
		o.Mix, o.Smoothing = r.cfg.Mix, r.cfg.Smoothing
	}
	return o
}

// step runs the micro-batches of step t and updates the parameters; it returns
// the mean loss of the batch.
func (r *Run) step(ctx context.Context, loader *data.Loader, t int, lr float64) (float64, error) {
	sum := 0.0
	for part := range r.cfg.Batch / r.cfg.Micro {
		b, err := loader.Next()
		if err != nil {
			return 0, err
		}
		batch, err := r.batch(b, t, part)
		if err != nil {
			return 0, err
		}
		plan, err := r.trainer.Step(batch)
		if err != nil {
			return 0, err
		}
		loss, err := plan.Read(ctx, "loss")
		if err != nil {
			return 0, err
		}
		for i, v := range loss {
			sum += float64(v) * float64(batch.LossGrad[i])
		}
	}
	return sum, r.opt.Step(r.cfg.hyper(t, lr))
}

// batch turns what the loader delivers into what the graph takes. Losses are
// weighted so that those of all micro-batches add up to the mean of the step.
func (r *Run) batch(b *data.Batch, t, part int) (model.Batch, error) {
	n, side := len(b.Pictures), r.cfg.Size/model.Patch
	out := model.Batch{Images: b.Images}
	if r.cfg.Kind == Finetune {
		out.Layout, out.Targets, out.Keep = model.Dense(n, side, side), b.Targets, r.cfg.keep(t, part, n)
		out.LossGrad = weightsOf(n, func(int) bool { return true }, r.cfg.Batch)
		return out, nil
	}
	masks := make([][]bool, n)
	for i, m := range b.Masks {
		masks[i] = m.Hidden
	}
	l, err := model.NewLayout(side, side, masks)
	if err != nil {
		return out, err
	}
	out.Layout = l
	out.LossGrad = weightsOf(l.Patches(), func(p int) bool { return l.PatchSlot[p] == 0 }, r.cfg.Batch*r.cfg.hidden())
	return out, nil
}

// weightsOf are n weights, 1 / count where counted and 0 elsewhere.
func weightsOf(n int, counted func(i int) bool, count int) []float32 {
	w := make([]float32, n)
	for i := range w {
		if counted(i) {
			w[i] = 1 / float32(count)
		}
	}
	return w
}

// reportSkipped names the pictures that could not be read since the last call.
func (r *Run) reportSkipped() {
	bad := r.cache.Unreadable()
	if len(bad) <= r.skipped {
		return
	}
	r.o.Observer.note(fmt.Sprintf("%d pictures cannot be read and are passed over so far; the last to be noticed: %v", len(bad), bad[len(bad)-1].Err))
	r.skipped = len(bad)
}
