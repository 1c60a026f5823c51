package numtest

import (
	"fmt"
	"math"
)

// Result is the outcome of one comparison.
type Result struct {
	OK    bool
	Count int // elements compared
	Bad   int // elements outside the tolerance, those with a NaN included
	NaNs  int // elements where either side is NaN

	// The worst element: where it is, both values, and its error as a share of
	// the allowed one. A share is at most math.MaxFloat32, never infinite or
	// NaN, so that it can be written as JSON.
	Index     int
	Got, Want float32
	Share     float64

	// Why is set where the elements could not be compared at all.
	Why string
}

// Compare holds got against want, element by element, under the row of the
// tolerance table that class names. Lengths that differ, nothing to compare,
// and a NaN on either side fail. A class that is not in the table panics.
func Compare(class string, got, want []float32) Result {
	tol := For(class)
	r := Result{Count: min(len(got), len(want)), Share: math.MaxFloat32}
	if len(got) != len(want) {
		r.Why = fmt.Sprintf("want %d values, got %d", len(want), len(got))
		return r
	}
	if len(got) == 0 {
		r.Why = "no values to compare"
		return r
	}
	worst := -1.0
	for i, w := range want {
		s := tol.share(got[i], w)
		if s > 1 {
			r.Bad++
		}
		if got[i] != got[i] || w != w {
			r.NaNs++
		}
		if s > worst {
			worst, r.Index, r.Got, r.Want = s, i, got[i], w
		}
	}
	r.Share = worst
	r.OK = r.Bad == 0
	return r
}

// share returns |got - want| / (atol + rtol·|want|), at most math.MaxFloat32,
// which also stands for what no tolerance allows: NaN, an infinity on one side.
func (t Tolerance) share(got, want float32) float64 {
	if got == want {
		return 0
	}
	g, w := float64(got), float64(want)
	s := math.Abs(g-w) / (t.Abs + t.Rel*math.Abs(w))
	if math.IsInf(w, 0) || !(s < math.MaxFloat32) {
		return math.MaxFloat32
	}
	return s
}

// String tells the count, the worst index, both values and the share.
func (r Result) String() string {
	if r.Why != "" {
		return r.Why
	}
	return fmt.Sprintf("%d of %d values outside, %d NaN; worst at %d: got %g, want %g, %.3g of the allowed error",
		r.Bad, r.Count, r.NaNs, r.Index, r.Got, r.Want, r.Share)
}

// Reporter is the part of testing.TB that Check needs.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Check reports a failed comparison of what, such as "stages.0.0", to t.
func Check(t Reporter, class, what string, got, want []float32) {
	t.Helper()
	if r := Compare(class, got, want); !r.OK {
		t.Errorf("%s (%s): %v", what, class, r)
	}
}
