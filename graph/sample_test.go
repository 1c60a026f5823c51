package graph

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/shaders"
)

// Two images of 2 x 2 patches that show three and two of them, 2 x 2 rows a patch.
const (
	rows, slots, side, images = 20, 5, 2, 2
	height, width             = 64, 64
)

var ragged = map[string][]uint32{
	"slot_patch": {0, 1, 3, 5, 6}, "patch_slot": {1, 2, 0, 3, 0, 4, 5, 0},
	"slot_image": {0, 0, 0, 1, 1}, "image_offset": {0, 3, 5},
	"all_slots": {0, 1, 2, 3, 4, 5, 6, 7}, "all_patches": {1, 2, 3, 4, 5, 6, 7, 8},
	"group_of_all": {0, 0, 0, 0, 0}, "all_offset": {0, 5},
}

// sample is a graph to differentiate, with a value for all that it reads.
type sample struct {
	*Graph
	c      int
	params map[string][]float32
	inputs map[string][]float32
	result Tensor
	ops    map[*shaders.Op]bool
}

func newSample(c int) *sample {
	return &sample{Graph: New(), c: c, params: map[string][]float32{}, inputs: map[string][]float32{}, ops: map[*shaders.Op]bool{}}
}

// weight is a parameter of n near-normal values of mean 0 times size; a name that
// is known is the same parameter.
func (s *sample) weight(name string, n int, size float64) Tensor {
	v := numtest.Pattern(name, n)
	for i := range v {
		v[i] *= float32(size)
	}
	s.params[name] = v
	return s.Param(name, n)
}

func (s *sample) table(name string) Tensor { return s.Input(name, shaders.U32, len(ragged[name])) }

func (s *sample) input(name string, v []float32) Tensor {
	s.inputs[name] = v
	return s.Input(name, shaders.F32, len(v))
}

func (s *sample) op(op *shaders.Op, a shaders.Args, in ...Tensor) Tensor {
	s.ops[op] = true
	return s.Apply(fmt.Sprintf("%d %s", len(s.nodes), op.Name), op, a, in...)
}

func (s *sample) linear(name string, x Tensor, rows, k, n int) Tensor {
	return s.op(shaders.Linear, shaders.Args{"rows": rows, "k": k, "n": n, "gelu": 0}, x,
		s.weight(fmt.Sprintf("%s %d %d", name, k, n), k*n, 1/math.Sqrt(float64(k))), s.weight(fmt.Sprintf("%s bias %d", name, n), n, 0.5))
}

func (s *sample) norm(name string, x Tensor, side int) Tensor {
	return s.op(shaders.LayerNorm, shaders.Args{"rows": rows, "c": s.c, "side": side}, x, s.weight(name+" weight", s.c, 1), s.weight(name+" bias", s.c, 0.5))
}

// block is linear, GELU, GRN, linear and a residual. batch: GRN over both images.
func (s *sample) block(name string, x, residual Tensor, batch bool, sum int) Tensor {
	k, groups, offset, group := 2*s.c, images, "image_offset", "slot_image"
	if batch {
		groups, offset, group = 1, "all_offset", "group_of_all"
	}
	s.ops[shaders.GELUSumSq] = true
	h := s.ApplyAll(name+" gelu", shaders.GELUSumSq, shaders.Args{"groups": groups, "rows": rows, "c": k, "splits": 3, "slot_rows": side * side},
		s.linear(name+" in", x, rows, s.c, k), s.table(offset))
	scale := s.op(shaders.GRNScale, shaders.Args{"groups": groups, "c": k, "splits": 3, "sum": sum}, h[1], s.weight(name+" gamma", k, 1))
	return s.op(shaders.LinearGRN, shaders.Args{"rows": rows, "k": k, "n": s.c, "slot_rows": side * side, "groups": groups},
		h[0], scale, s.weight(name+" beta", k, 0.5), s.table(group),
		s.weight(name+" out", k*s.c, 1/math.Sqrt(float64(k))), s.weight(name+" out bias", s.c, 0.5), residual)
}

// step appends the layer of a kind to x; before are earlier values of the same
// size. Layers of one name share their parameters.
func (s *sample) step(kind int, name string, x, before Tensor) Tensor {
	rowArgs := rowsBy(rows, s.c)
	switch kind {
	case 0:
		return s.op(shaders.Depthwise, shaders.Args{"slots": slots, "c": s.c, "side": side, "grid_rows": 2, "grid_cols": 2, "images": images},
			x, s.weight(name+" taps", 49*s.c, 0.3), s.weight(name+" taps bias", s.c, 0.5), s.table("slot_patch"), s.table("patch_slot"))
	case 1:
		return s.norm(name+" norm", x, 0)
	case 2:
		return s.norm(name+" grouped norm", x, side)
	case 3:
		return s.linear(name, x, rows, s.c, s.c)
	case 4:
		return s.op(shaders.GELU, shaders.Args{"n": rows * s.c}, x)
	case 5:
		return s.op(shaders.ScaleAdd, rowArgs, x, s.weight(name+" scale", s.c, 1), before)
	case 6:
		keep := s.input(name+" keep", []float32{1.25, 0}[:images])
		return s.op(shaders.DropPath, shaders.Args{"rows": rows, "c": s.c, "slot_rows": side * side, "images": images},
			x, keep, s.table("slot_image"), before)
	case 7:
		return s.block(name+" image", x, before, false, 0)
	default:
		return s.block(name+" batch", x, before, true, kind-8)
	}
}

const kinds = 10

// randomSample grows a graph: some layers, some of them with shared parameters or
// with residuals from far back, and one of three ends.
func randomSample(seed uint64) *sample {
	r := rand.New(rand.NewPCG(seed, 2))
	s := newSample(8)
	values := []Tensor{s.weight("x", rows*s.c, 1)}
	for i := range 2 + r.IntN(3) {
		name := fmt.Sprintf("layer %d", r.IntN(i+1))
		values = append(values, s.step(r.IntN(kinds), name, values[len(values)-1], values[r.IntN(len(values))]))
	}
	end := r.IntN(2)
	if seed%24 < 2 { // few, since they take the time of all others together
		end = 2
	}
	s.end(end, int(seed)%2, values[len(values)-1])
	return s
}

// end closes a graph with a classifier's loss, with FCMAE's, or leaves its rows.
func (s *sample) end(kind, norm int, x Tensor) {
	switch kind {
	case 0:
		x = s.op(shaders.Pool, shaders.Args{"images": images, "rows": rows, "c": s.c, "slot_rows": side * side}, x, s.table("image_offset"))
		x = s.linear("head", x, images, s.c, 8)
		x = s.op(shaders.CrossEntropy, shaders.Args{"images": images, "classes": 8}, x, s.input("targets", squared(numtest.Pattern("targets", images*8))))
	case 2: // the four rows of a slot are one row of its patch, which sees its neighbours' patches
		x = s.op(shaders.FillTokens, shaders.Args{"patches": 8, "c": side * side * s.c, "slots": slots}, x, s.weight("token", side*side*s.c, 1), s.table("patch_slot"))
		x = s.op(shaders.Depthwise, shaders.Args{"slots": 8, "c": side * side * s.c, "side": 1, "grid_rows": 2, "grid_cols": 2, "images": images},
			x, s.weight("decoder taps", 49*side*side*s.c, 0.3), s.weight("decoder taps bias", side*side*s.c, 0.5), s.table("all_slots"), s.table("all_patches"))
		x = s.linear("pred", x, 8, side*side*s.c, 3072)
		x = s.op(shaders.PatchLoss, shaders.Args{"images": images, "height": height, "width": width, "norm": norm},
			x, s.input("image", numtest.SeededImages(images, height, width)), s.table("patch_slot"))
	}
	s.result = x
}

func squared(v []float32) []float32 {
	for i := range v {
		v[i] *= v[i]
	}
	return v
}

// seed is the gradient of the result: random, since ones hide much.
func (s *sample) seed() []float32 { return numtest.Pattern("seed", s.Len(s.result)) }

// load writes all that a plan reads.
func (s *sample) load(t *testing.T, p *Plan) {
	t.Helper()
	for name, v := range ragged {
		if err := p.SetU32(name, v); err != nil {
			t.Fatal(err)
		}
	}
	for name, v := range s.inputs {
		if err := p.SetF32(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.SetF32("seed", s.seed()); err != nil {
		t.Fatal(err)
	}
}

// differentiate appends the backward pass of the trainable parameters.
func (s *sample) differentiate(trainable func(string) bool) {
	s.Output("result", s.result)
	grads := s.Backward(s.result, s.Input("seed", shaders.F32, s.Len(s.result)), trainable)
	if g, ok := grads[s.names["x"]]; ok {
		s.Output("dx", g)
	}
}

func everything(string) bool { return true }

// trained is a differentiated sample on a device.
type trained struct {
	*sample
	*Plan
	ps *Params
}

func (s *sample) compile(t *testing.T, dev device.Device, trainable func(string) bool) trained {
	t.Helper()
	s.differentiate(trainable)
	ps := params(t, dev, s.params)
	if _, err := ps.Grads(); err != nil {
		t.Fatal(err)
	}
	p, err := s.Graph.Compile(dev, ps)
	if err != nil {
		t.Fatal(err)
	}
	s.load(t, p)
	t.Cleanup(func() {
		p.Release()
		ps.Release()
	})
	return trained{s, p, ps}
}

// run computes a step.
func (s trained) run(t *testing.T) {
	t.Helper()
	if err := s.Plan.Run(); err != nil {
		t.Fatal(err)
	}
}

// grad is the gradient of a parameter; that of x is an activation.
func (s trained) grad(t *testing.T, name string) []float32 {
	t.Helper()
	var g []float32
	var err error
	if _, ok := s.outputs["d"+name]; ok {
		g, err = s.Read(context.Background(), "d"+name)
	} else {
		g, err = s.ps.grads.Get(context.Background(), name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}
