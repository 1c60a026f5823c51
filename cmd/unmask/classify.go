package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unmask/model"
	"unmask/session"
)

type classified struct {
	File   string               `json:"file"`
	TopK   []session.ClassScore `json:"topk"`
	Logits []float32            `json:"logits"`
}

func (a *app) classify() *cobra.Command {
	var file string
	var topk, size int
	c := &cobra.Command{
		Use:   "classify IMAGE...",
		Short: "Name what photos show, with the weights of a classifier",
		Args:  args(cobra.MinimumNArgs(1), "at least one IMAGE"),
		RunE: func(c *cobra.Command, files []string) error {
			if file == "" {
				return usageError{fmt.Errorf("--weights F is needed: a classifier's weights")}
			}
			if topk < 1 {
				return usageError{fmt.Errorf("--topk %d: want at least 1", topk)}
			}
			if err := checkSize(size, model.Patch); err != nil {
				return err
			}
			s, err := a.openWith(c.Context(), file)
			if err != nil {
				return err
			}
			defer s.Close()
			results := []classified{}
			for _, f := range files {
				b, err := readPicture("photo", f)
				if err != nil {
					return err
				}
				logits, notes, err := s.Classify(c.Context(), f, b, size)
				if err != nil {
					return err
				}
				a.note(strings.Join(notes, "; "))
				results = append(results, classified{f, s.TopK(logits, topk), logits})
			}
			return a.print(results, func(w io.Writer) {
				for _, r := range results {
					fmt.Fprintln(w, r.File)
					for _, k := range r.TopK {
						fmt.Fprintf(w, "  %5.1f %%  %s\n", 100*k.P, k.Label)
					}
				}
			})
		},
	}
	c.Flags().StringVar(&file, "weights", "", "weights file of a classifier")
	c.Flags().IntVar(&topk, "topk", 5, "how many classes to print")
	c.Flags().IntVar(&size, "size", session.DefaultSize, "side of the centre crop in pixels")
	return c
}
