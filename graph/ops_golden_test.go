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
			if strings.HasPrefix(op, "grn_") {
				checked += grnBackward(t, d, op, c, golden)
				continue
			}
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

// grnBackward runs the ops of GRN's backward by hand: in a graph they stand behind
// GELU only. The last step, dx = dz scale + x slope, is grn_dx without GELU's slope.
func grnBackward(t *testing.T, d device.Device, op string, c opCase, golden map[string]numtest.Tensor) int {
	rows, k, groups := c.Inputs["x"][0], c.Inputs["x"][1], len(c.Offsets)-1
	x, gamma, dz := c.input(op, "x"), c.input(op, "gamma"), c.input(op, "dy")
	if w, ok := c.Inputs["weight"]; ok { // dz = dy W
		weight, dy := c.input(op, "weight"), dz
		dz = make([]float32, rows*k)
		for r := range rows {
			for i := range k {
				for j := range w[0] {
					dz[r*k+i] += dy[r*w[0]+j] * weight[j*k+i]
				}
			}
		}
	}
	sum := map[string]int{"sum": 1}[c.Denominator]
	g := New()
	xt, zt := g.Input("x", shaders.F32, rows*k), g.Input("dz", shaders.F32, rows*k)
	offsets, gt := g.Input("offsets", shaders.U32, groups+1), g.Param("gamma", k)
	reduce := shaders.Args{"groups": groups, "rows": rows, "c": k, "splits": 3, "slot_rows": 1}
	scaleArgs := shaders.Args{"groups": groups, "c": k, "splits": 3, "sum": sum}
	sums := g.Apply("sums", shaders.GRNSumSq, reduce, xt, offsets)
	g.Output("scale", g.Apply("scale", shaders.GRNScale, scaleArgs, sums, gt))
	dots := g.Apply("dots", shaders.GRNDot, reduce, xt, zt, offsets)
	stat := g.apply("stat", shaders.GRNDStat, scaleArgs, []Tensor{sums, dots, gt})
	g.Output("slope", stat[0])
	g.Output("dparams", stat[1])
	ps := params(t, d, map[string][]float32{"gamma": gamma})
	defer ps.Release()
	plan, err := g.Compile(d, ps)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Release()
	for name, v := range map[string][]float32{"x": x, "dz": dz} {
		if err := plan.SetF32(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := plan.SetU32("offsets", c.Offsets); err != nil {
		t.Fatal(err)
	}
	if err := plan.Run(); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float32{}
	for _, name := range []string{"scale", "slope", "dparams"} {
		if out[name], err = plan.Read(context.Background(), name); err != nil {
			t.Fatal(err)
		}
	}
	dx, dgamma, dbeta := make([]float32, rows*k), make([]float32, k), make([]float32, k)
	for gr := range groups {
		for r := int(c.Offsets[gr]); r < int(c.Offsets[gr+1]); r++ {
			for i := range k {
				dx[r*k+i] = dz[r*k+i]*out["scale"][gr*k+i] + x[r*k+i]*out["slope"][gr*k+i]
			}
		}
		for i := range k {
			dgamma[i] += out["dparams"][2*gr*k+i]
			dbeta[i] += out["dparams"][(2*gr+1)*k+i]
		}
	}
	for name, got := range map[string][]float32{"dx": dx, "dgamma": dgamma, "dbeta": dbeta} {
		numtest.Check(t, numtest.Backward, op+"."+name, got, golden[op+"."+name].Data)
	}
	if _, ok := c.Inputs["weight"]; !ok {
		return 3
	}
	return 3 + grnLinearBackward(t, d, op, c, out["scale"], golden)
}

// grnLinearBackward is the part of linear_grn's rule behind GRN: the gradients of
// weight, bias and residual. The layer's input is GRN's result, applied here by
// hand, since the op that applies it in training computes GELU first.
func grnLinearBackward(t *testing.T, d device.Device, op string, c opCase, scale []float32, golden map[string]numtest.Tensor) int {
	rows, k, n := c.Inputs["x"][0], c.Inputs["x"][1], c.Inputs["weight"][0]
	z, beta, dy := c.input(op, "x"), c.input(op, "beta"), c.input(op, "dy")
	for group := range len(c.Offsets) - 1 {
		for r := int(c.Offsets[group]); r < int(c.Offsets[group+1]); r++ {
			for i := range k {
				z[r*k+i] = z[r*k+i]*scale[group*k+i] + beta[i]
			}
		}
	}
	g := New()
	g.Output("sums", g.Apply("sums", shaders.LinearDW, shaders.Args{"rows": rows, "k": k, "n": n, "splits": 2},
		g.Input("z", shaders.F32, rows*k), g.Input("dy", shaders.F32, rows*n)))
	plan, err := g.Compile(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Release()
	for name, v := range map[string][]float32{"z": z, "dy": dy} {
		if err := plan.SetF32(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := plan.Run(); err != nil {
		t.Fatal(err)
	}
	sums, err := plan.Read(context.Background(), "sums")
	if err != nil {
		t.Fatal(err)
	}
	both := make([]float32, (k+1)*n) // the weight, then the bias
	for i, v := range sums {
		both[i%len(both)] += v
	}
	got := map[string][]float32{"dweight": turned(both[:k*n], k, n, 1), "dbias": both[k*n:], "dresidual": dy}
	for name, v := range got {
		numtest.Check(t, numtest.Backward, op+"."+name, v, golden[op+"."+name].Data)
	}
	return len(got)
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
