package session

import (
	"context"
	"errors"

	"unmask/internal/bench"
)

// BenchReport is what a device takes for the work of this program, on seeded networks
// and pictures.
type BenchReport struct {
	bench.Report
	Profile *bench.Profile `json:"profile,omitempty"` // of the reconstruction
}

// The cases of DoBench: what people of the page wait for.
var (
	benchReconstruct = bench.Case{Model: "atto", Batch: 1, Size: 224, Part: "reconstruct", Ratio: 0.6}
	benchCases       = []bench.Case{
		benchReconstruct,
		{Model: "atto", Batch: 1, Size: 224, Part: "classifier"},
		{Model: "atto", Batch: 8, Size: 224, Part: "classifier"},
		{Model: "atto", Batch: 16, Size: 96, Part: "train"},
	}
	// On the CPU a batch or a step takes many seconds and tells nothing new.
	benchCasesCPU = benchCases[:2]
)

// doBench measures on devices of its own; between two cases other commands have their
// turn.
func (s *Session) doBench(ctx context.Context, send, emit func(Event)) error {
	if s.dev == nil {
		return missingDevice()
	}
	cases := benchCases
	if s.dev.Info().Kind == "cpu" {
		cases = benchCasesCPU
	}
	r := &BenchReport{Report: bench.Report{Adapter: s.dev.Info().Name}}
	turn := s.deviceTurns(ctx, emit)
	stages := []func() error{func() (err error) {
		r.PeakGFLOPS, err = bench.Peak(ctx, s.dev)
		return err
	}}
	for _, c := range cases {
		stages = append(stages, func() error {
			row, err := bench.Measure(ctx, s.Another, c)
			row.ShareOfPeak = row.GFLOPS / r.PeakGFLOPS
			if err == nil {
				r.Rows = append(r.Rows, row)
			}
			return err
		})
	}
	stages = append(stages, func() (err error) {
		r.Profile, err = bench.ProfileOf(ctx, s.dev, benchReconstruct)
		if errors.Is(err, bench.ErrNoProfile) {
			return nil
		}
		return err
	})
	for i, stage := range stages {
		send(Event{Kind: EvProgress, Progress: &Progress{What: "bench", Done: float64(i), Total: float64(len(stages)), Unit: "measurements"}})
		if err := stage(); err != nil {
			return err
		}
		more := i < len(stages)-1
		known := *r // the page may still read it while the next row is added
		send(Event{Kind: EvBench, Bench: &known, Partial: more})
		if more && !turn.goesOn() {
			turn.giveWay(send)
			return nil
		}
	}
	return nil
}
