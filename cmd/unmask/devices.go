package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/ref"
)

func (a *app) devices() *cobra.Command {
	measure := false
	c := &cobra.Command{
		Use:   "devices",
		Short: "List what can compute here, and measure its kernels",
		Args:  args(cobra.NoArgs, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if measure {
				return a.tune(c.Context())
			}
			infos, err := gpu.Adapters()
			if err != nil {
				a.note(err.Error())
			}
			for _, i := range infos {
				if m := a.choiceOf(i.Name); m != nil {
					a.note(i.Name + " uses what was measured: " + strings.Join(m.Fastest(), ", "))
				}
			}
			infos = append(infos, ref.Open(ref.Options{}).Info())
			return a.print(infos, func(w io.Writer) {
				for _, i := range infos {
					fmt.Fprintf(w, "%-4s %-48s %-8s %s%s\n", i.Kind, i.Name, i.Backend, i.Driver, software(i))
				}
			})
		},
	}
	c.Flags().BoolVar(&measure, "tune", false, "measure the kernels of this adapter and remember the fastest")
	return c
}

func software(i device.Info) string {
	if i.Kind == "gpu" && i.Software {
		return "  (computed on the CPU)"
	}
	return ""
}

func (a *app) selftest() *cobra.Command {
	return &cobra.Command{
		Use:   "selftest",
		Short: "Run every kernel against the float64 reference on this device",
		Args:  args(cobra.NoArgs, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.open(c.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			step, end := a.progress("ops")
			results, err := s.SelfTest(c.Context(), func(done, total int) bool { step(done, total); return true })
			end()
			if err != nil {
				return err
			}
			failed := 0
			for _, r := range results {
				if !r.OK {
					failed++
				}
			}
			if err := a.print(results, func(w io.Writer) {
				fmt.Fprintln(w, s.Device().Info().Name)
				for _, r := range results {
					verdict := "ok"
					if !r.OK {
						verdict = "FAILED " + r.Detail
					}
					fmt.Fprintf(w, "%-12s %-18s %2d cases  %5.1f %% of the allowed error  %s\n", r.Op, r.Kernel, r.Cases, 100*r.Share, verdict)
				}
			}); err != nil {
				return err
			}
			if failed > 0 {
				return fmt.Errorf("%d of %d kernels compute wrongly on %s: use --device cpu, and please report this", failed, len(results), s.Device().Info().Name)
			}
			return nil
		},
	}
}
