package train

import (
	"context"
	"fmt"
	"math"
)

// probeDecays are the strengths of regularisation that a probe tries, strongest
// first, so that each begins from the solution before.
var probeDecays = []float64{10, 1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5}

// Probe is a multinomial logistic regression on standardised features.
type Probe struct {
	Decay float64 // chosen by the smallest loss on the validation rows
	Val   *Scores // there

	dim, classes int
	mean, inv    []float64 // (dim) of the training rows: mean, 1 / deviation
	w            []float64 // (classes, dim + 1), the last column the bias
}

// FitProbe trains on some rows and chooses the decay on others, which the test must
// not be.
func FitProbe(ctx context.Context, train, val *Rows, classes []string) (*Probe, error) {
	if train.Len() == 0 || val.Len() == 0 {
		return nil, fmt.Errorf("train: a linear probe needs pictures to train on and to validate with: found %d and %d", train.Len(), val.Len())
	}
	var best *Probe
	err := probePath(ctx, train, len(classes), func(p *Probe) bool {
		if p.Val = p.Scores(val, classes); best == nil || p.Val.Loss < best.Val.Loss {
			best = p
		}
		return true
	})
	return best, err
}

// Refit is a probe with the decay that was chosen, trained on more rows: with those
// that had been held out to choose it.
func (p *Probe) Refit(ctx context.Context, train *Rows) (*Probe, error) {
	var fit *Probe
	err := probePath(ctx, train, p.classes, func(q *Probe) bool {
		fit = q
		return q.Decay != p.Decay
	})
	if err != nil {
		return nil, err
	}
	fit.Val = p.Val
	return fit, nil
}

// probePath hands the solution of each decay to next, strongest first, until it
// returns false.
func probePath(ctx context.Context, train *Rows, classes int, next func(*Probe) bool) error {
	p := Probe{dim: train.Dim, classes: classes}
	p.standardise(train)
	x, y := p.prepared(train), train.Labels
	w := make([]float64, classes*(p.dim+1))
	for _, decay := range probeDecays {
		var err error
		if w, err = minimise(ctx, w, func(w, g []float64) float64 { return p.objective(w, g, x, y, decay) }); err != nil {
			return fmt.Errorf("train: %w", err)
		}
		q := p
		q.w, q.Decay = w, decay
		if !next(&q) {
			break
		}
	}
	return nil
}

// Scores are the probe's on other rows.
func (p *Probe) Scores(r *Rows, classes []string) *Scores {
	x := p.prepared(r)
	logits := make([][]float32, r.Len())
	for i := range logits {
		logits[i] = make([]float32, p.classes)
		for c := range logits[i] {
			logits[i][c] = float32(dot64(p.row(p.w, c), x[i*(p.dim+1):(i+1)*(p.dim+1)]))
		}
	}
	return score(logits, r.Labels, classes)
}

func (p *Probe) row(w []float64, c int) []float64 { return w[c*(p.dim+1) : (c+1)*(p.dim+1)] }

func (p *Probe) standardise(r *Rows) {
	p.mean, p.inv = make([]float64, p.dim), make([]float64, p.dim)
	n := float64(r.Len())
	for i, v := range r.X {
		p.mean[i%p.dim] += float64(v) / n
	}
	for i, v := range r.X {
		d := float64(v) - p.mean[i%p.dim]
		p.inv[i%p.dim] += d * d / n
	}
	for k, v := range p.inv {
		p.inv[k] = 0 // a feature that never changes tells nothing
		if d := math.Sqrt(v); d > 1e-6*(1e-6+math.Abs(p.mean[k])) {
			p.inv[k] = 1 / d
		}
	}
}

// prepared are standardised rows with a 1 for the bias: (N, dim + 1).
func (p *Probe) prepared(r *Rows) []float64 {
	x := make([]float64, 0, r.Len()*(p.dim+1))
	for i := range r.Len() {
		for k, v := range r.Row(i) {
			x = append(x, (float64(v)-p.mean[k])*p.inv[k])
		}
		x = append(x, 1)
	}
	return x
}

// objective is the mean cross-entropy plus decay/2 times the squares of the
// weights, not of the biases; g receives its gradient.
func (p *Probe) objective(w, g, x []float64, labels []int, decay float64) float64 {
	clear(g)
	n, d := len(labels), p.dim+1
	loss := 0.0
	logits := make([]float64, p.classes)
	for i, label := range labels {
		row := x[i*d : (i+1)*d]
		top := math.Inf(-1)
		for c := range logits {
			logits[c] = dot64(p.row(w, c), row)
			top = max(top, logits[c])
		}
		sum := 0.0
		for _, v := range logits {
			sum += math.Exp(v - top)
		}
		loss += math.Log(sum) + top - logits[label]
		for c, v := range logits {
			e := math.Exp(v-top) / sum
			if c == label {
				e--
			}
			axpy(e/float64(n), row, p.row(g, c))
		}
	}
	loss /= float64(n)
	for c := range p.classes {
		wc, gc := p.row(w, c), p.row(g, c)
		for k := range p.dim {
			loss += decay / 2 * wc[k] * wc[k]
			gc[k] += decay * wc[k]
		}
	}
	return loss
}
