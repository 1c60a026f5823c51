package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"unmask/data"
	"unmask/model"
	"unmask/weights"
)

// samplePictures is how many validation pictures are reconstructed each time.
const samplePictures = 8

// validate measures the averaged weights on the validation pictures, writes the
// line of the log, best.safetensors where they are the best so far, and the
// checkpoint.
func (r *Run) validate(ctx context.Context, m *meter) error {
	line := r.line(m)
	s, err := snapshot(ctx, r.net, r.opt, r.progress)
	if err != nil {
		return err
	}
	if len(r.o.Data.Val) > 0 {
		have := map[string][]float32{}
		for _, t := range s.Averaged() {
			have[t.Name] = t.Data
		}
		net, err := model.NewNetwork(r.dev, r.cfg.Model, func(name string) []float32 { return have[name] })
		if err != nil {
			return err
		}
		defer net.Release()
		if r.cfg.Kind == Pretrain {
			err = r.validatePretrain(ctx, net, &line)
		} else {
			err = r.validateFinetune(ctx, net, &line)
		}
		if err != nil {
			return err
		}
	}
	if err := r.logLine(line); err != nil {
		return err
	}
	r.progress.Validated = r.progress.Step
	if r.better(line) {
		if err := r.writeBest(s); err != nil {
			return err
		}
	}
	if r.o.Observer.Epoch != nil {
		r.o.Observer.Epoch(line)
	}
	m.reset()
	s.Progress = r.progress
	return r.write(s)
}

// better keeps the best value: accuracy, then the smaller loss; without
// validation pictures the latest is the best.
func (r *Run) better(l Line) bool {
	v := float64(r.progress.Step)
	switch {
	case l.TestAcc1 != nil:
		v = *l.TestAcc1
	case l.TestLoss != nil:
		v = -*l.TestLoss
	}
	if r.progress.HasBest && v <= r.progress.Best {
		return false
	}
	r.progress.Best, r.progress.HasBest = v, true
	return true
}

func (r *Run) writeBest(s *Snapshot) error {
	f := &weights.File{Tensors: s.Averaged(), Meta: r.meta()}
	if err := r.store.Write(BestFile, func(w io.Writer) error { return weights.WriteSafetensors(w, f, "f32") }); err != nil {
		return fmt.Errorf("train: the best weights so far cannot be written: %w", err)
	}
	return nil
}

// validatePretrain measures the masked loss under fixed masks, beside the loss of
// the best constant answer, and reconstructs a few pictures.
func (r *Run) validatePretrain(ctx context.Context, net *model.Network, line *Line) error {
	side := r.cfg.Size / model.Patch
	sum, constant, count := 0.0, 0.0, 0
	var samples []Sample
	err := r.eval(ctx, r.o.Data.Val, func(b *data.Batch, n int) error {
		masks := make([][]bool, n)
		for i := range masks {
			masks[i] = b.Masks[i].Hidden
		}
		l, err := model.NewLayout(side, side, masks)
		if err != nil {
			return err
		}
		pixels := r.cfg.Size * r.cfg.Size * 3
		images := b.Images[:n*pixels]
		out, err := net.Run(ctx, model.Reconstruct, images, l, "loss", "pred")
		if err != nil {
			return err
		}
		for i := range n {
			one := images[i*pixels : (i+1)*pixels]
			loss := hiddenMean(out[0][i*side*side:][:side*side], masks[i])
			sum += loss
			constant += constantLoss(one, r.cfg.Size, masks[i], r.cfg.Model.NormPix)
			if count++; len(samples) < samplePictures {
				original := append([]float32(nil), one...)
				data.Denormalize(original)
				pred := out[1][i*side*side*model.PatchValues:][:side*side*model.PatchValues]
				samples = append(samples, Sample{
					Original:       &data.Picture{W: r.cfg.Size, H: r.cfg.Size, Pix: original},
					Mask:           b.Masks[i],
					Reconstruction: data.Unpatchify(pred, one, r.cfg.Size, r.cfg.Size, r.cfg.Model.NormPix),
					Loss:           loss,
				})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if count == 0 {
		return nil
	}
	sum, constant = sum/float64(count), constant/float64(count)
	line.TestLoss, line.Constant = &sum, &constant
	if r.o.Observer.Samples != nil {
		r.o.Observer.Samples(r.progress.Step, samples)
	}
	return nil
}

// validateFinetune measures loss and accuracy.
func (r *Run) validateFinetune(ctx context.Context, net *model.Network, line *Line) error {
	e, err := r.classify(ctx, net, r.o.Data.Val)
	if err != nil || e.Pictures == 0 {
		return err
	}
	if r.check, err = newCheck(ctx, net, r.cfg.Size); err != nil {
		return err
	}
	line.TestLoss, line.TestAcc1, line.TestAcc5 = &e.Loss, &e.Acc1, &e.Acc5
	return nil
}

// classify scores pictures with a network of this run.
func (r *Run) classify(ctx context.Context, net *model.Network, pictures []int) (*Scores, error) {
	return Classify(ctx, net, r.cache, pictures, r.cfg.Size, r.evalBatch(), r.cfg.Classes, nil)
}

// eval hands batches of pictures in their order, without places that are empty at
// the end or could not be read.
func (r *Run) eval(ctx context.Context, pictures []int, f func(b *data.Batch, n int) error) error {
	o := data.LoaderOptions{Size: r.cfg.Size, Batch: r.evalBatch(), Seed: r.cfg.Seed}
	if r.cfg.Kind == Pretrain {
		o.MaskRatio = r.cfg.Ratio
	}
	return each(ctx, r.cache, pictures, o, func(b *data.Batch, n int) error {
		r.o.Observer.between()
		return f(b, n)
	})
}

// evalBatch bounds the memory of a validation by that of the training.
func (r *Run) evalBatch() int { return r.cfg.Micro }

// each runs f over all batches of pictures; the first n places of a batch are
// filled.
func each(ctx context.Context, cache *data.Cache, pictures []int, o data.LoaderOptions, f func(b *data.Batch, n int) error) error {
	loader, err := data.NewEvalLoader(ctx, cache, pictures, o)
	if err != nil {
		return err
	}
	defer loader.Close()
	for {
		b, err := loader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		n := pack(b, o.Size)
		if n == 0 {
			continue
		}
		if err := f(b, n); err != nil {
			return err
		}
	}
}

// pack moves the filled places of a batch to its front and returns their number.
func pack(b *data.Batch, size int) int {
	n, pixels := 0, size*size*3
	for i, p := range b.Pictures {
		if p < 0 {
			continue
		}
		if n != i {
			copy(b.Images[n*pixels:(n+1)*pixels], b.Images[i*pixels:(i+1)*pixels])
			b.Pictures[n], b.Labels[n] = b.Pictures[i], b.Labels[i]
			if b.Masks != nil {
				b.Masks[n] = b.Masks[i]
			}
		}
		n++
	}
	return n
}

// hiddenMean is the mean of the losses of hidden patches.
func hiddenMean(loss []float32, hidden []bool) float64 {
	sum, n := 0.0, 0
	for p, h := range hidden {
		if h {
			sum += float64(loss[p])
			n++
		}
	}
	return sum / float64(max(1, n))
}

// constantLoss is the masked loss of answering the mean colour of the visible
// pixels everywhere; with norm, of answering 0, the mean of every standardised
// patch.
func constantLoss(pixels []float32, size int, hidden []bool, norm bool) float64 {
	if norm {
		// Unbiased variance: the squares of a standardised patch add up to n - 1.
		return float64(model.PatchValues-1) / model.PatchValues
	}
	cols := size / model.Patch
	var mean, squares [3]float64
	var seen float64
	visit := func(want bool, f func(c int, v float64)) {
		for y := range size {
			for x := range size {
				if hidden[y/model.Patch*cols+x/model.Patch] != want {
					continue
				}
				for c := range 3 {
					f(c, float64(pixels[(y*size+x)*3+c]))
				}
			}
		}
	}
	visit(false, func(c int, v float64) { mean[c] += v; seen += 1. / 3 })
	for c := range mean {
		mean[c] /= math.Max(1, seen)
	}
	n := 0.0
	visit(true, func(c int, v float64) { squares[c] += (v - mean[c]) * (v - mean[c]); n++ })
	return (squares[0] + squares[1] + squares[2]) / math.Max(1, n)
}

// meta describes the weights that a run writes.
func (r *Run) meta() map[string]string {
	m := map[string]string{
		weights.MetaFormat: "unmask", weights.MetaModel: r.cfg.Model.Name,
		weights.MetaPreprocessing: weights.Preprocessing(r.cfg.Size),
		weights.MetaImagesSeen:    fmt.Sprint(r.progress.Step * r.cfg.Batch),
	}
	if r.cfg.Kind == Pretrain {
		m[weights.MetaTarget] = "raw"
		if r.cfg.Model.NormPix {
			m[weights.MetaTarget] = "norm"
		}
	} else if b, err := json.Marshal(r.cfg.Classes); err == nil {
		m[weights.MetaClasses] = string(b)
	}
	if r.check != nil {
		if b, err := json.Marshal(r.check); err == nil {
			m[weights.MetaCheck] = string(b)
		}
	}
	if r.cfg.Model.BatchGRN {
		m[weights.MetaGRNScope] = "batch"
	}
	if r.cfg.Model.SumGRN {
		m[weights.MetaGRNDenominator] = "sum"
	}
	for k, v := range r.o.Notes {
		m[k] = v
	}
	return m
}
