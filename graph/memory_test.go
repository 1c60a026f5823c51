package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"unmask/internal/device"
	"unmask/internal/ref"
	"unmask/shaders"
)

// recorder is the CPU device; it remembers what Compile asked it to run.
type recorder struct {
	*ref.Device
	steps []device.Step
}

func (r *recorder) Prepare(steps []device.Step) (device.Program, error) {
	r.steps = steps
	return r.Device.Prepare(steps)
}

// network is a graph under test with what it should compute: ins[i] and outs[i]
// are the values of step i.
type network struct {
	*Graph
	ins  [][]Tensor
	outs []Tensor
	kept map[string]Tensor
}

// random grows a graph of linear layers of changing width, of sums that reach
// far back, and of results that nobody reads; some values are outputs.
func random(seed uint64, steps int) network {
	r := rand.New(rand.NewPCG(seed, 1))
	n := network{Graph: New(), kept: map[string]Tensor{}}
	const rows = 4
	type sized struct {
		t Tensor
		c int
	}
	values := []sized{{n.Input("image", shaders.F32, rows*8), 8}}
	for i := range steps {
		x := values[max(0, len(values)-1-r.IntN(4))]
		label, c := fmt.Sprintf("step %d", i), x.c
		var op *shaders.Op
		var args shaders.Args
		var in []Tensor
		if same := slices.IndexFunc(values, func(v sized) bool { return v.c == x.c }); r.IntN(2) == 0 {
			op, args = shaders.ScaleAdd, rowsBy(rows, c)
			in = []Tensor{x.t, n.Param(fmt.Sprintf("gamma%d", c), c), values[same].t}
		} else {
			c = 4 * (1 + r.IntN(6))
			op, args = shaders.Linear, shaders.Args{"rows": rows, "k": x.c, "n": c, "gelu": 0}
			in = []Tensor{x.t, n.Param(fmt.Sprintf("w%dx%d", x.c, c), x.c*c), n.Param(fmt.Sprintf("b%d", c), c)}
		}
		out := n.Apply(label, op, args, in...)
		n.ins, n.outs = append(n.ins, in), append(n.outs, out)
		values = append(values, sized{out, c})
		if i == steps-1 || r.IntN(5) == 0 {
			n.kept[label] = out
			n.Output(label, out)
		}
	}
	return n
}

// compile puts a network on a recording device.
func compile(t *testing.T, n network) (*recorder, *Plan) {
	t.Helper()
	dev := &recorder{Device: ref.Open(ref.Options{Threads: 1})}
	values := map[string][]float32{}
	for _, v := range n.values {
		if v.kind == param {
			values[v.name] = make([]float32, v.n)
			for i := range values[v.name] {
				values[v.name][i] = float32(i%7)/8 - 0.3
			}
		}
	}
	p, err := n.Compile(dev, params(t, dev, values))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Release)
	return dev, p
}

// held says which value lies in a range of a buffer.
type held struct {
	view  device.View
	value Tensor
}

func overlap(a, b device.View) bool {
	return a.Buffer == b.Buffer && a.Offset < b.Offset+b.Len && b.Offset < a.Offset+a.Len
}

// follow runs the recorded steps by name only: it keeps track of which value
// lies where, and reports a step that would read anything but its operands,
// a step that writes where it reads, and an output that is not there at the end.
func follow(n network, steps []device.Step, where map[Tensor]device.View) error {
	var memory []held
	put := func(v device.View, value Tensor) {
		memory = slices.DeleteFunc(memory, func(h held) bool { return overlap(h.view, v) })
		memory = append(memory, held{v, value})
	}
	holds := func(v device.View, value Tensor) bool {
		return slices.ContainsFunc(memory, func(h held) bool { return h == held{v, value} })
	}
	for i, v := range n.values {
		if v.kind != activation {
			put(where[Tensor{i + 1}], Tensor{i + 1})
		}
	}
	for i, s := range steps {
		next, written := 0, device.View{}
		for k, b := range s.Op.Buffers {
			if b.Mode == shaders.Write {
				written = s.Views[k]
				continue
			}
			if !holds(s.Views[k], n.ins[i][next]) {
				return fmt.Errorf("%s reads %s where value %d does not lie", s.Label, b.Name, n.ins[i][next].id)
			}
			next++
		}
		for k, b := range s.Op.Buffers {
			if b.Mode == shaders.Read && s.Views[k].Buffer == written.Buffer {
				return fmt.Errorf("%s writes the buffer of its operand %s", s.Label, b.Name)
			}
		}
		put(written, n.outs[i])
	}
	for name, t := range n.kept {
		if !holds(where[t], t) {
			return fmt.Errorf("output %q was overwritten", name)
		}
	}
	return nil
}

// TestMemoryIsSharedSafely: in hundreds of graphs every step reads what it
// should, never writes its own operands, and outputs survive.
func TestMemoryIsSharedSafely(t *testing.T) {
	shared := 0
	for seed := range uint64(300) {
		n := random(seed, 3+int(seed)%30)
		dev, p := compile(t, n)
		if err := follow(n, dev.steps, p.views); err != nil {
			t.Fatalf("graph %d: %v", seed, err)
		}
		buffers := map[device.Buffer]bool{}
		for _, out := range n.outs {
			buffers[p.views[out].Buffer] = true
		}
		shared += len(n.outs) - len(buffers)
	}
	if shared < 1000 {
		t.Errorf("only %d results share a buffer with another: the test shows little", shared)
	}
}

// TestUnsafeSharingIsSeen is the control: every wrong reuse of memory that can
// be made in a graph by moving one result is seen.
func TestUnsafeSharingIsSeen(t *testing.T) {
	n := random(7, 20)
	dev, p := compile(t, n)
	out := func(s device.Step) *device.View { return &s.Views[len(s.Views)-1] }
	for i, s := range dev.steps {
		x := s.Views[0] // the step writes over its own operand
		was := *out(s)
		*out(s) = device.View{Buffer: x.Buffer, Offset: x.Offset, Len: was.Len}
		if follow(n, dev.steps, p.views) == nil {
			t.Errorf("step %d writes its operand unseen", i)
		}
		*out(s) = was
	}
	for name, kept := range n.kept {
		view := p.views[kept]
		last := dev.steps[len(dev.steps)-1]
		if n.outs[len(n.outs)-1] == kept {
			continue
		}
		was := *out(last)
		*out(last) = device.View{Buffer: view.Buffer, Offset: view.Offset, Len: was.Len}
		if follow(n, dev.steps, p.views) == nil {
			t.Errorf("output %q is overwritten unseen", name)
		}
		*out(last) = was
	}
	if err := follow(n, dev.steps, p.views); err != nil {
		t.Errorf("the honest plan: %v", err)
	}
}

// TestSharedMemoryGivesTheSameNumbers: a graph whose values are all outputs, so
// that nothing is shared, agrees bit for bit.
func TestSharedMemoryGivesTheSameNumbers(t *testing.T) {
	image := make([]float32, 4*8)
	for i := range image {
		image[i] = float32(i%5) - 2
	}
	run := func(n network) map[string][]float32 {
		_, p := compile(t, n)
		if err := p.SetF32("image", image); err != nil {
			t.Fatal(err)
		}
		got := map[string][]float32{}
		for range 2 { // a second run finds the memory used
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			for name := range n.kept {
				v, err := p.Read(context.Background(), name)
				if err != nil {
					t.Fatal(err)
				}
				got[name] = v
			}
		}
		return got
	}
	for seed := range uint64(20) {
		got := run(random(seed, 25))
		all := random(seed, 25)
		for i, out := range all.outs {
			name := fmt.Sprintf("step %d", i)
			all.kept[name] = out
			all.Output(name, out)
		}
		want := run(all)
		for name, v := range got {
			if !slices.Equal(v, want[name]) {
				t.Errorf("graph %d: output %q differs", seed, name)
			}
		}
	}
}

// TestAChainNeedsTwoBuffers: however long, a chain of layers of one size takes
// turns in two.
func TestAChainNeedsTwoBuffers(t *testing.T) {
	n := network{Graph: New(), kept: map[string]Tensor{}}
	x := n.Input("image", shaders.F32, 80)
	for range 12 {
		x = n.Apply("layer", shaders.ScaleAdd, rowsBy(10, 8), x, n.Param("gamma", 8), x)
	}
	n.Output("y", x)
	_, p := compile(t, n)
	if want := 4 * (80 + 2*80); p.Bytes() != want {
		t.Errorf("12 layers take %d bytes, want %d", p.Bytes(), want)
	}
}
