package bench

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/numtest"
	"unmask/internal/ref"
	"unmask/internal/testdevice"
	"unmask/model"
	"unmask/shaders"
)

func cpu(context.Context) (device.Device, error) { return ref.Open(ref.Options{}), nil }

func names(cases []Case) []string {
	var out []string
	for _, c := range cases {
		out = append(out, c.Name())
	}
	return out
}

func cases(t *testing.T, filters ...string) []string {
	t.Helper()
	cs, err := Cases(filters)
	if err != nil {
		t.Fatal(err)
	}
	return names(cs)
}

func TestCases(t *testing.T) {
	all := cases(t)
	if sorted := slices.Sorted(slices.Values(all)); len(slices.Compact(sorted)) != len(all) {
		t.Error("two cases have one name")
	}
	standard, err := Cases(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range standard {
		if _, ok := tasks[c.Part]; !ok {
			t.Errorf("%s: nothing measures part %q", c.Name(), c.Part)
		}
		if _, err := model.Size(c.Model); err != nil || c.Size%model.Patch != 0 {
			t.Errorf("%s: %v", c.Name(), err)
		}
	}
	for _, size := range []string{"atto", "femto", "tiny"} {
		for _, batch := range []string{"-b1-224-", "-b8-224-"} {
			for _, part := range []string{"encoder-0.00", "encoder-0.60", "encoder-0.75", "decoder-0.60", "reconstruct-0.60", "classifier-0.00"} {
				if !slices.Contains(all, size+batch+part) {
					t.Errorf("no case %s", size+batch+part)
				}
			}
		}
	}
	for _, c := range []struct {
		filters []string
		want    []string
	}{
		{[]string{"atto-b8-224-encoder"}, []string{"atto-b8-224-encoder-0.00", "atto-b8-224-encoder-0.60", "atto-b8-224-encoder-0.75"}},
		{[]string{"tiny-b1-224-decoder", "femto-b8-224-classifier"}, []string{"femto-b8-224-classifier-0.00", "tiny-b1-224-decoder-0.60"}},
		{[]string{"atto-b1-224-decoder", "b1-224-decoder"}, []string{"atto-b1-224-decoder-0.60", "femto-b1-224-decoder-0.60", "tiny-b1-224-decoder-0.60"}},
	} {
		if got := cases(t, c.filters...); !slices.Equal(got, c.want) {
			t.Errorf("%q picks %q, want %q", c.filters, got, c.want)
		}
	}
	_, err = Cases([]string{"vgg", "b3"})
	if want := `bench: no case holds ["vgg" "b3"]: names look like atto-b1-224-encoder-0.00`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLayoutHidesTheRatio(t *testing.T) {
	for ratio, visible := range map[float64]int{0: 49, 0.6: 19, 0.75: 12} {
		l, err := layoutOf(Case{Batch: 3, Size: 224, Ratio: ratio})
		if err != nil {
			t.Fatal(err)
		}
		if l.Images != 3 || l.Patches() != 147 || l.Slots() != 3*visible {
			t.Errorf("ratio %v: %d of %d patches in %d images, want %d each", ratio, l.Slots(), l.Patches(), l.Images, visible)
		}
	}
}

// sane checks what must hold of any row, however fast the machine is.
func sane(t *testing.T, r Row, c Case, peak float64) {
	t.Helper()
	if got := (Case{r.Model, r.Batch, r.Size, r.Part, r.Ratio}); got != c {
		t.Errorf("the row is of %s, want %s", got.Name(), c.Name())
	}
	for name, v := range map[string]float64{"ms": r.MS, "first_ms": r.FirstMS, "gflops": r.GFLOPS, "share_of_peak": r.ShareOfPeak, "dispatches": float64(r.Dispatches)} {
		if !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("%s: %s is %v", c.Name(), name, v)
		}
	}
	if step := c.Part == "train" || c.Part == "pretrain"; step != (r.ForwardMS > 0) {
		t.Errorf("%s: %v ms, and of its forward pass %v", c.Name(), r.MS, r.ForwardMS)
	}
	if want := r.GFLOPS / peak; r.ShareOfPeak != want {
		t.Errorf("%s: share of peak %v, want %v", c.Name(), r.ShareOfPeak, want)
	}
}

func TestRunMeasuresEveryPart(t *testing.T) {
	var want []Case
	for part := range tasks {
		want = append(want, Case{"atto", 1, 64, part, 0.5})
	}
	var seen []Row
	rep, err := Run(context.Background(), cpu, want, func(r Row) { seen = append(seen, r) })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(rep.Adapter, "CPU, ") || !(rep.PeakGFLOPS > 0) || len(rep.Rows) != len(want) || !slices.Equal(seen, rep.Rows) {
		t.Fatalf("%+v, handed over %d", rep, len(seen))
	}
	for i, r := range rep.Rows {
		sane(t, r, want[i], rep.PeakGFLOPS)
	}
}

// TestForwardIsAPartOfTheStep: what a step is compared with is less than half of its
// kernels, and not none.
func TestForwardIsAPartOfTheStep(t *testing.T) {
	dev, err := cpu(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	c := Case{"atto", 1, 32, "train", 0}
	net, layout, err := network(dev, c)
	if err != nil {
		t.Fatal(err)
	}
	w, err := prepare(net, c, numtest.SeededImages(1, 32, 32), layout)
	if err != nil {
		t.Fatal(err)
	}
	forward, err := w.plan.Forward()
	if err != nil {
		t.Fatal(err)
	}
	defer forward.Release()
	if n, all := forward.Dispatches(), w.plan.Dispatches(); n < 80 || 2*n > all {
		t.Errorf("the forward pass has %d of %d dispatches", n, all)
	}
}

// TestRateCountsTheGraph: GFLOP/s times the time is the work of the graph that
// was asked for, so that a row cannot be of another part, batch or mask.
func TestRateCountsTheGraph(t *testing.T) {
	testdevice.GPU(t)
	open := func(ctx context.Context) (device.Device, error) { return gpu.Open(ctx, gpu.Options{}) }
	c := Case{"atto", 2, 64, "encoder", 0.5}
	rep, err := Run(context.Background(), open, []Case{c}, func(Row) {})
	if err != nil {
		t.Fatal(err)
	}
	sane(t, rep.Rows[0], c, rep.PeakGFLOPS)
	cfg, err := model.Size("atto")
	if err != nil {
		t.Fatal(err)
	}
	g := model.Build(cfg, model.Encode, model.Geometry{Images: 2, Height: 64, Width: 64, Slots: 4})
	steps := rep.Rows[0].Dispatches
	got, want := rep.Rows[0].GFLOPS*rep.Rows[0].MS*1e6, float64(g.FLOPs())
	if half := 0.005 / rep.Rows[0].MS; math.Abs(got/want-1) > 1.01*half { // MS is rounded to 0.01
		t.Errorf("%v FLOPs, the graph has %v", got, want)
	}
	n := 0
	g.Steps(func(string, *shaders.Op, shaders.Args) { n++ })
	if steps != n {
		t.Errorf("%d dispatches, the graph has %d", steps, n)
	}
}

func TestRunErrors(t *testing.T) {
	broken := errors.New("no device today")
	_, err := Run(context.Background(), func(context.Context) (device.Device, error) { return nil, broken }, nil, nil)
	if err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
	_, err = Run(context.Background(), cpu, []Case{{"vgg", 1, 64, "encoder", 0}}, nil)
	if want := "bench: vgg-b1-64-encoder-0.00: model: no size \"vgg\": there are atto, femto, pico, nano, tiny, base, large, huge"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err = Run(ctx, cpu, []Case{{"atto", 1, 32, "encoder", 0}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// TestProfile: every dispatch is counted once, and the shares are the whole.
func TestProfile(t *testing.T) {
	d := testdevice.GPU(t)
	c := Case{"atto", 1, 96, "reconstruct", 0.6}
	p, err := ProfileOf(context.Background(), d, c)
	if err != nil {
		t.Fatal(err)
	}
	row, err := Measure(context.Background(), func(ctx context.Context) (device.Device, error) { return gpu.Open(ctx, gpu.Options{}) }, c)
	if err != nil {
		t.Fatal(err)
	}
	calls, share := 0, 0.0
	for i, k := range p.Kernels {
		calls, share = calls+k.Calls, share+k.Share
		if k.MS <= 0 || i > 0 && k.MS > p.Kernels[i-1].MS {
			t.Errorf("kernel %+v behind %+v", k, p.Kernels[max(0, i-1)])
		}
	}
	if calls != row.Dispatches || math.Abs(share-1) > 1e-9 || p.Case != c.Name() {
		t.Errorf("%s: %d calls of %d dispatches, shares add up to %v", p.Case, calls, row.Dispatches, share)
	}
	dev, _ := cpu(context.Background())
	if _, err := ProfileOf(context.Background(), dev, c); !errors.Is(err, ErrNoProfile) {
		t.Errorf("the CPU gives %v", err)
	}
}
