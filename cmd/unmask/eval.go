package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"unmask/session"
)

func (a *app) eval() *cobra.Command {
	var file, metric string
	o := session.EvalOptions{}
	c := &cobra.Command{
		Use:   "eval DATA",
		Short: "Measure reconstruction over a folder or zip of pictures, beside simple baselines",
		Args:  args(cobra.ExactArgs(1), "one DATA folder or zip"),
		RunE: func(c *cobra.Command, args []string) error {
			if metric != "reconstruction" {
				return usageError{fmt.Errorf("--metric %q: want reconstruction", metric)}
			}
			if !(o.Ratio > 0 && o.Ratio < 1) {
				return usageError{fmt.Errorf("--ratio %v: want more than 0 and less than 1", o.Ratio)}
			}
			if o.Limit < 0 {
				return usageError{fmt.Errorf("--limit %d: want 0 (all pictures) or more", o.Limit)}
			}
			if err := checkSize(o.Size, 1); err != nil {
				return err
			}
			s, err := a.openWith(c.Context(), file)
			if err != nil {
				return err
			}
			defer s.Close()
			step, end := a.progress("pictures")
			r, err := s.Eval(c.Context(), args[0], o, step)
			end()
			if err != nil {
				return err
			}
			for _, name := range r.Skipped {
				a.note("skipped " + name)
			}
			return a.print(r, func(w io.Writer) {
				fmt.Fprintf(w, "%d pictures, ratio %.2f, seed %d, %s\n\n", r.Pictures, r.Ratio, r.Seed, r.Weights)
				fmt.Fprintf(w, "%-26s %10s %10s %8s\n", "", "masked MSE", "PSNR dB", "SSIM")
				for _, row := range r.Rows {
					fmt.Fprintf(w, "%-26s %10.5f %10.2f %8.4f\n", row.Name, row.MSE, row.PSNR, row.SSIM)
				}
			})
		},
	}
	c.Flags().StringVar(&file, "weights", "", "weights file with a decoder (default: the ones that ship with unmask)")
	c.Flags().StringVar(&metric, "metric", "reconstruction", "what to measure: reconstruction")
	c.Flags().IntVar(&o.Size, "size", session.DefaultSize, "shorter side in pixels")
	c.Flags().Float64Var(&o.Ratio, "ratio", 0.6, "share of the patches to hide")
	c.Flags().Uint64Var(&o.Seed, "seed", 0, "seed of the masks")
	c.Flags().IntVar(&o.Limit, "limit", 0, "use the first N pictures only (0: all)")
	return c
}
