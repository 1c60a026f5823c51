package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unmask/data"
	"unmask/session"
	"unmask/weights"
)

func (a *app) features() *cobra.Command {
	var out, file string
	var size int
	var ratio float64
	var seed uint64
	c := &cobra.Command{
		Use:   "features IMAGE",
		Short: "Write the output of every stage and block, (N, H, W, C) float32",
		Args:  args(cobra.ExactArgs(1), "one IMAGE"),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return usageError{fmt.Errorf("-o MAPS.safetensors is needed")}
			}
			if !(ratio >= 0 && ratio < 1) {
				return usageError{fmt.Errorf("--ratio %v: want 0 (nothing hidden) to less than 1", ratio)}
			}
			if err := checkSize(size, 1); err != nil {
				return err
			}
			if err := checkOut(out, ".safetensors"); err != nil {
				return err
			}
			b, err := readPicture("photo", args[0])
			if err != nil {
				return err
			}
			s, err := a.openWith(c.Context(), file)
			if err != nil {
				return err
			}
			defer s.Close()
			info, notes, err := s.SetPicture(args[0], b, size)
			if err != nil {
				return err
			}
			a.note(strings.Join(notes, "; "))
			mask := data.NewMask(info.Rows, info.Cols)
			if ratio > 0 {
				if mask, err = data.RandomMask(info.Rows, info.Cols, ratio, seed); err != nil {
					return err
				}
			}
			maps, err := s.Features(c.Context(), mask)
			if err != nil {
				return err
			}
			f := &weights.File{Meta: map[string]string{"layout": "NHWC", "mask": mask.Bits(), "image": args[0]}}
			type shape struct {
				Name  string `json:"name"`
				Shape []int  `json:"shape"`
			}
			var shapes []shape
			for _, m := range maps {
				f.Tensors = append(f.Tensors, weights.Tensor{Name: m.Name, Shape: m.Shape, DType: "F32", Data: m.Data})
				shapes = append(shapes, shape{m.Name, m.Shape})
			}
			if err := weights.WriteFile(out, f, "f32"); err != nil {
				return unwritten(out, err)
			}
			return a.print(shapes, func(w io.Writer) {
				for _, m := range shapes {
					fmt.Fprintf(w, "%-22s %v\n", m.Name, m.Shape)
				}
				fmt.Fprintln(w, "wrote", out)
			})
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "safetensors file to write")
	c.Flags().StringVar(&file, "weights", "", "weights file (default: the ones that ship with unmask)")
	c.Flags().IntVar(&size, "size", session.DefaultSize, "shorter side in pixels")
	c.Flags().Float64Var(&ratio, "ratio", 0, "share of the patches to hide; hidden positions are zero")
	c.Flags().Uint64Var(&seed, "seed", 0, "seed of the random mask")
	return c
}
