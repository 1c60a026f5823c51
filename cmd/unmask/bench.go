package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"unmask/internal/bench"
	"unmask/session"
)

func (a *app) bench() *cobra.Command {
	profile := false
	c := &cobra.Command{
		Use:   "bench [CASE...]",
		Short: "Time the networks: by part, batch and mask ratio; a CASE is a part of a row's name, such as atto-b8",
		RunE: func(c *cobra.Command, filters []string) error {
			cases, err := bench.Cases(filters)
			if err != nil {
				return usageError{err}
			}
			s, err := a.open(c.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			if profile {
				return a.profile(c.Context(), s, cases)
			}
			table := a.out
			if a.json {
				table = a.err // rows as they come are progress there
			}
			fmt.Fprintf(table, "%-6s %5s %5s %-12s %5s %10s %9s %7s %6s %10s %8s\n", "model", "batch", "size", "part", "ratio", "ms", "GFLOP/s", "of peak", "disp.", "first ms", "forwards")
			r, err := bench.Run(c.Context(), s.Another, cases, func(r bench.Row) {
				forwards := ""
				if r.ForwardMS > 0 { // a training step
					forwards = fmt.Sprintf(" %8.2f", r.MS/r.ForwardMS)
				}
				fmt.Fprintf(table, "%-6s %5d %5d %-12s %5.2f %10.2f %9.2f %6.1f%% %6d %10.1f%s\n",
					r.Model, r.Batch, r.Size, r.Part, r.Ratio, r.MS, r.GFLOPS, 100*r.ShareOfPeak, r.Dispatches, r.FirstMS, forwards)
			})
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) {
				fmt.Fprintf(w, "%s: fused multiply-adds reach %.1f GFLOP/s\n", r.Adapter, r.PeakGFLOPS)
			})
		},
	}
	c.Flags().BoolVar(&profile, "profile", false, "where the time goes, kernel by kernel")
	return c
}

// profile prints the kernels of each case; its JSON is an array of them.
func (a *app) profile(ctx context.Context, s *session.Session, cases []bench.Case) error {
	all := []*bench.Profile{}
	for _, c := range cases {
		dev, err := s.Another(ctx)
		if err != nil {
			return err
		}
		p, err := bench.ProfileOf(ctx, dev, c)
		dev.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name(), err)
		}
		if all = append(all, p); a.json {
			continue
		}
		fmt.Fprintf(a.out, "%s, %s\n%-26s %-18s %5s %9s %6s\n", p.Case, p.How(), "kernel", "op", "calls", "ms", "share")
		for _, k := range p.Kernels {
			fmt.Fprintf(a.out, "%-26s %-18s %5d %9.2f %5.1f%%\n", k.Name, k.Op, k.Calls, k.MS, 100*k.Share)
		}
	}
	return a.print(all, func(io.Writer) {})
}
