package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"unmask/model"
	"unmask/weights"
)

// inspection is the JSON of `unmask inspect`.
type inspection struct {
	File    string            `json:"file"`
	Format  string            `json:"format"`
	Keys    weights.Style     `json:"keys"`
	Model   string            `json:"model"`
	Classes int               `json:"classes"`
	Decoder bool              `json:"decoder"`
	Params  int               `json:"params"`
	Missing []string          `json:"missing"`
	Extra   []string          `json:"extra"`
	Meta    map[string]string `json:"metadata"`
	Tensors []tensorInfo      `json:"tensors"`
	Problem string            `json:"problem,omitempty"` // why it is no model, if it is none
}

type tensorInfo struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

func (a *app) inspect() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "List a weights file: tensors, format, model found, what is missing or extra",
		Args:  args(cobra.ExactArgs(1), "one FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			b, err := readFile("weights", args[0], 0)
			if err != nil {
				return err
			}
			f, err := weights.Read(args[0], b)
			if err != nil {
				return err
			}
			r := describe(args[0], f)
			return a.print(r, func(w io.Writer) { r.text(w) })
		},
	}
}

func describe(name string, f *weights.File) inspection {
	r := inspection{File: name, Format: f.Format, Meta: f.Meta, Missing: []string{}, Extra: []string{}, Tensors: []tensorInfo{}}
	if r.Meta == nil {
		r.Meta = map[string]string{}
	}
	for _, t := range f.Tensors {
		r.Tensors = append(r.Tensors, tensorInfo{t.Name, t.DType, t.Shape})
	}
	official, style, err := weights.Official(f)
	if err != nil {
		r.Problem = err.Error()
		return r
	}
	r.Keys = style
	shapes := map[string][]int{}
	for _, t := range official.Tensors {
		shapes[t.Name] = t.Shape
	}
	cfg, report, err := model.Detect(shapes)
	r.Model, r.Classes, r.Decoder, r.Params = cfg.Name, cfg.Classes, cfg.DecoderWidth > 0, cfg.Count()
	r.Missing, r.Extra = append(r.Missing, report.Missing...), append(r.Extra, report.Extra...)
	if err != nil {
		r.Problem = err.Error()
	}
	return r
}

func (r inspection) text(w io.Writer) {
	for _, t := range r.Tensors {
		fmt.Fprintf(w, "%-42s %-5s %v\n", t.Name, t.DType, t.Shape)
	}
	fmt.Fprintf(w, "\nformat   %s\nkeys     %s\n", r.Format, r.Keys)
	if r.Problem != "" {
		fmt.Fprintf(w, "problem  %s\n", r.Problem)
		return
	}
	fmt.Fprintf(w, "model    %s, %d parameters\ndecoder  %t\nclasses  %d\n", r.Model, r.Params, r.Decoder, r.Classes)
	for _, n := range r.Missing {
		fmt.Fprintf(w, "missing  %s\n", n)
	}
	for _, n := range r.Extra {
		fmt.Fprintf(w, "extra    %s\n", n)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Meta)) {
		fmt.Fprintf(w, "%s: %s\n", k, r.Meta[k])
	}
}
