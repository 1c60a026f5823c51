package tune

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"unmask/internal/testdevice"
	"unmask/shaders"
)

// fake is a bench whose kernels take the times given by name, one millisecond where
// there is none.
type fake struct {
	clock time.Time
	takes map[string]time.Duration
	runs  int
}

func (*fake) features() []string { return nil }

func (f *fake) now() time.Time { return f.clock }

func (f *fake) prepare(_ *shaders.Op, k *shaders.Kernel, _ shaders.Args) (func(context.Context) error, func(), error) {
	return func(context.Context) error {
		f.runs++
		takes := f.takes[k.Name]
		if takes == 0 {
			takes = time.Millisecond
		}
		f.clock = f.clock.Add(takes)
		return nil
	}, func() {}, nil
}

func always() bool { return true }

func TestTheFastestKernelThatFitsIsChosen(t *testing.T) {
	f := &fake{takes: map[string]time.Duration{"linear_tile": 2 * time.Microsecond, "linear_rows_16x8": time.Microsecond}}
	c, err := measure(context.Background(), f, "card", always)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Order["linear"][:2]; !slices.Equal(got, []string{"linear_rows_16x8", "linear_tile"}) {
		t.Errorf("linear: %v", c.Order["linear"])
	}
	for args, want := range map[*shaders.Args]string{
		{"rows": 49, "k": 320, "n": 1280, "gelu": 0}: "linear_rows_16x8",
		{"rows": 49, "k": 320, "n": 12, "gelu": 0}:   "linear_tile",
		{"rows": 2, "k": 320, "n": 7, "gelu": 0}:     "linear_any",
	} {
		if k := c.Kernel(shaders.Linear, shaders.Linear.Fit(*args, nil)); k == nil || k.Name != want {
			t.Errorf("%v: %v, want %s", *args, k, want)
		}
	}
	if k := c.Kernel(shaders.Add, shaders.Add.Fit(shaders.Args{"n": 4}, nil)); k != nil {
		t.Errorf("add, which was not measured: %s", k.Name)
	}
}

func TestSlowKernelsAreNotMeasuredForLong(t *testing.T) {
	f := &fake{takes: map[string]time.Duration{}}
	for _, s := range samples {
		for _, k := range s.op.Kernels {
			f.takes[k.Name] = 2 * time.Second
		}
	}
	if _, err := measure(context.Background(), f, "card", always); err != nil {
		t.Fatal(err)
	}
	kernels := 0
	for _, s := range samples {
		kernels += len(s.op.Fit(s.args, nil))
	}
	if f.runs != 2*kernels {
		t.Errorf("%d runs of %d kernels: want one to compile and one to count", f.runs, kernels)
	}
}

// TestMeasuringIsStopped between two ops, and then there is no choice.
func TestMeasuringIsStopped(t *testing.T) {
	asked := 0
	c, err := measure(context.Background(), &fake{}, "card", func() bool { asked++; return asked < 2 })
	if c != nil || err != nil || asked != 2 {
		t.Errorf("asked %d times: %v, %v", asked, c, err)
	}
}

func TestEqualKernelsKeepTheirOrder(t *testing.T) {
	c, err := measure(context.Background(), &fake{}, "card", always)
	if err != nil {
		t.Fatal(err)
	}
	if c.Order["linear"][0] != shaders.Linear.Fit(samples[0].args, nil)[0].Name {
		t.Errorf("%v", c.Order["linear"])
	}
}

func TestChoicesAreRemembered(t *testing.T) {
	folder := Folder(t.TempDir() + "/new")
	if c, err := Load(folder, "card"); c != nil || err != nil {
		t.Errorf("nothing was measured, yet %v, %v", c, err)
	}
	c, err := measure(context.Background(), &fake{}, "card", always)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(folder); err != nil {
		t.Fatal(err)
	}
	got, err := Load(folder, "card")
	if err != nil || got == nil || !slices.Equal(got.Order["linear"], c.Order["linear"]) {
		t.Errorf("%v, %v: want %v", got, err, c)
	}
	if other, err := Load(folder, "another card"); other != nil || err != nil {
		t.Errorf("another card: %v, %v", other, err)
	}
	for range 2 { // the second time there is nothing left to forget
		if err := Forget(folder, "card"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Load(folder, "card"); got != nil || err != nil {
		t.Errorf("it was forgotten, yet %v, %v", got, err)
	}
}

func TestAFileOfNoUseIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"torn":          {`{"adapter": "ca`, "unexpected end of JSON"},
		"empty":         {``, "unexpected end of JSON"},
		"other card":    {`{"adapter": "other", "kernels": "` + Version() + `"}`, `was measured on "other": want "card"`},
		"other kernels": {`{"adapter": "card", "kernels": "0123"}`, "with other kernels"},
	} {
		folder := t.TempDir()
		if err := Folder(folder).Write(fileName("card"), []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		if got, err := Load(Folder(folder), "card"); got != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v: want an error with %q", name, got, err, c.want)
		}
	}
}

// TestAKernelThatIsGoneIsPassedOver, as is an op.
func TestAKernelThatIsGoneIsPassedOver(t *testing.T) {
	c := &Choice{Order: map[string][]string{"linear": {"linear_gone", "linear_any"}, "gone": {"x"}}}
	if k := c.Kernel(shaders.Linear, shaders.Linear.Fit(samples[0].args, nil)); k == nil || k.Name != "linear_any" {
		t.Errorf("%v", k)
	}
}

func TestMeasureOnTheDevice(t *testing.T) {
	d := testdevice.GPU(t)
	c, err := Measure(context.Background(), d, always)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if len(c.Order[s.op.Name]) != len(s.op.Fit(s.args, nil)) {
			t.Errorf("%s: %v", s.op.Name, c.Order[s.op.Name])
		}
	}
}
