package shaders

import "testing"

// TestEachOpHasAGradientOrSaysWhyNot: an op with neither would stop a training
// graph with a reason that nobody wrote.
func TestEachOpHasAGradientOrSaysWhyNot(t *testing.T) {
	for _, o := range All() {
		if (o.Backward != nil) == (o.NoGrad != "") {
			t.Errorf("%s: Backward is set: %t, NoGrad is %q: want exactly one", o.Name, o.Backward != nil, o.NoGrad)
		}
	}
}
