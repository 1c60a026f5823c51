// Package report draws and writes the pictures of a training run, the same for
// every front end that trains: curves.png and samples/. It trains nothing.
package report

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"path/filepath"

	"unmask/data"
	"unmask/internal/panel"
	"unmask/internal/plots"
	"unmask/session"
	"unmask/train"
)

// CurvesFile is the picture of a run's curves.
const CurvesFile = "curves.png"

// Title names a run by what it does: "ConvNeXt V2 Atto, fine-tuning on flowers at
// 224 pixels".
func Title(c train.Config) string {
	what := map[train.Kind]string{train.Pretrain: "pre-training", train.Finetune: "fine-tuning"}[c.Kind]
	return fmt.Sprintf("ConvNeXt V2 %s, %s on %s at %d pixels", session.Capital(c.Model.Name), what, filepath.Base(c.Data), c.Size)
}

// WriteCurves draws the log so far.
func WriteCurves(store train.Store, c train.Config, dark bool) error {
	lines, err := train.ReadLog(store)
	if err != nil {
		return err
	}
	img := plots.Curves(lines, Title(c), dark)
	return store.Write(CurvesFile, func(out io.Writer) error { return png.Encode(out, img) })
}

// Sheet sets the same validation pictures in rows: original, masked, completed.
func Sheet(c train.Config, step int, samples []train.Sample, dark bool) *image.NRGBA {
	labels := []string{"Original", "Masked", "Reconstruction, visible pixels pasted in"}
	rows := make([][]image.Image, 3)
	loss := 0.0
	for _, s := range samples {
		original := s.Original.Image()
		rows[0] = append(rows[0], original)
		rows[1] = append(rows[1], panel.MaskedImage(original, s.Mask.Hidden, s.Mask.Rows, s.Mask.Cols))
		rows[2] = append(rows[2], data.Composite(s.Original, s.Reconstruction, s.Mask).Image())
		loss += s.Loss / float64(len(samples))
	}
	caption := fmt.Sprintf("ConvNeXt V2 %s after %d steps of %d pictures · masked loss %.4f", session.Capital(c.Model.Name), step, c.Batch, loss)
	return panel.Sheet(labels, rows, caption, dark)
}

// SamplesFolder holds the sheets of a run.
const SamplesFolder = "samples"

// SamplesFile is the name of the sheet after so many steps. Names sort by step.
func SamplesFile(step int) string { return fmt.Sprintf(SamplesFolder+"/step-%06d.png", step) }

// WriteSamples writes the sheet of a step.
func WriteSamples(store train.Store, c train.Config, step int, samples []train.Sample, dark bool) error {
	sheet := Sheet(c, step, samples, dark)
	return store.Write(SamplesFile(step), func(out io.Writer) error { return png.Encode(out, sheet) })
}
