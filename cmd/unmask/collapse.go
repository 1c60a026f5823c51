package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"unmask/internal/plots"
	"unmask/session"
)

func (a *app) collapse() *cobra.Command {
	var file, out string
	var dark bool
	o := session.CollapseOptions{}
	c := &cobra.Command{
		Use:   "collapse DATA",
		Short: "Measure feature collapse: how different the channels of each layer are",
		Long: "Measure feature collapse over a folder or zip of pictures: the mean cosine distance between the\n" +
			"maps of the channels of each block's expansion, which is near 0 where all of them see the same.",
		Args: args(cobra.ExactArgs(1), "one DATA folder or zip"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Limit < 0 {
				return usageError{fmt.Errorf("--limit %d: want 0 (all pictures) or more", o.Limit)}
			}
			if err := checkSize(o.Size, 1); err != nil {
				return err
			}
			if out != "" {
				if err := checkOut(out, ".png"); err != nil {
					return err
				}
			}
			s, err := a.openWith(c.Context(), file)
			if err != nil {
				return err
			}
			defer s.Close()
			step, end := a.progress("pictures")
			r, err := s.Collapse(c.Context(), args[0], o, step)
			end()
			if err != nil {
				return err
			}
			a.skipped(r.Skipped)
			if out != "" {
				var series []plots.Distances
				for _, v := range r.Series {
					series = append(series, plots.Distances{Name: v.Name, Values: v.Distance})
				}
				title := fmt.Sprintf("Feature distance by layer: %s, %d pictures", filepath.Base(r.Weights), r.Pictures)
				if err := writePNG(out, plots.Collapse(r.Layers, series, title, dark)); err != nil {
					return err
				}
			}
			return a.print(r, func(w io.Writer) {
				printCollapse(w, r)
				if out != "" {
					fmt.Fprintln(w, "\nwrote", out)
				}
			})
		},
	}
	c.Flags().StringVar(&file, "weights", "", "weights file (default: the ones that ship with unmask)")
	c.Flags().IntVar(&o.Size, "size", session.DefaultSize, "shorter side in pixels")
	c.Flags().IntVar(&o.Limit, "limit", 64, "use the first N pictures only (0: all)")
	c.Flags().BoolVar(&o.Compare, "compare", false, "also with GRN switched off in the same weights")
	c.Flags().StringVar(&out, "plot", "", "PNG file to draw the distances to")
	c.Flags().BoolVar(&dark, "dark", false, "dark plot")
	return c
}

func printCollapse(w io.Writer, r *session.CollapseReport) {
	fmt.Fprintf(w, "%d pictures at %d pixels, %s\nmean cosine distance between the channels of each block's expansion, after GELU; 0: all see the same\n\n%-22s", r.Pictures, r.Size, r.Weights, "layer")
	for _, s := range r.Series {
		fmt.Fprintf(w, " %12s", s.Name)
	}
	fmt.Fprintln(w)
	for i, l := range r.Layers {
		fmt.Fprintf(w, "%-22s", l)
		for _, s := range r.Series {
			fmt.Fprintf(w, " %12.4f", s.Distance[i])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%-22s", "mean")
	for _, s := range r.Series {
		fmt.Fprintf(w, " %12.4f", s.Mean)
	}
	fmt.Fprintln(w)
}
