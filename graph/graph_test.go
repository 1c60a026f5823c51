package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/ref"
	"unmask/shaders"
)

// panics fails unless f panics with exactly this text.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic\ngot  %s\nwant %s", got, want)
		}
	}()
	f()
}

// rowsBy are scale_add's arguments.
func rowsBy(rows, c int) shaders.Args { return shaders.Args{"rows": rows, "c": c} }

func TestWrongGraphsPanic(t *testing.T) {
	g := New()
	x := g.Input("x", shaders.F32, 8)
	gamma := g.Param("gamma", 4)
	table := g.Input("table", shaders.U32, 8)
	op, a := shaders.ScaleAdd, rowsBy(2, 4)
	for _, c := range []struct {
		want string
		f    func()
	}{
		{`BUG: graph: "x" declared as {name:x kind:0 typ:0 n:8} and as {name:x kind:0 typ:0 n:9}`, func() { g.Input("x", shaders.F32, 9) }},
		{`BUG: graph: "x" declared as {name:x kind:0 typ:0 n:8} and as {name:x kind:1 typ:0 n:8}`, func() { g.Param("x", 8) }},
		{`BUG: graph: here: shaders: scale_add: parameter "c" is missing`, func() { g.Apply("here", op, shaders.Args{"rows": 2}, x, gamma, x) }},
		{`BUG: graph: here: shaders: scale_add: c = 3: want a positive multiple of 4`, func() { g.Apply("here", op, rowsBy(2, 3), x, gamma, x) }},
		{`BUG: graph: here: scale_add has no tensor for buffer "residual"`, func() { g.Apply("here", op, a, x, gamma) }},
		{`BUG: graph: here: scale_add was given 4 tensors and uses 3`, func() { g.Apply("here", op, a, x, gamma, x, x) }},
		{`BUG: graph: here: scale_add.gamma wants 4 words, "x" has 8 (map[c:4 rows:2])`, func() { g.Apply("here", op, a, x, x, x) }},
		{`BUG: graph: here: scale_add.residual wants 8 words, "table" has 8 (map[c:4 rows:2])`, func() { g.Apply("here", op, a, x, gamma, table) }},
	} {
		panics(t, c.want, c.f)
	}
	if again := g.Input("x", shaders.F32, 8); again != x {
		t.Error("the same input declared twice is two tensors")
	}
}

// scaled is x + gamma x, kept as "y".
func scaled(rows, c int) *Graph {
	g := New()
	x := g.Input("x", shaders.F32, rows*c)
	g.Output("y", g.Apply("scale", shaders.ScaleAdd, rowsBy(rows, c), x, g.Param("gamma", c), x))
	return g
}

func TestWrongUseOfAPlanPanics(t *testing.T) {
	dev := ref.Open(ref.Options{})
	p, err := scaled(2, 4).Compile(dev, params(t, dev, map[string][]float32{"gamma": {1, 2, 3, 4}}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Release()
	panics(t, `BUG: graph: input "x" has 8 words, given 7`, func() { p.SetF32("x", make([]float32, 7)) })
	panics(t, `BUG: graph: input "gamma" has 4 words, given 4`, func() { p.SetF32("gamma", make([]float32, 4)) })
	panics(t, `BUG: graph: no output z`, func() { p.Read(context.Background(), "z") })
	if err := p.SetF32("nobody declared it", make([]float32, 5)); err != nil {
		t.Errorf("an input that the graph does not have: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a table for an input of numbers did not panic")
			}
		}()
		p.SetU32("x", make([]uint32, 8))
	}()
}

// params puts parameters on a device, in the order of their names.
func params(t *testing.T, dev device.Device, values map[string][]float32) *Params {
	t.Helper()
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	words := make([]int, len(names))
	for i, name := range names {
		words[i] = len(values[name])
	}
	p, err := NewParams(dev, names, words)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range values {
		if err := p.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestAPlanReadsItsTables: the words of SetU32 arrive as words, a second time too.
func TestAPlanReadsItsTables(t *testing.T) {
	g := New()
	g.Output("y", g.Apply("fill", shaders.FillTokens, shaders.Args{"patches": 3, "c": 4, "slots": 2},
		g.Input("x", shaders.F32, 8), g.Param("token", 4), g.Input("patch_slot", shaders.U32, 3)))
	dev := ref.Open(ref.Options{})
	p, err := g.Compile(dev, params(t, dev, map[string][]float32{"token": {9, 9, 9, 9}}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Release()
	if err := p.SetF32("x", []float32{1, 1, 1, 1, 2, 2, 2, 2}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		slots []uint32
		want  []float32
	}{
		{[]uint32{2, 0, 1}, []float32{2, 2, 2, 2, 9, 9, 9, 9, 1, 1, 1, 1}},
		{[]uint32{0, 1, 2}, []float32{9, 9, 9, 9, 1, 1, 1, 1, 2, 2, 2, 2}},
	} {
		if err := p.SetU32("patch_slot", c.slots); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		got, err := p.Read(context.Background(), "y")
		if err != nil {
			t.Fatal(err)
		}
		numtest.Check(t, numtest.Copy, fmt.Sprint(c.slots), got, c.want)
	}
	if p.Dispatches() != 1 || p.FLOPs() != 0 {
		t.Errorf("%d dispatches, %d FLOPs: want 1 and 0", p.Dispatches(), p.FLOPs())
	}
}

func TestCompileErrors(t *testing.T) {
	dev := ref.Open(ref.Options{})
	for want, p := range map[string]*Params{
		`graph: parameter "gamma": want 4 values, have 0`: params(t, dev, map[string][]float32{"other": {1, 2, 3, 4}}),
		`graph: parameter "gamma": want 4 values, have 3`: params(t, dev, map[string][]float32{"gamma": {1, 2, 3}}),
	} {
		if _, err := scaled(2, 4).Compile(dev, p); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	closed := ref.Open(ref.Options{})
	p := params(t, closed, map[string][]float32{"gamma": {1, 2, 3, 4}})
	closed.Close()
	_, err := scaled(2, 4).Compile(closed, p)
	if err == nil || !strings.HasPrefix(err.Error(), "graph: ") || !strings.Contains(err.Error(), device.ErrLost.Error()) {
		t.Errorf("a closed device: %v", err)
	}
}

func TestFLOPsAndStepsFollowTheOps(t *testing.T) {
	g := New()
	a := shaders.Args{"rows": 3, "k": 8, "n": 5, "gelu": 0}
	g.Apply("first", shaders.Linear, a, g.Input("x", shaders.F32, 24), g.Param("w", 40), g.Param("b", 5))
	g.Apply("second", shaders.Linear, a, g.Input("x", shaders.F32, 24), g.Param("w", 40), g.Param("b", 5))
	if got := g.FLOPs(); got != 2*2*3*8*5 {
		t.Errorf("%d FLOPs, want %d", got, 2*2*3*8*5)
	}
	var labels []string
	g.Steps(func(label string, op *shaders.Op, got shaders.Args) {
		labels = append(labels, label)
		if op != shaders.Linear || got["n"] != 5 {
			t.Errorf("step %s is %s of %v", label, op.Name, got)
		}
	})
	if !slices.Equal(labels, []string{"first", "second"}) {
		t.Errorf("steps %q", labels)
	}
}
