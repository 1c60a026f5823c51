package main

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unmask/data"
	"unmask/internal/atomicfile"
	"unmask/internal/panel"
	"unmask/session"
)

type reconstructFlags struct {
	out, weights, mask, view string
	size                     int
	ratio                    float64
	seed                     uint64
	dark                     bool
}

func (a *app) reconstruct() *cobra.Command {
	var f reconstructFlags
	c := &cobra.Command{
		Use:   "reconstruct IMAGE",
		Short: "Hide patches of a photo and let the network fill them in",
		Args:  args(cobra.ExactArgs(1), "one IMAGE"),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("mask") && (c.Flags().Changed("ratio") || c.Flags().Changed("seed")) {
				return usageError{fmt.Errorf("--mask says which patches are hidden: leave out --ratio and --seed")}
			}
			return a.runReconstruct(c, args[0], f)
		},
	}
	c.Flags().StringVarP(&f.out, "out", "o", "", "picture to write (PNG)")
	c.Flags().StringVar(&f.weights, "weights", "", "weights file with a decoder (default: the ones that ship with unmask)")
	c.Flags().IntVar(&f.size, "size", session.DefaultSize, "shorter side in pixels")
	c.Flags().Float64Var(&f.ratio, "ratio", 0.6, "share of the patches to hide")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "seed of the random mask")
	c.Flags().StringVar(&f.mask, "mask", "", "mask bits, row-major, 1 = hidden, or a picture whose dark cells are hidden")
	c.Flags().StringVar(&f.view, "view", "panel", "what to write: panel, composite (visible pixels pasted in) or reconstruction (the bare output, noise at visible patches)")
	c.Flags().BoolVar(&f.dark, "dark", false, "a dark panel")
	return c
}

func (a *app) runReconstruct(c *cobra.Command, file string, f reconstructFlags) error {
	if f.view != "panel" && f.view != "reconstruction" && f.view != "composite" {
		return usageError{fmt.Errorf("--view %q: want panel, reconstruction or composite", f.view)}
	}
	if err := checkSize(f.size, 1); err != nil {
		return err
	}
	if c.Flags().Changed("mask") && f.mask == "" {
		return usageError{fmt.Errorf("--mask is empty: want bits (0 and 1) or a picture")}
	}
	if !(f.ratio > 0 && f.ratio < 1) {
		return usageError{fmt.Errorf("--ratio %v: want more than 0 and less than 1", f.ratio)}
	}
	if f.out != "" {
		if err := checkOut(f.out, ".png"); err != nil {
			return err
		}
	}
	b, err := readPicture("photo", file)
	if err != nil {
		return err
	}
	s, err := a.openWith(c.Context(), f.weights)
	if err != nil {
		return err
	}
	defer s.Close()
	info, notes, err := s.SetPicture(file, b, f.size)
	if err != nil {
		return err
	}
	a.note(strings.Join(notes, "; "))
	mask, err := chooseMask(f, info)
	if err != nil {
		return err
	}
	r, err := s.Reconstruct(c.Context(), mask)
	if err != nil {
		return err
	}
	a.note(r.Note)
	if f.out != "" {
		if err := writePNG(f.out, view(s, r, f)); err != nil {
			return err
		}
	}
	return a.print(r.Reconstruction, func(w io.Writer) {
		fmt.Fprintf(w, "%d of %d patches hidden   loss %.4f   PSNR %.2f dB   SSIM %.3f\n", r.Masked, r.Patches, r.Loss, r.PSNR, r.SSIM)
		fmt.Fprintf(w, "%.1f ms on %s\n", r.MS["forward"], r.Adapter)
		if f.out != "" {
			fmt.Fprintln(w, "wrote", f.out)
		}
	})
}

// chooseMask makes the mask that the flags ask for. A mask that does not fit
// is misuse where it was typed, a failure where it came from a file.
func chooseMask(f reconstructFlags, info session.PictureInfo) (data.Mask, error) {
	if f.mask == "" {
		return data.RandomMask(info.Rows, info.Cols, f.ratio, f.seed)
	}
	if strings.Trim(f.mask, "01") == "" {
		m, err := data.ParseMask(f.mask, info.Rows, info.Cols)
		if err == nil {
			err = m.Check()
		}
		if err != nil {
			return m, usageError{fmt.Errorf("--mask: %s", session.Explain(err).Text)}
		}
		return m, nil
	}
	b, err := readPicture("mask (it is not only 0 and 1)", f.mask)
	if err != nil {
		return data.Mask{}, err
	}
	p, _, err := data.Decode(f.mask, b)
	if err != nil {
		return data.Mask{}, err
	}
	return data.MaskFromPicture(p, info.Rows, info.Cols)
}

func view(s *session.Session, r *session.Result, f reconstructFlags) image.Image {
	switch f.view {
	case "reconstruction":
		return r.Picture.Image()
	case "composite":
		return r.Composite.Image()
	}
	caption := fmt.Sprintf("ConvNeXt V2 %s · %d of %d patches hidden · PSNR %.1f dB", title(s.Weights().Model), r.Masked, r.Patches, r.PSNR)
	m := r.Mask
	return panel.Four(s.Picture().Image(), r.Picture.Image(), r.Composite.Image(), m.Hidden, m.Rows, m.Cols, caption, f.dark)
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// writePNG writes a picture whole or not at all.
func writePNG(path string, img image.Image) error {
	if err := atomicfile.Write(path, func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
		return unwritten(path, err)
	}
	return nil
}
