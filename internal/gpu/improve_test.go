//go:build !js

package gpu

import (
	"context"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/shaders"
)

// improving is an op with a kernel that pays for much work only, which gives three
// times x, so that one sees which ran, and another that gives twice x.
func improving(d *Device, slow string, mode shaders.Mode) *shaders.Op {
	op := doubling(doublingWGSL)
	op.Name, op.Buffers[1].Mode = "improving", mode
	op.FLOPs = func(a shaders.Args) int64 { return int64(a["n"]) }
	quick := op.Kernels[0]
	quick.Shared = !d.info.Software // or it would be no choice
	large := quick
	large.Name, large.MinFLOPs, large.Source = "tripling", 1000, func() string { return slow }
	op.Kernels = []shaders.Kernel{large, quick}
	return op
}

func TestABenchmarkWaitsForTheFasterKernel(t *testing.T) {
	const n = 100
	d := open(t, Options{})
	d.behind = true
	op := improving(d, strings.Replace(doublingWGSL, "2.0", "3.0", 1), shaders.Write)
	from, to := alloc(t, d, "x", n), alloc(t, d, "y", n)
	p, err := d.Prepare([]device.Step{{Op: op, Args: shaders.Args{"n": n}, Label: "improving",
		Views: []device.View{{Buffer: from, Len: n}, {Buffer: to, Len: n}}}})
	if err != nil {
		t.Fatal(err)
	}
	kernel := func() string {
		times, _, err := d.Profile(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		return times[0].Kernel
	}
	before := kernel()
	p.(device.Improver).Improve()
	if after := kernel(); before != "doubling" || after != "tripling" {
		t.Errorf("%s before and %s after", before, after)
	}
}

func TestFasterKernelsFollow(t *testing.T) {
	const n = 100
	x := numtest.Pattern("improving", n)
	tripling := strings.Replace(doublingWGSL, "2.0", "3.0", 1)
	for _, c := range []struct {
		name   string
		behind bool
		slow   string
		mode   shaders.Mode
		want   []float32 // factors of runs one after the other
		next   float32   // of the first run of another program
	}{
		{"in the browser", true, tripling, shaders.Write, []float32{2, 3, 3}, 3},
		{"natively", false, tripling, shaders.Write, []float32{2, 2, 2}, 2},
		{"a kernel that does not compile", true, "not WGSL", shaders.Write, []float32{2, 2, 2}, 2},
		{"a training never changes", true, tripling, shaders.Update, []float32{3, 3, 3}, 3},
	} {
		d := open(t, Options{})
		d.behind = c.behind
		op := improving(d, c.slow, c.mode)
		from, to := alloc(t, d, "x", n), alloc(t, d, "y", n)
		if err := d.Write(from, 0, device.Bytes(x)); err != nil {
			t.Fatal(err)
		}
		prepare := func() device.Program {
			p, err := d.Prepare([]device.Step{{Op: op, Args: shaders.Args{"n": n}, Label: "improving",
				Views: []device.View{{Buffer: from, Len: n}, {Buffer: to, Len: n}}}})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		run := func(p device.Program, factor float32) {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			want := make([]float32, n)
			for i := range want {
				want[i] = factor * x[i]
			}
			if got := read(t, d, to, n); !slices.Equal(got, want) {
				t.Errorf("%s: %v of %v, want %v times that", c.name, got[1], x[1], factor)
			}
		}
		p := prepare()
		for _, factor := range c.want {
			run(p, factor)
		}
		run(prepare(), c.next)
		d.Close()
	}
}
