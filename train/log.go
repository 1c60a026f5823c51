package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Names of a run's files.
const (
	ConfigFile = "config.json"
	LogFile    = "log.jsonl"
	LastFile   = "last.safetensors"
	BestFile   = "best.safetensors"
	// ProgressFile says how far LastFile is, for those who only want to know that.
	ProgressFile = "progress.json"
)

// Line is one line of log.jsonl, under the names that the official code's logs
// have. A line without Test values is a mean over some steps, one with them the
// validation at the end of an epoch.
type Line struct {
	Epoch     float64  `json:"epoch"`
	Step      int      `json:"step"` // optimiser steps that are done
	Loss      float64  `json:"train_loss"`
	LR        float64  `json:"train_lr"`
	Norm      float64  `json:"train_grad_norm"`
	TestLoss  *float64 `json:"test_loss,omitempty"`
	TestAcc1  *float64 `json:"test_acc1,omitempty"` // per cent
	TestAcc5  *float64 `json:"test_acc5,omitempty"`
	Constant  *float64 `json:"constant_loss,omitempty"` // test_loss of the best constant answer
	Params    int      `json:"n_parameters"`
	ImagesSec float64  `json:"images_per_s"`
	Waited    float64  `json:"waited_share"` // of the time, for pictures
}

// logLine appends a line.
func (r *Run) logLine(l Line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return r.store.Append(LogFile, b)
}

// ReadLog returns the lines of a log; a last line that a killed process left
// unfinished is passed over.
func ReadLog(store Store) ([]Line, error) {
	b, err := store.Read(LogFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var lines []Line
	for i, text := range bytes.Split(b, []byte("\n")) {
		var l Line
		if len(text) == 0 {
			continue
		}
		if err := json.Unmarshal(text, &l); err != nil {
			if i == bytes.Count(b, []byte("\n")) {
				break
			}
			return nil, fmt.Errorf("train: %s: line %d cannot be read: %w", LogFile, i+1, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// cutLog drops the lines of work that was lost and is done again: those after the
// present step, and that of its validation if the state is from before it.
func (r *Run) cutLog() error {
	lines, err := ReadLog(r.store)
	if err != nil {
		return err
	}
	if lines == nil {
		return nil
	}
	return r.store.Write(LogFile, func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, l := range lines {
			if l.Step > r.progress.Step || l.Step == r.progress.Step && r.unvalidated() {
				continue
			}
			if err := e.Encode(l); err != nil {
				return err
			}
		}
		return nil
	})
}
