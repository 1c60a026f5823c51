// Package bench measures the engine: forward times of the networks by part,
// batch and mask ratio, against the arithmetic peak of the adapter. Weights and
// pictures are seeded: the values do not matter to the time, the shapes do.
package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"unmask/data"
	"unmask/graph"
	"unmask/internal/device"
	"unmask/internal/numtest"
	"unmask/model"
	"unmask/shaders"
	"unmask/train"
)

// Case is one row to measure.
type Case struct {
	Model string
	Batch int
	Size  int
	Part  string // encoder, decoder, classifier, reconstruct; train: a step of a classifier; pretrain: of FCMAE
	Ratio float64
}

// Name is what `unmask bench CASE` selects by: a part of "atto-b8-224-encoder-0.60".
func (c Case) Name() string {
	return fmt.Sprintf("%s-b%d-%d-%s-%.2f", c.Model, c.Batch, c.Size, c.Part, c.Ratio)
}

// trains reports whether the case is a training step.
func (c Case) trains() bool { return c.Part == "train" || c.Part == "pretrain" }

// Row is one result; the JSON keys are a contract.
type Row struct {
	Model       string  `json:"model"`
	Batch       int     `json:"batch"`
	Size        int     `json:"size"`
	Part        string  `json:"part"`
	Ratio       float64 `json:"ratio"`
	MS          float64 `json:"ms"`                   // median
	ForwardMS   float64 `json:"forward_ms,omitempty"` // of the forward pass in a training step
	GFLOPS      float64 `json:"gflops"`
	ShareOfPeak float64 `json:"share_of_peak"`
	Dispatches  int     `json:"dispatches"`
	FirstMS     float64 `json:"first_ms"` // first run on a fresh device, kernels compiled on the way
}

// Report is the JSON of `unmask bench`.
type Report struct {
	Adapter    string  `json:"adapter"`
	PeakGFLOPS float64 `json:"peak_gflops"`
	Rows       []Row   `json:"rows"`
}

// Cases returns the standard rows, those whose name holds one of the filters.
func Cases(filters []string) ([]Case, error) {
	var all, picked []Case
	for _, m := range []string{"atto", "femto", "tiny"} {
		for _, b := range []int{1, 8} {
			for _, r := range []float64{0, 0.6, 0.75} {
				all = append(all, Case{m, b, 224, "encoder", r})
			}
			all = append(all, Case{m, b, 224, "decoder", 0.6}, Case{m, b, 224, "reconstruct", 0.6}, Case{m, b, 224, "classifier", 0})
		}
	}
	for _, m := range []string{"atto", "femto"} {
		for _, c := range []struct{ batch, size int }{{16, 96}, {4, 224}} {
			all = append(all, Case{m, c.batch, c.size, "classifier", 0}, Case{m, c.batch, c.size, "train", 0})
			for _, r := range []float64{0, 0.6} {
				all = append(all, Case{m, c.batch, c.size, "reconstruct", r}, Case{m, c.batch, c.size, "pretrain", r})
			}
		}
	}
	if len(filters) == 0 {
		return all, nil
	}
	for _, c := range all {
		if slices.ContainsFunc(filters, func(f string) bool { return strings.Contains(c.Name(), f) }) {
			picked = append(picked, c)
		}
	}
	if len(picked) == 0 {
		return nil, fmt.Errorf("bench: no case holds %q: names look like %s", filters, all[0].Name())
	}
	return picked, nil
}

// Open gives a fresh device, so that a row's first run compiles its kernels.
type Open func(ctx context.Context) (device.Device, error)

// Run measures the cases in order; each is handed to row as soon as it is known.
func Run(ctx context.Context, open Open, cases []Case, row func(Row)) (Report, error) {
	dev, err := open(ctx)
	if err != nil {
		return Report{}, err
	}
	rep := Report{Adapter: dev.Info().Name}
	rep.PeakGFLOPS, err = Peak(ctx, dev)
	dev.Close()
	if err != nil {
		return rep, fmt.Errorf("bench: peak: %w", err)
	}
	for _, c := range cases {
		r, err := Measure(ctx, open, c)
		if err != nil {
			return rep, fmt.Errorf("bench: %s: %w", c.Name(), err)
		}
		r.ShareOfPeak = r.GFLOPS / rep.PeakGFLOPS
		rep.Rows = append(rep.Rows, r)
		row(r)
	}
	return rep, nil
}

// Measure measures one case on a device of its own; Row.ShareOfPeak is left to do. A
// training step takes turns with its forward pass alone, since what is left of a shared
// machine changes from minute to minute.
func Measure(ctx context.Context, open Open, c Case) (Row, error) {
	dev, err := open(ctx)
	if err != nil {
		return Row{}, err
	}
	defer dev.Close()
	net, layout, err := network(dev, c)
	if err != nil {
		return Row{}, err
	}
	images := numtest.SeededImages(c.Batch, c.Size, c.Size)
	begin := time.Now()
	w, err := prepare(net, c, images, layout)
	if err != nil {
		return Row{}, err
	}
	turn := func(run func() error) func() error {
		return func() error {
			if err := run(); err != nil {
				return err
			}
			return dev.Wait(ctx)
		}
	}
	turns := []func() error{turn(w.run)}
	if err := turns[0](); err != nil {
		return Row{}, err
	}
	first := time.Since(begin)
	if c.trains() {
		forward, err := w.plan.Forward()
		if err != nil {
			return Row{}, err
		}
		defer forward.Release()
		turns = append(turns, turn(forward.Run))
		improve(forward)
	}
	improve(w.programs...)
	medians, err := repeat(turns)
	if err != nil {
		return Row{}, err
	}
	row := Row{Model: c.Model, Batch: c.Batch, Size: c.Size, Part: c.Part, Ratio: c.Ratio, MS: ms(medians[0]), FirstMS: ms(first),
		GFLOPS: float64(w.plan.FLOPs()) / medians[0].Seconds() / 1e9, Dispatches: w.plan.Dispatches()}
	if c.trains() {
		row.ForwardMS = ms(medians[1])
	}
	return row, nil
}

// network puts the seeded network of a case on a device and makes its masks.
func network(dev device.Device, c Case) (*model.Network, *model.Layout, error) {
	cfg, err := model.Size(c.Model)
	if err != nil {
		return nil, nil, err
	}
	switch tasks[c.Part] {
	case model.Classify:
		cfg = cfg.WithHead(1000)
	case model.Decode, model.Reconstruct:
		cfg = cfg.WithDecoder(1, 512)
	}
	net, err := model.NewNetwork(dev, cfg, seeded(cfg))
	if err != nil {
		return nil, nil, err
	}
	layout, err := layoutOf(c)
	return net, layout, err
}

var tasks = map[string]model.Task{
	"encoder": model.Encode, "decoder": model.Decode, "classifier": model.Classify, "reconstruct": model.Reconstruct,
	"train": model.Classify, "pretrain": model.Reconstruct,
}

// work is what a case repeats.
type work struct {
	run      func() error
	plan     *graph.Plan      // of the network, without an optimiser
	programs []device.Program // of one run, in order
}

// improve waits for the kernels that later runs have.
func improve(programs ...device.Program) {
	for _, p := range programs {
		if p, ok := p.(device.Improver); ok {
			p.Improve()
		}
	}
}

// prepare makes a case's work ready; a step of training has run once then.
func prepare(net *model.Network, c Case, images []float32, l *model.Layout) (work, error) {
	task := tasks[c.Part]
	if c.trains() {
		return trainingStep(net, task, images, l)
	}
	plan, err := net.Prepare(task, images, l)
	if err != nil {
		return work{}, err
	}
	return work{plan.Run, plan, []device.Program{plan.Program()}}, nil
}

// trainingStep is one whole step: forward, backward and AdamW.
func trainingStep(net *model.Network, task model.Task, images []float32, l *model.Layout) (work, error) {
	trainer, err := model.NewTrainer(net, model.Training{Task: task})
	if err != nil {
		return work{}, err
	}
	opt, err := train.NewOptimizer(net, func(p model.Param) train.Group { return train.Group{LRScale: 1, Decay: train.Decays(p)} }, false)
	if err != nil {
		return work{}, err
	}
	losses := l.Images
	if task == model.Reconstruct {
		losses = l.Patches()
	}
	b := model.Batch{Images: images, Layout: l, LossGrad: make([]float32, losses), Targets: make([]float32, l.Images*net.Config.Classes)}
	for i := range b.LossGrad {
		b.LossGrad[i] = 1 / float32(losses)
	}
	for i := 0; i < len(b.Targets); i += net.Config.Classes {
		b.Targets[i+i%net.Config.Classes] = 1
	}
	plan, err := trainer.Step(b)
	if err != nil {
		return work{}, err
	}
	run := func() error {
		if _, err := trainer.Step(b); err != nil {
			return err
		}
		return opt.Step(shaders.Hyper{LR: 1e-5, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: 0.05, Step: 100, GradScale: 1})
	}
	return work{run, plan, []device.Program{plan.Program(), opt.Program()}}, nil
}

// seeded gives every parameter its deterministic values.
func seeded(cfg model.Config) model.Source {
	shapes := map[string][]int{}
	for _, p := range cfg.Params() {
		shapes[p.Name] = p.Shape
	}
	return func(name string) []float32 { return numtest.Seeded(name, shapes[name]) }
}

func layoutOf(c Case) (*model.Layout, error) {
	side := c.Size / model.Patch
	hidden := make([][]bool, c.Batch)
	for n := range hidden {
		if c.Ratio == 0 {
			hidden[n] = make([]bool, side*side)
			continue
		}
		m, err := data.RandomMask(side, side, c.Ratio, uint64(n))
		if err != nil {
			return nil, err
		}
		hidden[n] = m.Hidden
	}
	return model.NewLayout(side, side, hidden)
}

// repeat runs the turns one after the other, at least seven times and for about a second,
// and returns the median of each.
func repeat(turns []func() error) ([]time.Duration, error) {
	times := make([][]time.Duration, len(turns))
	for total := time.Duration(0); len(times[0]) < 7 || total < time.Second && len(times[0]) < 50; {
		for i, run := range turns {
			t := time.Now()
			if err := run(); err != nil {
				return nil, err
			}
			d := time.Since(t)
			times[i] = append(times[i], d)
			total += d
		}
	}
	medians := make([]time.Duration, len(turns))
	for i, d := range times {
		slices.Sort(d)
		medians[i] = d[len(d)/2]
	}
	return medians, nil
}

// Peak is the adapter's rate of fused multiply-adds in GFLOP/s, the best of
// runs that grow until one takes 50 ms.
func Peak(ctx context.Context, dev device.Device) (float64, error) {
	const n = 1 << 18
	best := 0.0
	var views []device.View
	for _, name := range []string{"x", "y"} {
		b, err := dev.Alloc("peak "+name, n)
		if err != nil {
			return 0, err
		}
		defer b.Release()
		views = append(views, device.View{Buffer: b, Len: n})
	}
	for iterations := 64; iterations <= 1<<20; iterations *= 4 {
		a := shaders.Args{"n": n, "iterations": iterations}
		p, err := dev.Prepare([]device.Step{{Op: shaders.FMAPeak, Args: a, Views: views, Label: "peak"}})
		if err != nil {
			return 0, err
		}
		fastest := time.Duration(math.MaxInt64)
		for range 3 {
			t := time.Now()
			if err := p.Run(); err != nil {
				return 0, err
			}
			if err := dev.Wait(ctx); err != nil {
				return 0, err
			}
			fastest = min(fastest, time.Since(t))
		}
		p.Release()
		best = max(best, float64(shaders.FMAPeak.FLOPs(a))/fastest.Seconds()/1e9)
		if fastest > 50*time.Millisecond {
			break
		}
	}
	return best, nil
}

func ms(d time.Duration) float64 { return math.Round(d.Seconds()*1e5) / 100 }
