package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"unmask/model"
	"unmask/session"
)

// evalFlags are those of `unmask eval` beside the reconstruction's options.
type evalFlags struct {
	weights, metric string
	split           string
	val             float64
	confusion       string
	dark            bool
}

func (a *app) eval() *cobra.Command {
	var f evalFlags
	o := session.EvalOptions{}
	c := &cobra.Command{
		Use:   "eval DATA",
		Short: "Measure weights on a folder or zip: reconstruction, classes, or frozen features",
		Long: "Measure weights on a folder or zip of pictures:\n" +
			"  reconstruction  hidden patches, beside simple baselines\n" +
			"  top1            a classifier on class folders: accuracy, classes, worst mistakes\n" +
			"  knn             frozen features by 20 nearest neighbours, beside controls\n" +
			"  linear          frozen features by a linear probe, beside controls (knn,linear: both)",
		Args: args(cobra.ExactArgs(1), "one DATA folder or zip"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Limit < 0 {
				return usageError{fmt.Errorf("--limit %d: want 0 (all pictures) or more", o.Limit)}
			}
			if err := f.fits(c); err != nil {
				return err
			}
			switch f.metric {
			case "reconstruction":
				return a.evalReconstruction(c, args[0], f, o)
			case "top1":
				return a.evalClasses(c, args[0], f, f.labels(c, o))
			default:
				return a.evalFrozen(c, args[0], f, f.labels(c, o))
			}
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.weights, "weights", "", "weights file (default: the ones that ship with unmask)")
	fl.StringVar(&f.metric, "metric", "reconstruction", "what to measure: reconstruction, top1, knn, linear or knn,linear")
	fl.IntVar(&o.Size, "size", session.DefaultSize, "shorter side in pixels; side of the centre crop for labelled pictures (default there: what the weights say)")
	fl.Float64Var(&o.Ratio, "ratio", 0.6, "reconstruction: share of the patches to hide")
	fl.Uint64Var(&o.Seed, "seed", 0, "seed of masks, of --limit, of --val and of random weights")
	fl.IntVar(&o.Limit, "limit", 0, "use the first N pictures only, or N of each split with every class in proportion (0: all)")
	fl.StringVar(&f.split, "split", "", "labelled pictures: test, val or train (default: test, else val, else all)")
	fl.Float64Var(&f.val, "val", 0, "labelled pictures: share set aside where no folder is, as finetune does")
	fl.StringVar(&f.confusion, "confusion", "", "top1: PNG file to write the confusion matrix to")
	fl.BoolVar(&f.dark, "dark", false, "dark confusion matrix")
	return c
}

// fits refuses flags that mean nothing for the metric.
func (f evalFlags) fits(c *cobra.Command) error {
	only := map[string][]string{"ratio": {"reconstruction"}, "confusion": {"top1"}, "dark": {"top1"},
		"split": {"top1", "knn", "linear", "knn,linear"}, "val": {"top1", "knn", "linear", "knn,linear"}}
	switch f.metric {
	case "reconstruction", "top1", "knn", "linear", "knn,linear":
	default:
		return usageError{fmt.Errorf("--metric %q: want reconstruction, top1, knn, linear or knn,linear", f.metric)}
	}
	for _, name := range []string{"ratio", "confusion", "dark", "split", "val"} {
		if c.Flags().Changed(name) && !slices.Contains(only[name], f.metric) {
			return usageError{fmt.Errorf("--%s says nothing about --metric %s: leave it out", name, f.metric)}
		}
	}
	if f.split != "" && !slices.Contains(session.Splits, f.split) {
		return usageError{fmt.Errorf("--split %q: want test, val or train", f.split)}
	}
	if !(f.val >= 0 && f.val < 1) {
		return usageError{fmt.Errorf("--val %v: want 0 to under 1", f.val)}
	}
	if f.confusion != "" {
		return checkOut(f.confusion, ".png")
	}
	return nil
}

// labels are the options for labelled pictures; a size of 0 is that of the weights.
func (f evalFlags) labels(c *cobra.Command, o session.EvalOptions) session.LabelOptions {
	l := session.LabelOptions{Split: f.split, Limit: o.Limit, Seed: o.Seed, Val: f.val}
	if c.Flags().Changed("size") {
		l.Size = o.Size
	}
	return l
}

func (a *app) evalReconstruction(c *cobra.Command, path string, f evalFlags, o session.EvalOptions) error {
	if !(o.Ratio > 0 && o.Ratio < 1) {
		return usageError{fmt.Errorf("--ratio %v: want more than 0 and less than 1", o.Ratio)}
	}
	if err := checkSize(o.Size, 1); err != nil {
		return err
	}
	s, err := a.openWith(c.Context(), f.weights)
	if err != nil {
		return err
	}
	defer s.Close()
	step, end := a.progress("pictures")
	r, err := s.Eval(c.Context(), path, o, step)
	end()
	if err != nil {
		return err
	}
	a.skipped(r.Skipped)
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%d pictures, ratio %.2f, seed %d, %s\n\n", r.Pictures, r.Ratio, r.Seed, r.Weights)
		fmt.Fprintf(w, "%-26s %10s %10s %8s\n", "", "masked MSE", "PSNR dB", "SSIM")
		for _, row := range r.Rows {
			fmt.Fprintf(w, "%-26s %10.5f %10.2f %8.4f\n", row.Name, row.MSE, row.PSNR, row.SSIM)
		}
	})
}

// openLabelled is openWith for labelled pictures, whose side is whole patches.
func (a *app) openLabelled(c *cobra.Command, f evalFlags, o session.LabelOptions) (*session.Session, error) {
	if c.Flags().Changed("size") {
		if err := checkSize(o.Size, model.Patch); err != nil {
			return nil, err
		}
	}
	return a.openWith(c.Context(), f.weights)
}

func (a *app) skipped(names []string) {
	for _, name := range names {
		a.note("skipped " + name)
	}
}
