package main

import (
	"image/png"
	"io"
	"os"
	"path/filepath"

	"unmask/internal/atomicfile"
	"unmask/internal/plots"
	"unmask/train"
)

// drawCurves draws our pre-training's validation curve beside the PyTorch
// reference's, from the logs in docs/figures; docs/results.md has the commands that
// wrote them.
func drawCurves() error {
	var logs []plots.Log
	for _, l := range []struct{ name, file string }{{"unmask", "pretrain-unmask.jsonl"}, {"PyTorch", "pretrain-pytorch.jsonl"}} {
		b, err := os.ReadFile(filepath.Join("docs", "figures", l.file))
		if err != nil {
			return err
		}
		lines, err := train.ReadLog(train.Memory{train.LogFile: b})
		if err != nil {
			return err
		}
		logs = append(logs, plots.Log{Name: l.name, Lines: lines})
	}
	picture := plots.Comparison("Pre-training from scratch, Atto at 96 pixels", logs, false)
	return atomicfile.Write(filepath.Join("docs", "pictures", "pretraining.png"), func(w io.Writer) error { return png.Encode(w, picture) })
}
