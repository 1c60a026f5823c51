package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"unmask/model"
	"unmask/weights"
)

func (a *app) convert() *cobra.Command {
	var keys, dtype string
	c := &cobra.Command{
		Use:   "convert IN OUT.safetensors",
		Short: "Translate weights between the key styles of the official code, timm and Hugging Face",
		Args:  args(cobra.ExactArgs(2), "IN and OUT"),
		RunE: func(c *cobra.Command, args []string) error {
			style := weights.Style(keys)
			if style != "official" && style != "timm" && style != "hf" {
				return usageError{fmt.Errorf("--keys %q: want official, timm or hf", keys)}
			}
			if dtype != "f32" && dtype != "f16" {
				return usageError{fmt.Errorf("--dtype %q: want f32 or f16", dtype)}
			}
			if !strings.HasSuffix(args[1], ".safetensors") {
				return usageError{fmt.Errorf("%s: want a name that ends in .safetensors", args[1])}
			}
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			in, err := weights.Read(args[0], b)
			if err != nil {
				return err
			}
			official, from, err := weights.Official(in)
			if err != nil {
				return err
			}
			out, err := weights.Convert(official, style)
			if err != nil {
				return err
			}
			if err := weights.WriteFile(args[1], out, dtype); err != nil {
				return err
			}
			return a.print(map[string]any{"in": args[0], "out": args[1], "from": from, "keys": keys, "dtype": dtype, "tensors": len(out.Tensors)}, func(w io.Writer) {
				fmt.Fprintf(w, "%d tensors, %s keys -> %s keys, %s\nwrote %s\n", len(out.Tensors), from, keys, dtype, args[1])
			})
		},
	}
	c.Flags().StringVar(&keys, "keys", "official", "names to write: official, timm or hf")
	c.Flags().StringVar(&dtype, "dtype", "f32", "f32 or f16")
	return c
}

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
			b, err := os.ReadFile(args[0])
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
	r := inspection{File: name, Format: f.Format, Meta: f.Meta, Missing: []string{}, Extra: []string{}}
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
	for what, names := range map[string][]string{"missing": r.Missing, "extra": r.Extra} {
		for _, n := range names {
			fmt.Fprintf(w, "%-8s %s\n", what, n)
		}
	}
	for k, v := range r.Meta {
		fmt.Fprintf(w, "%s: %s\n", k, v)
	}
}
