package app

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"unmask/session"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{0, 1, "0.00 0.25 0.50 0.75 1.00"},
		{0, 7.3, "0 2 4 6 8"},
		{0.31, 0.74, "0.2 0.4 0.6 0.8"},
		{0, 100, "0 25 50 75 100"},
		{2, 2, "2.00 2.05 2.10 2.15 2.20"},
	} {
		got := ticks(c.lo, c.hi, 4)
		if text := strings.Join(tickText(got), " "); text != c.want {
			t.Errorf("ticks of %g to %g: %s, want %s", c.lo, c.hi, text, c.want)
		}
		if got[0] > c.lo || got[len(got)-1] < c.hi {
			t.Errorf("ticks %v do not hold %g to %g", got, c.lo, c.hi)
		}
	}
}

func TestACurveStaysBounded(t *testing.T) {
	var c curve
	for i := range 100_000 {
		c.add(float64(i), 1)
	}
	if n := len(c.points); n > maxPoints || n < maxPoints/2-1 {
		t.Errorf("%d points", n)
	}
	for _, p := range c.points {
		if p.y != 1 {
			t.Fatalf("a mean of ones is %g", p.y)
		}
	}
	s := c.smooth()
	if len(s) != len(c.points) || math.Abs(s[len(s)-1].y-1) > 1e-9 {
		t.Errorf("smoothed: %d points to %g", len(s), s[len(s)-1].y)
	}
	c.cut(50_000)
	if last := c.points[len(c.points)-1].x; last >= 50_000 {
		t.Errorf("after the cut the last point is at %g", last)
	}
}

func TestAChartDrawsItsCurves(t *testing.T) {
	c := chart{summary: "a <b>", minX: 1, series: []series{{class: "learnt", points: []point{{0, 1}, {1, 0}}}, {class: "tested", dots: true, points: []point{{1, 0.5}}}, {class: "empty"}}}
	svg := c.svg()
	for _, want := range []string{`aria-label="a &lt;b&gt;"`, `class="curve learnt" d="M0.0 0.0L1000.0 500.0"`, `class="curve dots tested" d="M1000.0 250.0h0"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %s:\n%s", want, svg)
		}
	}
	if strings.Contains(svg, "empty") || strings.Contains(svg, "NaN") {
		t.Errorf("the chart draws what is not there:\n%s", svg)
	}
}

func TestStepsWaitForEachOther(t *testing.T) {
	passed := make(chan []session.Event, 8)
	r := relay{pass: func(e []session.Event) { passed <- e }}
	for range 5 {
		r.put(session.Event{Kind: session.EvTrain})
	}
	select {
	case e := <-passed:
		if len(e) != 5 {
			t.Errorf("%d events at once, want 5", len(e))
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the steps are still waiting")
	}
	r.put(session.Event{Kind: session.EvTrain})
	r.put(session.Event{Kind: session.EvEpoch})
	kinds := []string{}
	for _, e := range <-passed {
		kinds = append(kinds, e.Kind)
	}
	if !slices.Equal(kinds, []string{session.EvTrain, session.EvEpoch}) {
		t.Errorf("passed on %q: order and haste are lost", kinds)
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[float64]string{0.2: "a moment", 1: "1 second", 90: "2 minutes", 5400: "1.5 hours", 72 * 3600: "3 days"} {
		if got := duration(s); got != want {
			t.Errorf("%g s is %q, want %q", s, got, want)
		}
	}
}

func TestReferenceFitsTheChart(t *testing.T) {
	if got := referenceWithin(5); len(got) != 3 || got[2].x != 4.66 {
		t.Errorf("up to 5 rounds there are %v", got)
	}
	if got := referenceWithin(400); len(got) != len(reference) {
		t.Errorf("up to 400 rounds there are %d of %d points", len(got), len(reference))
	}
	if got := referenceWithin(1); len(got) != 0 {
		t.Errorf("in one round there are %v", got)
	}
}
