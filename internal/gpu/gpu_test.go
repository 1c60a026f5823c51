//go:build !js

package gpu

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/shaders"
)

func open(t *testing.T, o Options) *Device {
	t.Helper()
	d, err := Open(context.Background(), o)
	if err != nil {
		if os.Getenv("UNMASK_REQUIRE_GPU") != "" {
			t.Fatal(err)
		}
		t.Skip("no GPU adapter: ", err)
	}
	t.Cleanup(d.Close)
	return d
}

func alloc(t *testing.T, d *Device, label string, n int) device.Buffer {
	t.Helper()
	b, err := d.Alloc(label, n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, d *Device, b device.Buffer, n int) []float32 {
	t.Helper()
	v := make([]float32, n)
	if err := d.Read(context.Background(), b, 0, device.Bytes(v)); err != nil {
		t.Fatal(err)
	}
	return v
}

// doubling is an op of one kernel: y = 2 x.
func doubling(source string) *shaders.Op {
	n := func(a shaders.Args) int { return a["n"] }
	return &shaders.Op{
		Name: "doubling", Params: []string{"n"},
		Buffers: []shaders.Buffer{{Name: "x", Len: n}, {Name: "y", Mode: shaders.Write, Len: n}},
		Kernels: []shaders.Kernel{{Name: "doubling", Source: func() string { return source }, Workgroup: [3]int{64, 1, 1},
			Grid: func(a shaders.Args) [3]int { return [3]int{(a["n"] + 63) / 64, 1, 1} }}},
	}
}

const doublingWGSL = `struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < p.n) {
    y[id.x] = 2.0 * x[id.x];
  }
}
`

// chain doubles a buffer of n words several times, back and forth.
func chain(t *testing.T, d *Device, n, times int) (first, last device.Buffer, p device.Program) {
	t.Helper()
	op := doubling(doublingWGSL)
	a, b := alloc(t, d, "a", n), alloc(t, d, "b", n)
	first, last = a, a
	var steps []device.Step
	for range times {
		steps = append(steps, device.Step{Op: op, Args: shaders.Args{"n": n}, Label: "chain",
			Views: []device.View{{Buffer: a, Len: n}, {Buffer: b, Len: n}}})
		last = b
		a, b = b, a
	}
	p, err := d.Prepare(steps)
	if err != nil {
		t.Fatal(err)
	}
	return first, last, p
}

func TestRoundTripUnderGarbageCollection(t *testing.T) {
	d := open(t, Options{})
	for _, n := range []int{1, 3, 64, 1023, 70001} {
		want := numtest.Pattern("round trip", n)
		b := alloc(t, d, "b", n)
		if v := read(t, d, b, n); slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
			t.Errorf("%d words: fresh memory is not zero", n)
		}
		if err := d.Write(b, 0, device.Bytes(want)); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		if got := read(t, d, b, n); !slices.Equal(got, want) {
			t.Errorf("%d words come back changed", n)
		}
		b.Release()
		b.Release() // the second does nothing
	}
}

func TestSplitSubmissionsGiveTheSame(t *testing.T) {
	x := numtest.Pattern("chain", 100)
	want := make([]float32, 100)
	for i := range want {
		want[i] = 32 * x[i]
	}
	for _, chunk := range []int{0, 1, 2, 5, 9} {
		d := open(t, Options{MaxDispatchesPerSubmit: chunk})
		first, last, p := chain(t, d, 100, 5)
		if err := d.Write(first, 0, device.Bytes(x)); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, last, 100); !slices.Equal(got, want) {
			t.Errorf("at most %d dispatches per submission: a wrong result", chunk)
		}
		if p.Dispatches() != 5 {
			t.Errorf("%d dispatches, want 5", p.Dispatches())
		}
		d.Close()
	}
}

func TestProfileTimesEveryStep(t *testing.T) {
	d := open(t, Options{})
	_, _, p := chain(t, d, 100, 3)
	times, exact, err := d.Profile(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if exact {
		t.Error("the native binding is said to have timestamp queries")
	}
	if len(times) != 3 {
		t.Fatalf("%d timings, want 3", len(times))
	}
	for _, x := range times {
		if x.Kernel != "doubling" || x.Label != "chain" || x.MS <= 0 {
			t.Errorf("timing %+v", x)
		}
	}
}

func TestCompilerErrorShowsTheLine(t *testing.T) {
	d := open(t, Options{})
	op := doubling(strings.Replace(doublingWGSL, "2.0 * x[id.x]", "twice(x[id.x])", 1))
	b := alloc(t, d, "b", 4)
	c := alloc(t, d, "c", 4)
	_, err := d.Prepare([]device.Step{{Op: op, Args: shaders.Args{"n": 4}, Label: "stages.0",
		Views: []device.View{{Buffer: b, Len: 4}, {Buffer: c, Len: 4}}}})
	if err == nil {
		t.Fatal("a kernel that calls an unknown function compiles")
	}
	for _, want := range []string{`gpu: step 0 "stages.0": op doubling: kernel doubling does not compile`, ">    7 |     y[id.x] = twice(x[id.x]);", "     8 |   }"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
}

func TestShortViewIsNamed(t *testing.T) {
	d := open(t, Options{})
	b, c := alloc(t, d, "b", 4), alloc(t, d, "c", 3)
	_, err := d.Prepare([]device.Step{{Op: doubling(doublingWGSL), Args: shaders.Args{"n": 4}, Label: "head",
		Views: []device.View{{Buffer: b, Len: 4}, {Buffer: c, Len: 3}}}})
	const want = `gpu: step 0 "head": op doubling: buffer "y": want 4 words, the view has 3`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTooLargeABufferNamesTheLimit(t *testing.T) {
	d := open(t, Options{})
	_, err := d.Alloc("stages.0.act", int(d.Info().Limits["maxStorageBufferBindingSize"]/4)+1)
	var memory *device.MemoryError
	if !errors.As(err, &memory) || !strings.Contains(err.Error(), "gpu: stages.0.act: ") || !strings.Contains(err.Error(), "maxStorageBufferBindingSize") {
		t.Errorf("got %v", err)
	}
}

func TestLossReachesEveryCall(t *testing.T) {
	for name, lose := range map[string]func(*Device){"destroyed": (*Device).Destroy, "closed": (*Device).Close} {
		d := open(t, Options{})
		first, _, p := chain(t, d, 8, 1)
		lose(d)
		ctx := context.Background()
		_, allocErr := d.Alloc("b", 1)
		_, prepareErr := d.Prepare(nil)
		errs := map[string]error{
			"Alloc": allocErr, "Prepare": prepareErr, "Wait": d.Wait(ctx),
			"Write": d.Write(first, 0, make([]byte, 4)), "Read": d.Read(ctx, first, 0, make([]byte, 4)),
		}
		if name == "destroyed" { // a closed device has released its programs
			errs["Run"] = p.Run()
		}
		for call, err := range errs {
			if !errors.Is(err, device.ErrLost) || !strings.Contains(err.Error(), "it was "+name) {
				t.Errorf("%s after it was %s: %v", call, name, err)
			}
		}
		p.Release()
		d.Close()
		d.Close() // the second does nothing
	}
}

func TestUnknownAdapter(t *testing.T) {
	open(t, Options{})
	_, err := Open(context.Background(), Options{Adapter: "no such thing"})
	const want = `gpu: no adapter's name holds "no such thing": unmask devices lists them`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestMisuseIsABug(t *testing.T) {
	d, other := open(t, Options{}), open(t, Options{})
	b := alloc(t, d, "b", 64)
	foreign := alloc(t, other, "foreign", 64)
	gone := alloc(t, d, "gone", 64)
	gone.Release()
	op := doubling(doublingWGSL)
	prepare := func(x, y device.View) func() {
		return func() {
			_, _ = d.Prepare([]device.Step{{Op: op, Args: shaders.Args{"n": 8}, Label: "s", Views: []device.View{x, y}}})
		}
	}
	for want, f := range map[string]func(){
		"of another device, or one that was released": func() { _ = d.Write(foreign, 0, make([]byte, 4)) },
		"a buffer of another device":                  func() { _ = d.Write(gone, 0, make([]byte, 4)) },
		"words 60..68 of buffer b of 64":              func() { _ = d.Write(b, 60, make([]byte, 32)) },
		"3 bytes are no whole words":                  func() { _ = d.Write(b, 0, make([]byte, 3)) },
		"want a multiple of 64":                       prepare(device.View{Buffer: b, Len: 8}, device.View{Buffer: b, Offset: 8, Len: 8}),
		"for reading and for writing":                 prepare(device.View{Buffer: b, Len: 8}, device.View{Buffer: b, Len: 8}),
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "BUG: gpu: ") || !strings.Contains(text, want) {
					t.Errorf("got %q, want a BUG with %q", text, want)
				}
			}()
			f()
		}()
	}
}
