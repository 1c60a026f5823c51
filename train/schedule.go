package train

import "math"

// Schedule is the learning rate: linear warm-up, then half a cosine (MAE, arXiv
// 2111.06377, appendix A; arXiv 1608.03983, eq. 5 without restarts).
type Schedule struct {
	LR, MinLR     float64
	Warmup, Total int // in optimiser steps
}

// At is the rate of step t, from 0: t / Warmup of LR while it warms up, so that
// the first step has rate 0 as the official code has it, then down to MinLR,
// which step Total would have.
func (s Schedule) At(t int) float64 {
	if t < s.Warmup {
		return s.LR * float64(t) / float64(s.Warmup)
	}
	x := float64(t-s.Warmup) / float64(max(1, s.Total-s.Warmup))
	return s.MinLR + (s.LR-s.MinLR)*0.5*(1+math.Cos(math.Pi*min(1, x)))
}

// BaseLR is the rule lr = blr * batch / 256 (arXiv 1706.02677).
func BaseLR(blr float64, batch int) float64 { return blr * float64(batch) / 256 }
