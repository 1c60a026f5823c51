package ref

import (
	"fmt"
	"strings"
	"testing"

	"unmask/internal/numtest"
	"unmask/shaders"
)

func TestEveryOpHasAReference(t *testing.T) {
	for _, op := range shaders.All() {
		if !Has(op) {
			t.Errorf("op %s has no reference", op.Name)
		}
	}
}

func TestShortBufferIsNamed(t *testing.T) {
	err := Run(shaders.ScaleAdd, shaders.Args{"rows": 2, "c": 4}, []Data{{F: make([]float32, 8)}, {F: make([]float32, 3)}, {F: make([]float32, 8)}, {F: make([]float32, 8)}})
	const want = `ref: scale_add: buffer "gamma": want 4 values, got 3`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestReferenceAgreesWithPyTorch covers the ops that the operator goldens hold.
func TestReferenceAgreesWithPyTorch(t *testing.T) {
	g := numtest.Golden(t, "ops.safetensors", nil)
	in := func(name string) Data { return Data{F: g[name].Data} }
	run := func(op *shaders.Op, a shaders.Args, want []float32, bufs ...Data) {
		t.Helper()
		got := make([]float32, len(want))
		if err := Run(op, a, append(bufs, Data{F: got})); err != nil {
			t.Fatal(err)
		}
		numtest.Check(t, op.Class, op.Name, got, want)
	}
	x := g["layernorm.input"]
	c := x.Shape[len(x.Shape)-1]
	run(shaders.LayerNorm, shaders.Args{"rows": len(x.Data) / c, "c": c, "side": 0}, g["layernorm.output"].Data,
		in("layernorm.input"), in("layernorm.weight"), in("layernorm.bias"))
	numtest.Check(t, numtest.Elementwise, "gelu", refGELU(g["gelu.input"].Data), g["gelu.output"].Data)
	row := append([]float32(nil), g["gelu.input"].Data...)
	geluRow(row)
	numtest.Check(t, numtest.Elementwise, "gelu, fast", row, g["gelu.output"].Data)
	w := g["linear.weight"]
	out, k := w.Shape[0], w.Shape[1]
	run(shaders.Linear, shaders.Args{"rows": len(g["linear.input"].Data) / k, "k": k, "n": out, "gelu": 0}, g["linear.output"].Data,
		in("linear.input"), Data{F: transpose(w.Data, out, k)}, in("linear.bias"))
}

func refGELU(x []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(gelu(float64(v)))
	}
	return y
}

func transpose(v []float32, rows, cols int) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i%cols*rows+i/cols] = x
	}
	return out
}

func TestMatmulOddShapes(t *testing.T) {
	for _, s := range [][3]int{{1, 4, 1}, {5, 7, 6}, {4, 40, 160}, {9, 3, 5}} {
		rows, k, n := s[0], s[1], s[2]
		x, w := numtest.Pattern("x", rows*k), numtest.Pattern("w", k*n)
		got, want := make([]float32, rows*n), make([]float32, rows*n)
		matmul(got, x, w, rows, k, n)
		refLinear(call{shaders.Args{"rows": rows, "k": k, "n": n, "gelu": 0}, map[string]Data{"x": {F: x}, "w": {F: w}, "bias": {F: make([]float32, n)}, "y": {F: want}}})
		numtest.Check(t, numtest.Reduce, fmt.Sprint(s), got, want)
	}
}

func TestPrepareNamesTheStep(t *testing.T) {
	d := Open(Options{})
	_, err := d.Prepare(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	if _, err := d.Alloc("x", 1); err == nil || !strings.Contains(err.Error(), "it was closed") {
		t.Errorf("alloc on a closed device: %v", err)
	}
}

func BenchmarkMatmul(b *testing.B) {
	for _, s := range [][3]int{{3136, 40, 160}, {784, 320, 80}, {196, 160, 640}, {49, 1280, 320}} {
		rows, k, n := s[0], s[1], s[2]
		x, w, dst := numtest.Pattern("x", rows*k), numtest.Pattern("w", k*n), make([]float32, rows*n)
		b.Run(fmt.Sprintf("%dx%dx%d", rows, k, n), func(b *testing.B) {
			for b.Loop() {
				matmul(dst, x, w, rows, k, n)
			}
			b.ReportMetric(2*float64(rows*k*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
