package numtest

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

var classes = []string{Copy, Elementwise, Reduce, Backward, Network, Training}

// TestControl feeds the comparison wrong results, which it must refuse: a
// comparison that passes everything would make every other test worthless.
func TestControl(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	want := Pattern("control", 41)
	spoil := func(i int, v float32) []float32 {
		x := append([]float32(nil), want...)
		x[i] = v
		return x
	}
	for _, class := range classes {
		if r := Compare(class, want, want); !r.OK || r.Share != 0 || r.Count != 41 {
			t.Errorf("%s: equal values refused: %+v", class, r)
		}
		for what, got := range map[string][]float32{
			"last value off by 1 %": spoil(40, want[40]*1.01),
			"first value is zero":   spoil(0, 0),
			"sign":                  spoil(7, -want[7]),
			"NaN":                   spoil(20, nan),
			"infinity":              spoil(20, inf),
			"one value short":       want[:40],
			"one value too many":    append(spoil(0, want[0]), 0),
			"shifted by one":        append(spoil(0, want[0])[1:], want[0]),
			"nothing":               nil,
			"zeros":                 make([]float32, 41),
		} {
			if r := Compare(class, got, want); r.OK || !(r.Share > 1) {
				t.Errorf("%s: %s passed: %+v", class, what, r)
			}
		}
		if r := Compare(class, spoil(3, nan), spoil(3, nan)); r.OK || r.NaNs != 1 {
			t.Errorf("%s: NaN on both sides passed: %+v", class, r)
		}
		if r := Compare(class, []float32{1}, []float32{inf}); r.OK {
			t.Errorf("%s: 1 passed for an infinity", class)
		}
		if r := Compare(class, nil, nil); r.OK {
			t.Errorf("%s: an empty comparison passed", class)
		}
	}
}

// TestTable stands values just inside and just outside of each row.
func TestTable(t *testing.T) {
	for _, class := range classes {
		tol := For(class)
		want := float32(-3)
		allowed := tol.Abs + 3*tol.Rel
		for _, share := range []float64{0.98, 1.02} {
			got := float32(float64(want) + share*allowed)
			if r := Compare(class, []float32{got}, []float32{want}); r.OK != (share < 1 || allowed == 0) {
				t.Errorf("%s: %g of the allowed error gave %v", class, share, r)
			}
		}
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "BUG: numtest: no tolerance class exact" {
			t.Errorf("unknown class: %s", got)
		}
	}()
	Compare("exact", []float32{1}, []float32{1})
}

// log is a Reporter and Fataler that keeps what it is told.
type log struct{ lines []string }

func (l *log) Helper()                   {}
func (l *log) Errorf(f string, a ...any) { l.lines = append(l.lines, fmt.Sprintf(f, a...)) }
func (l *log) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

func TestCheckTexts(t *testing.T) {
	var l log
	Check(&l, Reduce, "fine", []float32{1, 2}, []float32{1, 2.0000001})
	Check(&l, Reduce, "stages.0.0", []float32{1, 2.5, float32(math.NaN())}, []float32{1, 2, 3})
	Check(&l, Elementwise, "gelu", []float32{1.00002}, []float32{1})
	Check(&l, Copy, "mask", []float32{1}, []float32{1, 2})
	Check(&l, Copy, "none", nil, nil)
	want := []string{
		"stages.0.0 (reduce): 2 of 3 values outside, 1 NaN; worst at 2: got NaN, want 3, 3.4e+38 of the allowed error",
		"gelu (elementwise): 1 of 1 values outside, 0 NaN; worst at 0: got 1.00002, want 1, 1.67 of the allowed error",
		"mask (copy): want 2 values, got 1",
		"none (copy): no values to compare",
	}
	if got := strings.Join(l.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if _, err := json.Marshal(Compare(Copy, []float32{1}, []float32{2}).Share); err != nil {
		t.Errorf("the share of a failure must fit JSON: %v", err)
	}
}
