package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"unmask/data"
	"unmask/model"
	"unmask/train"
	"unmask/weights"
)

// Splits are the parts of a data set that an evaluation may take.
var Splits = []string{"test", "val", "train"}

// LabelOptions fix an evaluation on labelled pictures.
type LabelOptions struct {
	Size  int     // side of the centre crop; 0: what the weights say, else DefaultSize
	Split string  // one of Splits; "": test, else val, else all there is
	Limit int     // pictures a split at most, each class in proportion; 0: all
	Seed  uint64  // of Limit, of Val, and of the random network
	Val   float64 // share set aside where no folder is for validation
}

// ClassReport is the JSON of `unmask eval --metric top1`.
type ClassReport struct {
	Weights string `json:"weights"`
	Data    string `json:"data"`
	Split   string `json:"split"` // "all" where the data set has none
	Size    int    `json:"size"`
	*train.Scores
	Counts  []int    `json:"counts"` // pictures of each class
	Skipped []string `json:"skipped"`
	Notes   []string `json:"notes"`
}

// OpenLabelled opens a data set whose labels are the classes of the loaded
// classifier.
func (s *Session) OpenLabelled(path string, o LabelOptions) (*data.Dataset, error) {
	if err := s.canClassify(); err != nil {
		return nil, err
	}
	d, err := data.OpenDataset(s.LabelledOptions(o), path)
	return d, unopened(err, path)
}

// LabelledOptions are OpenLabelled's for a data set that lies in memory.
func (s *Session) LabelledOptions(o LabelOptions) data.DatasetOptions {
	return data.DatasetOptions{Labelled: true, Classes: s.classes, ValShare: o.Val, Seed: o.Seed}
}

// unopened is the error of a data set that cannot be opened.
func unopened(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return problem("picture", fmt.Errorf("session: there is no folder or zip file %s", path), "check the name")
	case strings.Contains(err.Error(), "is unknown"):
		return problem("picture", err, "name the class folders as the weights' classes are named, or fine-tune on this data set first")
	}
	return problem("picture", err, "")
}

// EvalClasses measures the loaded classifier on a split of d.
func (s *Session) EvalClasses(ctx context.Context, d *data.Dataset, o LabelOptions, progress func(done, total int)) (*ClassReport, error) {
	if err := s.canClassify(); err != nil {
		return nil, err
	}
	r := &ClassReport{Weights: s.info.Name, Data: d.Path, Notes: []string{}}
	switch {
	case s.classes == nil && len(d.Classes) != s.info.Classes:
		return nil, problem("weights", fmt.Errorf("session: %s names no classes and has %d, %s has %d", s.info.Name, s.info.Classes, d.Path, len(d.Classes)), "use weights that unmask finetune wrote: they name their classes")
	case s.classes == nil:
		r.Notes = append(r.Notes, "The weights name no classes: the folders were taken in alphabetical order.")
	default:
		if err := d.CheckClasses(s.classes); err != nil {
			return nil, problem("picture", err, "fine-tune on this data set first")
		}
	}
	var err error
	if r.Size, err = s.evalSize(o.Size); err != nil {
		return nil, err
	}
	var pictures []int
	if r.Split, pictures, err = split(d, o.Split); err != nil {
		return nil, err
	}
	if r.Split == "all" {
		r.Notes = append(r.Notes, "The data set has no test or validation folder, so all of it was taken: the weights may have been trained on these very pictures.")
	}
	pictures = limited(d, pictures, o)
	cache := data.NewCache(d, 0, 0)
	_, err = s.recover(ctx, func() error {
		batch, err := train.EvalBatch(s.net.Config, model.Classify, r.Size, 32, s.dev.Info())
		if err != nil {
			return problem("memory", err, "")
		}
		r.Scores, err = train.Classify(ctx, s.net, cache, pictures, r.Size, batch, d.Classes, func(n int) { progress(n, len(pictures)) })
		return err
	})
	if err != nil {
		return nil, stopped(ctx, err)
	}
	if r.Pictures == 0 {
		return nil, problem("picture", fmt.Errorf("session: %s: none of the %d pictures of the split %s could be read", d.Path, len(pictures), r.Split), "")
	}
	for _, row := range r.Confusion {
		n := 0
		for _, v := range row {
			n += v
		}
		r.Counts = append(r.Counts, n)
	}
	r.Skipped = unreadable(cache)
	return r, nil
}

// evalSize is the size that was asked for, or that the weights state.
func (s *Session) evalSize(asked int) (int, error) {
	size := asked
	if size == 0 {
		var p struct{ Size int }
		if json.Unmarshal([]byte(s.file.Meta[weights.MetaPreprocessing]), &p) == nil {
			size = p.Size
		}
	}
	if size == 0 {
		size = DefaultSize
	}
	return size, checkSide(size)
}

// split returns the name and the pictures of a split, by name or the fairest
// there is.
func split(d *data.Dataset, name string) (string, []int, error) {
	of := map[string][]int{"test": d.Test, "val": d.Val, "train": d.Train}
	if name == "" {
		for _, n := range []string{"test", "val"} {
			if len(of[n]) > 0 {
				return n, of[n], nil
			}
		}
		return "all", d.Train, nil
	}
	if len(of[name]) > 0 {
		return name, of[name], nil
	}
	var has []string
	for _, n := range Splits {
		if len(of[n]) > 0 {
			has = append(has, n)
		}
	}
	return "", nil, problem("picture", fmt.Errorf("session: %s has no pictures in a split %q", d.Path, name), "choose one that it has: "+strings.Join(has, ", "))
}

// limited are o.Limit of the pictures, each class in proportion.
func limited(d *data.Dataset, pictures []int, o LabelOptions) []int {
	if o.Limit == 0 || len(pictures) <= o.Limit {
		return pictures
	}
	labels := make([]int, len(pictures))
	for i, p := range pictures {
		labels[i] = d.Label(p)
	}
	var out []int
	for _, at := range train.Stratified(labels, o.Limit, o.Seed) {
		out = append(out, pictures[at])
	}
	return out
}

func unreadable(cache *data.Cache) []string {
	names := []string{}
	for _, u := range cache.Unreadable() {
		names = append(names, Explain(u.Err).Text)
	}
	return names
}

// stopped says plainly that the user ended an evaluation.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("session: the evaluation was stopped: %w", ctx.Err())
	}
	return err
}
