package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/ref"
	"unmask/shaders"
)

// exact is a device that runs the reference of every op, without the CPU device's
// faster ways: sums are in float64, so that differences of results mean something.
type exact struct{ *ref.Device }

type plain struct{ words []uint32 }

func (p *plain) Words() int { return len(p.words) }
func (p *plain) Release()   {}

func (exact) Alloc(_ string, words int) (device.Buffer, error) {
	return &plain{make([]uint32, words)}, nil
}

func (exact) Write(b device.Buffer, offset int, data []byte) error {
	copy(device.Bytes(b.(*plain).words[offset:]), data)
	return nil
}

func (exact) Read(_ context.Context, b device.Buffer, offset int, dst []byte) error {
	copy(dst, device.Bytes(b.(*plain).words[offset:]))
	return nil
}

func (exact) Prepare(steps []device.Step) (device.Program, error) { return exactly(steps), nil }

type exactly []device.Step

func (e exactly) Run() error {
	for _, s := range e {
		var bufs []ref.Data
		for _, v := range s.Views {
			words := v.Buffer.(*plain).words[v.Offset : v.Offset+v.Len]
			values := make([]float32, len(words))
			copy(device.Bytes(values), device.Bytes(words))
			bufs = append(bufs, ref.Data{F: values, U: words})
		}
		if err := ref.Run(s.Op, s.Args, bufs); err != nil {
			return err
		}
		for i, b := range s.Op.Buffers {
			if b.Mode != shaders.Read {
				copy(device.Bytes(s.Views[i].Buffer.(*plain).words[s.Views[i].Offset:]), device.Bytes(bufs[i].F))
			}
		}
	}
	return nil
}

func (e exactly) Dispatches() int { return len(e) }
func (exactly) Release()          {}

// loss is the number whose gradient seed begins: the result's product with it.
func (s trained) loss(t *testing.T) float64 {
	t.Helper()
	s.run(t)
	y, err := s.Read(context.Background(), "result")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, v := range s.seed() {
		sum += float64(v) * float64(y[i])
	}
	return sum
}

// slope is the derivative of the loss along a direction in a parameter, from six
// points: exact up to the sixth power of the step, so that the step can be large
// beside the rounding of results to float32.
func (s trained) slope(t *testing.T, name string, direction []float64) float64 {
	t.Helper()
	step := 1 / (12 * length(direction))
	if strings.HasPrefix(name, "pred") { // of which the loss is a quadratic function, and a flat one
		step = 0.5
	}
	from := s.params[name]
	loss := func(by float64) float64 {
		v := slices.Clone(from)
		for i, d := range direction {
			v[i] += float32(by * d)
		}
		if err := s.ps.Set(name, v); err != nil {
			t.Fatal(err)
		}
		return s.loss(t)
	}
	d := 0.0
	for i, factor := range []float64{45, -9, 1} {
		by := step * float64(i+1)
		d += factor * (loss(by) - loss(-by)) / (60 * step)
	}
	if err := s.ps.Set(name, from); err != nil {
		t.Fatal(err)
	}
	return d
}

func length(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// checkSlopes holds the gradients of a graph against finite differences. The values
// of each parameter are dealt to some directions, in which they change by a step up
// or down.
func checkSlopes(t *testing.T, r numtest.Reporter, grow func() *sample, directions int) *sample {
	t.Helper()
	whole := grow().compile(t, exact{}, everything)
	whole.run(t)
	forward := grow().compile(t, exact{}, func(string) bool { return false })
	for name, v := range whole.params {
		g, signs := whole.grad(t, name), numtest.Signs(len(v))
		for k := range directions {
			direction := make([]float64, len(v))
			part := make([]float64, len(v))
			got := 0.0
			for i := k; i < len(v); i += directions {
				direction[i], part[i] = signs[i], float64(g[i])
				got += direction[i] * part[i]
			}
			// As large as the product is for the most part, or as what the rounding of
			// the loss leaves to be seen.
			size := max(length(part), 0.05)
			numtest.Check(r, numtest.Backward, fmt.Sprintf("d(%s), direction %d", name, k),
				[]float32{float32(got / size)}, []float32{float32(forward.slope(t, name, direction) / size)})
		}
	}
	return whole.sample
}

// TestGradientsAreFiniteDifferences of random graphs, in which every op that can be
// differentiated occurs.
func TestGradientsAreFiniteDifferences(t *testing.T) {
	seen := map[*shaders.Op]bool{}
	for seed := range uint64(48) {
		s := checkSlopes(t, t, func() *sample { return randomSample(seed) }, 3)
		for op := range s.ops {
			seen[op] = true
		}
		if t.Failed() {
			s.Steps(func(label string, _ *shaders.Op, a shaders.Args) { t.Log(label, a) })
			t.Fatalf("graph %d", seed)
		}
	}
	for _, op := range shaders.All() {
		if op.Backward != nil && !seen[op] {
			t.Errorf("%s occurs in no graph", op.Name)
		}
	}
}

// doubled is a rule that gives twice what it should: the control.
type doubled struct{ shaders.Tape }

func (d doubled) Give(buffer string, r shaders.Ref) {
	d.Tape.Give(buffer, r)
	d.Tape.Give(buffer, r)
}

func (d doubled) Apply(op *shaders.Op, a shaders.Args, in ...shaders.Ref) []shaders.Ref {
	for _, b := range op.Buffers {
		if b.Mode == shaders.Accum {
			d.Tape.Apply(op, a, in...)
			break
		}
	}
	return d.Tape.Apply(op, a, in...)
}

func (d doubled) Producer(buffer string) (*shaders.Op, shaders.Tape) {
	op, t := d.Tape.Producer(buffer)
	return op, doubled{t}
}

// complaints counts what a comparison reports.
type complaints int

func (c *complaints) Helper()               {}
func (c *complaints) Errorf(string, ...any) { *c++ }

// TestWrongRulesAreSeen is the control: with the rule of any op spoilt, finite
// differences tell.
func TestWrongRulesAreSeen(t *testing.T) {
	for _, op := range shaders.All() {
		if op.Backward == nil {
			continue
		}
		right, called := op.Backward, false
		op.Backward = func(t shaders.Tape) {
			called = true
			right(doubled{t})
		}
		seed := uint64(0)
		for ; !called && seed < 100; seed++ { // GELU's own rule is not that of GELU in a block
			randomSample(seed).differentiate(everything)
		}
		var told complaints
		checkSlopes(t, &told, func() *sample { return randomSample(seed - 1) }, 1)
		op.Backward = right
		if told == 0 {
			t.Errorf("%s: gradients of twice the size are not seen", op.Name)
		}
	}
}
