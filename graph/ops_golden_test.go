package graph

import (
	"context"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/internal/testdevice"
	"unmask/shaders"
)

// opCase is what the golden says of one op's backward pass.
type opCase struct {
	Inputs               map[string][]int
	Scale                map[string]float64
	Zero                 map[string][3]int
	Side, Images         int
	GridRows             int      `json:"grid_rows"`
	GridCols             int      `json:"grid_cols"`
	SlotPatch            []uint32 `json:"slot_patch"`
	PatchSlot            []uint32 `json:"patch_slot"`
	GELU                 bool
	Offsets              []uint32
	Denominator          string
	Batch, Height, Width int
	Hidden               []int
	NormPix              bool `json:"norm_pix"`
	Smoothing            float64
	Labels               []int
}

// input is an operand's values in the order that the kernels read.
func (c opCase) input(op, name string) []float32 {
	shape := c.Inputs[name]
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := numtest.Pattern("ops_backward."+op+"."+name, n)
	for i := range v {
		if s := c.Scale[name]; s != 0 {
			v[i] *= float32(s)
		}
	}
	if z, ok := c.Zero[name]; ok {
		for i := z[0]; i < z[1]; i += z[2] {
			v[i] = 0
		}
	}
	return v
}

// turned reorders checkpoint values (A, B, S) to (S, B, A), and back.
func turned(v []float32, a, b, s int) []float32 {
	out := make([]float32, len(v))
	for i := range a {
		for j := range b {
			for k := range s {
				out[(k*b+j)*a+i] = v[(i*b+j)*s+k]
			}
		}
	}
	return out
}

// trial is one op under test: a graph whose parameters are the op's operands.
type trial struct {
	*Graph
	op     string
	c      opCase
	values map[string][]float32 // parameters
	tables map[string][]uint32
	inputs map[string][]float32
}

func (t *trial) param(name string) Tensor {
	t.values[name] = t.c.input(t.op, name)
	switch shape := t.c.Inputs[name]; {
	case name == "weight" && len(shape) == 4:
		t.values[name] = turned(t.values[name], shape[0], 1, 49)
	case name == "weight" && len(shape) == 2:
		t.values[name] = turned(t.values[name], shape[0], shape[1], 1)
	}
	return t.Param(name, len(t.values[name]))
}

func (t *trial) table(name string, v []uint32) Tensor {
	t.tables[name] = v
	return t.Input(name, shaders.U32, len(v))
}

func (t *trial) input(name string, v []float32) Tensor {
	t.inputs[name] = v
	return t.Input(name, shaders.F32, len(v))
}

// build applies the op and returns its result and what its gradient is.
func (t *trial) build(golden map[string]numtest.Tensor) (result Tensor, seed []float32) {
	c := t.c
	rows := func(name string) int { return c.Inputs[name][0] }
	dy := func() []float32 { return c.input(t.op, "dy") }
	kind, _, _ := strings.Cut(t.op, "_")
	switch {
	case kind == "depthwise":
		slots := make([]uint32, c.Images*c.GridRows*c.GridCols)
		for s, p := range c.SlotPatch {
			slots[p] = uint32(s) + 1
		}
		n := c.Inputs["bias"][0]
		return t.Apply("op", shaders.Depthwise, shaders.Args{"slots": len(c.SlotPatch), "c": n, "side": c.Side, "grid_rows": c.GridRows, "grid_cols": c.GridCols, "images": c.Images},
			t.param("x"), t.param("weight"), t.param("bias"), t.table("slot_patch", c.SlotPatch), t.table("patch_slot", slots)), dy()
	case kind == "layernorm":
		return t.Apply("op", shaders.LayerNorm, shaders.Args{"rows": rows("x"), "c": c.Inputs["x"][1], "side": 0}, t.param("x"), t.param("weight"), t.param("bias")), dy()
	case kind == "linear":
		n, k := c.Inputs["weight"][0], c.Inputs["weight"][1]
		y := t.Apply("op", shaders.Linear, shaders.Args{"rows": rows("x"), "k": k, "n": n, "gelu": 0}, t.param("x"), t.param("weight"), t.param("bias"))
		if c.GELU {
			y = t.Apply("gelu", shaders.GELU, shaders.Args{"n": rows("x") * n}, y)
		}
		return y, dy()
	case kind == "grn": // as in a block: GELU before it, a linear layer and the residual behind
		n, k, groups := c.Inputs["bias"][0], c.Inputs["x"][1], len(c.Offsets)-1
		group := make([]uint32, rows("x"))
		for g := range groups {
			for r := c.Offsets[g]; r < c.Offsets[g+1]; r++ {
				group[r] = uint32(g)
			}
		}
		a := t.ApplyAll("gelu", shaders.GELUSumSq, shaders.Args{"groups": groups, "rows": rows("x"), "c": k, "splits": 3, "slot_rows": 1}, t.param("x"), t.table("offsets", c.Offsets))
		scale := t.Apply("scale", shaders.GRNScale, shaders.Args{"groups": groups, "c": k, "splits": 3, "sum": map[string]int{"sum": 1}[c.Denominator]}, a[1], t.param("gamma"))
		return t.Apply("op", shaders.LinearGRN, shaders.Args{"rows": rows("x"), "k": k, "n": n, "slot_rows": 1, "groups": groups},
			a[0], scale, t.param("beta"), t.table("slot_group", group), t.param("weight"), t.param("bias"), t.param("residual")), dy()
	case kind == "fill":
		return t.Apply("op", shaders.FillTokens, shaders.Args{"patches": len(c.PatchSlot), "c": c.Inputs["x"][1], "slots": rows("x")},
			t.param("x"), t.param("token"), t.table("patch_slot", c.PatchSlot)), dy()
	case kind == "pool":
		return t.Apply("op", shaders.Pool, shaders.Args{"images": len(c.Offsets) - 1, "rows": rows("x"), "c": c.Inputs["x"][1], "slot_rows": 1},
			t.param("x"), t.table("image_offset", c.Offsets)), dy()
	case kind == "scale":
		return t.Apply("op", shaders.ScaleAdd, rowsBy(rows("x"), c.Inputs["x"][1]), t.param("x"), t.param("gamma"), t.param("residual")), dy()
	case kind == "patch":
		visible := make([]uint32, len(c.Hidden))
		weight, hidden := make([]float32, len(c.Hidden)), 0
		for _, h := range c.Hidden {
			hidden += h
		}
		for p, h := range c.Hidden {
			if h == 0 {
				visible[p] = 1
			} else {
				weight[p] = 1 / float32(hidden)
			}
		}
		norm := map[bool]int{true: 1}[c.NormPix]
		return t.Apply("op", shaders.PatchLoss, shaders.Args{"images": c.Batch, "height": c.Height, "width": c.Width, "norm": norm},
			t.param("pred"), t.input("image", numtest.SeededImages(c.Batch, c.Height, c.Width)), t.table("patch_slot", visible)), weight
	case kind == "softmax":
		n, k := c.Inputs["logits"][0], c.Inputs["logits"][1]
		targets := golden[t.op+".targets"].Data
		if targets == nil {
			for _, label := range c.Labels {
				for j := range k {
					v := c.Smoothing / float64(k)
					if j == label {
						v += 1 - c.Smoothing
					}
					targets = append(targets, float32(v))
				}
			}
		}
		mean := make([]float32, n)
		for i := range mean {
			mean[i] = 1 / float32(n)
		}
		return t.Apply("op", shaders.CrossEntropy, shaders.Args{"images": n, "classes": k}, t.param("logits"), t.input("targets", targets)), mean
	}
	return Tensor{}, nil
}

// TestOpsBackwardAgreeWithPyTorch runs the backward pass of single ops through the
// graph and holds every gradient against PyTorch's.
func TestOpsBackwardAgreeWithPyTorch(t *testing.T) {
	var cases struct{ Ops map[string]opCase }
	golden := numtest.Golden(t, "ops_backward.safetensors", &cases)
	testdevice.Each(t, func(t *testing.T, d device.Device) {
		checked := 0
		for op, c := range cases.Ops {
			tr := &trial{New(), op, c, map[string][]float32{}, map[string][]uint32{}, map[string][]float32{}}
			if op == "gelu" { // 333 values: no whole number of fours
				continue
			}
			result, seed := tr.build(golden)
			if result.id == 0 {
				t.Errorf("the golden has op %q, this test does not", op)
				continue
			}
			checked += tr.check(t, d, result, seed, golden)
		}
		if checked < 50 {
			t.Errorf("%d gradients were checked", checked)
		}
	})
}

// check compares the gradients of all parameters and returns their number.
func (t *trial) check(tt *testing.T, d device.Device, result Tensor, seed []float32, golden map[string]numtest.Tensor) int {
	grads := t.Backward(result, t.input("seed", seed), func(string) bool { return true })
	for name := range t.values {
		if g, ok := grads[t.names[name]]; ok {
			t.Output("d"+name, g)
		}
	}
	ps := params(tt, d, t.values)
	defer ps.Release()
	held, err := ps.Grads()
	if err != nil {
		tt.Fatal(err)
	}
	plan, err := t.Compile(d, ps)
	if err != nil {
		tt.Fatalf("%s: %v", t.op, err)
	}
	defer plan.Release()
	for name, v := range t.tables {
		if err := plan.SetU32(name, v); err != nil {
			tt.Fatal(err)
		}
	}
	for name, v := range t.inputs {
		if err := plan.SetF32(name, v); err != nil {
			tt.Fatal(err)
		}
	}
	if err := plan.Run(); err != nil {
		tt.Fatal(err)
	}
	n := 0
	for name := range t.values {
		var got []float32
		if _, ok := t.outputs["d"+name]; ok {
			got, err = plan.Read(context.Background(), "d"+name)
		} else {
			got, err = held.Get(context.Background(), name)
		}
		if err != nil {
			tt.Fatal(err)
		}
		shape := t.c.Inputs[name]
		switch {
		case name == "weight" && len(shape) == 4:
			got = turned(got, 49, 1, shape[0])
		case name == "weight" && len(shape) == 2:
			got = turned(got, shape[1], shape[0], 1)
		}
		want, ok := golden[t.op+".d"+name]
		if every, found := golden[t.op+".d"+name+".every7"]; found {
			want, ok, got = every, true, numtest.Every(got, 7)
		}
		if !ok {
			tt.Errorf("%s: the golden has no gradient of %s", t.op, name)
			continue
		}
		numtest.Check(tt, numtest.Backward, t.op+".d"+name, got, want.Data)
		n++
	}
	return n
}

// TestAWrongGradientIsSeen is the control.
func TestAWrongGradientIsSeen(t *testing.T) {
	want := numtest.Golden(t, "ops_backward.safetensors", nil)["layernorm.dx"].Data
	wrong := slices.Clone(want)
	wrong[7] *= 1.05
	if r := numtest.Compare(numtest.Backward, wrong, want); r.OK {
		t.Error("a gradient that is wrong in one value passes")
	}
}
