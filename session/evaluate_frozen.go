package session

import (
	"context"
	"fmt"
	"path"
	"path/filepath"

	"unmask/data"
	"unmask/model"
	"unmask/train"
)

// FrozenReport is the JSON of `unmask eval --metric knn` and `linear`: what the
// features of an encoder that learns nothing more are worth.
type FrozenReport struct {
	Weights  string      `json:"weights"`
	Data     string      `json:"data"`
	Split    string      `json:"split"` // that is tested
	Size     int         `json:"size"`
	Seed     uint64      `json:"seed"`
	Train    int         `json:"train"`    // pictures to learn from
	Val      int         `json:"val"`      // pictures that chose the probe's decay
	Test     int         `json:"test"`     // pictures that are judged
	ValFrom  string      `json:"val_from"` // "val", or "train" where a fifth of it was held out for that
	Majority float64     `json:"majority"` // top-1 of always answering the largest class
	Rows     []FrozenRow `json:"rows"`
	Skipped  []string    `json:"skipped"`
}

// FrozenRow is one kind of features: those of the weights first, then controls.
type FrozenRow struct {
	Features string      `json:"features"`
	Dim      int         `json:"dim"`
	KNN      *FrozenKNN  `json:"knn,omitempty"`
	Linear   *FrozenLine `json:"linear,omitempty"`
}

// FrozenKNN is the k-NN classifier's result, in per cent.
type FrozenKNN struct {
	Acc1 float64 `json:"acc1"`
	Acc5 float64 `json:"acc5"`
}

// FrozenLine is the linear probe's.
type FrozenLine struct {
	Acc1  float64 `json:"acc1"` // per cent
	Acc5  float64 `json:"acc5"`
	Loss  float64 `json:"loss"`
	Decay float64 `json:"decay"`    // of the weights, chosen on the validation pictures
	Val   float64 `json:"val_acc1"` // top-1 there
}

// heldOut is the share of the training pictures that chooses the probe's decay
// where there is no validation split to spare.
const heldOut = 0.2

// OpenFeatured opens a labelled data set of any classes. Without folders for
// validation or test a fifth of each class is set aside to be tested on.
func (s *Session) OpenFeatured(name string, o LabelOptions) (*data.Dataset, error) {
	d, err := data.OpenDataset(FeaturedOptions(o), name)
	return d, unopened(err, name)
}

// FeaturedOptions are OpenFeatured's for a data set that lies in memory.
func FeaturedOptions(o LabelOptions) data.DatasetOptions {
	if o.Val == 0 {
		o.Val = heldOut
	}
	return data.DatasetOptions{Labelled: true, ValShare: o.Val, Seed: o.Seed}
}

// EvalFrozen measures the loaded encoder's features on d by k-NN, a linear probe or
// both, beside those of the same network with random weights and colour histograms.
func (s *Session) EvalFrozen(ctx context.Context, d *data.Dataset, knn, linear bool, o LabelOptions, progress func(done, total int)) (*FrozenReport, error) {
	if s.net == nil {
		return nil, problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
	}
	if len(d.Classes) < 2 {
		return nil, problem("picture", fmt.Errorf("session: %s has no labels", d.Path), "put the pictures of each class in a folder of its own")
	}
	r := &FrozenReport{Weights: s.info.Name, Data: d.Path, Seed: o.Seed, ValFrom: "val"}
	var err error
	if r.Size, err = s.evalSize(o.Size); err != nil {
		return nil, err
	}
	parts, err := s.frozenParts(d, o, r)
	if err != nil {
		return nil, err
	}
	cache := data.NewCache(d, train.CacheBytes, 0)
	total := 0
	for _, p := range parts {
		total += 3 * len(p)
	}
	done := 0
	for _, kind := range []struct {
		name string
		rows func(pictures []int, step func(n int)) (*train.Rows, error)
	}{
		{"encoder of " + path.Base(filepath.ToSlash(s.info.Name)), func(p []int, step func(int)) (*train.Rows, error) { return s.encode(ctx, cache, p, r.Size, step) }},
		{fmt.Sprintf("the same network, random weights (seed %d)", o.Seed), func(p []int, step func(int)) (*train.Rows, error) {
			return s.encodeRandom(ctx, cache, p, r.Size, o.Seed, step)
		}},
		{"colour histogram", func(p []int, step func(int)) (*train.Rows, error) {
			return train.Histograms(ctx, cache, p, r.Size, step)
		}},
	} {
		var rows [3]*train.Rows
		for i, p := range parts {
			if len(p) == 0 {
				continue
			}
			if rows[i], err = kind.rows(p, func(n int) { progress(done+n, total) }); err != nil {
				return nil, stopped(ctx, err)
			}
			done += len(p)
		}
		row, err := r.judge(ctx, kind.name, rows, d.Classes, knn, linear)
		if err != nil {
			return nil, stopped(ctx, err)
		}
		r.Rows = append(r.Rows, row)
	}
	progress(total, total)
	r.Skipped = unreadable(cache)
	return r, nil
}

// frozenParts are the pictures to learn from, to validate with (none where they
// are to be held out of the first) and to test.
func (s *Session) frozenParts(d *data.Dataset, o LabelOptions, r *FrozenReport) ([3][]int, error) {
	var parts [3][]int
	name, test, err := split(d, o.Split)
	if err != nil {
		return parts, err
	}
	if name == "train" || name == "all" {
		return parts, problem("picture", fmt.Errorf("session: what is learned from the training pictures cannot be tested on them"), "choose the split test or val")
	}
	r.Split = name
	parts[0], parts[2] = limited(d, d.Train, o), limited(d, test, o)
	if name == "val" || len(d.Val) == 0 {
		r.ValFrom = "train"
	} else {
		parts[1] = limited(d, d.Val, o)
	}
	return parts, nil
}

// judge fits and tests one kind of features.
func (r *FrozenReport) judge(ctx context.Context, name string, rows [3]*train.Rows, classes []string, knn, linear bool) (FrozenRow, error) {
	fit, val, test := rows[0], rows[1], rows[2]
	if fit.Len() == 0 || test.Len() == 0 {
		return FrozenRow{}, problem("picture", fmt.Errorf("session: %s: of the pictures to learn from %d can be read, of those to test %d: want some of both", r.Data, fit.Len(), test.Len()), "")
	}
	row := FrozenRow{Features: name, Dim: fit.Dim}
	r.Train, r.Test, r.Majority = fit.Len(), test.Len(), majority(fit, test, len(classes))
	if knn {
		k := train.KNN(fit, test, classes)
		row.KNN = &FrozenKNN{k.Acc1, k.Acc5}
	}
	if linear {
		some := fit
		if val == nil {
			some, val = train.Holdout(fit, heldOut, r.Seed)
		}
		p, err := train.FitProbe(ctx, some, val, classes)
		if err == nil && some != fit {
			p, err = p.Refit(ctx, fit)
		}
		if err != nil {
			return row, problem("picture", err, "give more pictures")
		}
		t := p.Scores(test, classes)
		row.Linear = &FrozenLine{Acc1: t.Acc1, Acc5: t.Acc5, Loss: t.Loss, Decay: p.Decay, Val: p.Val.Acc1}
		r.Val = val.Len()
	}
	return row, nil
}

// majority is the top-1, in per cent, of answering the commonest class of fit.
func majority(fit, test *train.Rows, classes int) float64 {
	counts := make([]int, classes)
	for _, l := range fit.Labels {
		counts[l]++
	}
	best := 0
	for c, n := range counts {
		if n > counts[best] {
			best = c
		}
	}
	right := 0
	for _, l := range test.Labels {
		if l == best {
			right++
		}
	}
	return 100 * float64(right) / float64(test.Len())
}

// encode are the features of the loaded weights.
func (s *Session) encode(ctx context.Context, cache *data.Cache, pictures []int, size int, step func(int)) (rows *train.Rows, err error) {
	_, err = s.recover(ctx, func() error {
		rows, err = s.encodeWith(ctx, s.net, cache, pictures, size, step)
		return err
	})
	return rows, err
}

// encodeRandom are those of the same architecture before any training.
func (s *Session) encodeRandom(ctx context.Context, cache *data.Cache, pictures []int, size int, seed uint64, step func(int)) (rows *train.Rows, err error) {
	_, err = s.recover(ctx, func() error {
		net, err := train.RandomNetwork(s.dev, s.net.Config, seed)
		if err != nil {
			return err
		}
		defer net.Release()
		rows, err = s.encodeWith(ctx, net, cache, pictures, size, step)
		return err
	})
	return rows, err
}

func (s *Session) encodeWith(ctx context.Context, net *model.Network, cache *data.Cache, pictures []int, size int, step func(int)) (*train.Rows, error) {
	batch, err := train.EvalBatch(net.Config, model.Encode, size, 32, s.dev.Info())
	if err != nil {
		return nil, problem("memory", err, "")
	}
	return train.Encode(ctx, net, cache, pictures, size, batch, step)
}
