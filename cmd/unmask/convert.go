package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"unmask/model"
	"unmask/onnx"
	"unmask/weights"
)

func (a *app) convert() *cobra.Command {
	var o conversion
	c := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Translate weights between formats and the key styles of the official code, timm and Hugging Face",
		Long: `Translate weights. IN is safetensors, .pt or .pth of any key style; OUT ends in
.safetensors, .pth (or .pt), or .onnx. docs/scale.md shows the way to the official
PyTorch code and to timm, and back.

  --keys official-pretrain   what the official main_pretrain.py saves and
                             main_finetune.py --finetune takes
  --keys official            what main_finetune.py saves and --resume takes`,
		Args: args(cobra.ExactArgs(2), "IN and OUT"),
		RunE: func(c *cobra.Command, args []string) error {
			o.in, o.out = args[0], args[1]
			if o.format() == "onnx" && (c.Flags().Changed("keys") || c.Flags().Changed("dtype")) {
				return usageError{fmt.Errorf("%s: ONNX has neither key styles nor f16 here: leave out --keys and --dtype", o.out)}
			}
			if err := o.check(); err != nil {
				return usageError{err}
			}
			if err := checkOut(o.out, filepath.Ext(o.out)); err != nil {
				return err
			}
			result, err := o.run()
			if err != nil {
				return err
			}
			if n := len(result.LeftOut); n > 0 {
				a.note(fmt.Sprintf("%d tensors have no place there and were left out, %s the first", n, result.LeftOut[0]))
			}
			return a.print(result, result.text)
		},
	}
	c.Flags().StringVar(&o.keys, "keys", "official", "names to write: official, official-pretrain, timm or hf")
	c.Flags().StringVar(&o.dtype, "dtype", "f32", "f32 or f16")
	c.Flags().StringVar(&o.metaFrom, "meta-from", "", "weights file whose classes, licence and other notes OUT gets where IN has none")
	c.Flags().StringVar(&o.classes, "classes", "", "text file with the names of the classes, a line each, in the order of the head")
	c.Flags().BoolVar(&o.features, "features", false, "for .onnx: the encoder's features in place of the classifier's logits")
	return c
}

// conversion is one call of `unmask convert`.
type conversion struct {
	in, out     string
	keys, dtype string
	metaFrom    string
	classes     string
	features    bool
}

// converted is its JSON.
type converted struct {
	In      string   `json:"in"`
	Out     string   `json:"out"`
	From    string   `json:"from"`
	Keys    string   `json:"keys,omitempty"`
	DType   string   `json:"dtype"`
	Tensors int      `json:"tensors"`
	LeftOut []string `json:"left_out,omitempty"`
	Opset   int      `json:"opset,omitempty"`
	Output  string   `json:"output,omitempty"`
}

func (r converted) text(w io.Writer) {
	to := r.Keys + " keys"
	if r.Opset > 0 {
		to = fmt.Sprintf("ONNX opset %d with output %q", r.Opset, r.Output)
	}
	fmt.Fprintf(w, "%d tensors, %s keys -> %s, %s\nwrote %s\n", r.Tensors, r.From, to, r.DType, r.Out)
}

// format is what the name of the output asks for, "" where that is nothing known.
func (o conversion) format() string {
	switch strings.ToLower(filepath.Ext(o.out)) {
	case ".safetensors":
		return "safetensors"
	case ".pt", ".pth":
		return "pytorch"
	case ".onnx":
		return "onnx"
	}
	return ""
}

func (o conversion) check() error {
	switch weights.Style(o.keys) {
	case weights.OfficialStyle, weights.OfficialPretrain, weights.Timm, weights.HF:
	default:
		return fmt.Errorf("--keys %q: want official, official-pretrain, timm or hf", o.keys)
	}
	switch {
	case o.dtype != "f32" && o.dtype != "f16":
		return fmt.Errorf("--dtype %q: want f32 or f16", o.dtype)
	case o.format() == "":
		return fmt.Errorf("%s: want a name that ends in .safetensors, .pth or .onnx", o.out)
	case o.features && o.format() != "onnx":
		return fmt.Errorf("--features is for .onnx; unmask features writes those of a picture")
	}
	return nil
}

func (o conversion) run() (converted, error) {
	in, from, err := readOfficial(o.in)
	if err != nil {
		return converted{}, err
	}
	if o.classes != "" {
		text, err := readFile("class names", o.classes, 0)
		if err != nil {
			return converted{}, err
		}
		names := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' || r == '\r' })
		if err := in.SetClasses(names); err != nil {
			return converted{}, fmt.Errorf("%s: %w", o.classes, err)
		}
	}
	if o.metaFrom != "" {
		other, _, err := readOfficial(o.metaFrom)
		if err != nil {
			return converted{}, err
		}
		if err := in.AddMeta(other.Meta); err != nil {
			return converted{}, fmt.Errorf("%s: %w", o.metaFrom, err)
		}
	}
	r := converted{In: o.in, Out: o.out, From: string(from), DType: o.dtype}
	if o.format() == "onnx" {
		output := onnx.Logits
		if o.features {
			output = onnx.Features
		}
		cfg, err := onnx.WriteFile(o.out, in, output)
		for _, p := range cfg.Params() {
			if p.Part == model.Encoder || p.Part == model.Head && !o.features {
				r.Tensors++
			}
		}
		r.Opset, r.Output = onnx.Opset, string(output)
		if errors.Is(err, onnx.ErrNoHead) {
			return r, remedied{fmt.Errorf("%s: %w", o.in, err), "fine-tune them first (unmask finetune), or write the encoder's features (unmask convert --features)"}
		}
		return r, unwritten(o.out, err)
	}
	out, err := weights.Convert(in, weights.Style(o.keys))
	if err != nil {
		return converted{}, err
	}
	r.Keys, r.Tensors = o.keys, len(out.Tensors)
	if len(out.Tensors) < len(in.Tensors) {
		r.LeftOut = strings.Split(out.Meta[weights.MetaLeftOut], ",")
	}
	write := weights.WriteFile
	if o.format() == "pytorch" {
		write = weights.WriteTorchFile
	}
	return r, unwritten(o.out, write(o.out, out, o.dtype))
}

// readOfficial reads a weights file under official names; from is its style.
func readOfficial(name string) (f *weights.File, from weights.Style, err error) {
	b, err := readFile("weights", name, 0)
	if err != nil {
		return nil, "", err
	}
	if f, err = weights.Read(name, b); err != nil {
		return nil, "", err
	}
	return weights.Official(f)
}
