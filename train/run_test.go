package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/numtest"
	"unmask/internal/ref"
	"unmask/model"
	"unmask/weights"
)

// small is a network that trains in milliseconds.
var small = model.Config{Name: "custom", Depths: [4]int{1, 1, 2, 1}, Dims: [4]int{8, 16, 24, 32}}

// stripes is a picture of one of two classes: stripes across or along, of a colour
// and width by chance.
func stripes(class, n int) []byte {
	r := rand.New(rand.NewPCG(uint64(class), uint64(n)))
	width, c := 2+r.IntN(6), color.NRGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
	img := image.NewNRGBA(image.Rect(0, 0, 48, 40))
	for y := range 40 {
		for x := range 48 {
			at := x
			if class == 1 {
				at = y
			}
			img.SetNRGBA(x, y, color.NRGBA{uint8(r.IntN(40)), uint8(r.IntN(40)), uint8(r.IntN(40)), 255})
			if at/width%2 == 0 {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// striped is a data set of n pictures a class, with the files of extra beside them.
func striped(t testing.TB, labelled bool, n int, extra ...data.File) *data.Dataset {
	t.Helper()
	var files []data.File
	for c, class := range []string{"along", "across"} {
		for i := range n {
			files = append(files, data.File{Path: fmt.Sprintf("%s/%02d.png", class, i), Content: stripes(c, i)})
		}
	}
	d, err := data.FileDataset("stripes", append(files, extra...), data.DatasetOptions{Labelled: labelled, ValShare: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// openGPU opens the adapter, or the CPU device where there is none and none is required.
func openGPU(ctx context.Context) (device.Device, error) {
	d, err := gpu.Open(ctx, gpu.Options{MaxDispatchesPerSubmit: 32})
	if err != nil && os.Getenv("UNMASK_REQUIRE_GPU") == "" {
		return ref.Open(ref.Options{}), nil
	}
	return d, err
}

// job is a run of the small network; kind-specific values suit it.
func job(kind Kind) Config {
	c := FinetunePreset(small, 24, Full, true)
	if kind == Pretrain {
		c = PretrainPreset(small, 24)
		c.Model = small.WithDecoder(1, 16)
	}
	c.Size, c.Batch, c.Micro, c.Epochs, c.Every, c.Seed = 64, 6, 3, 6, 1, 7
	c.Warmup, c.DropPath, c.BLR = 0.5, 0.1, 0.4
	return c
}

// losses trains to the end and returns the loss of each step, by step.
func losses(t *testing.T, r *Run, seen map[int]float64) error {
	t.Helper()
	watch := r.o.Observer.Step
	r.o.Observer.Step = func(s Step) {
		if before, ok := seen[s.Step]; ok && before != s.Loss {
			t.Errorf("step %d: loss %v, before the interruption %v", s.Step, s.Loss, before)
		}
		seen[s.Step] = s.Loss
		if watch != nil {
			watch(s)
		}
	}
	defer func() { r.o.Observer.Step = watch }()
	return r.Train(context.Background())
}

func start(t *testing.T, o Options) *Run {
	t.Helper()
	if o.Open == nil {
		o.Open = openGPU
	}
	r, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// TestRunsLearnAndResume: both kinds of run learn, and one that is stopped at
// random steps and resumed sees the same losses, bit for bit, and ends in the same
// weights.
func TestRunsLearnAndResume(t *testing.T) {
	for _, kind := range []Kind{Finetune, Pretrain} {
		t.Run(string(kind), func(t *testing.T) {
			d := striped(t, kind == Finetune, 16)
			whole := Memory{}
			want := map[int]float64{}
			r := start(t, Options{Config: job(kind), Store: whole, Data: d})
			if err := losses(t, r, want); err != nil {
				t.Fatal(err)
			}
			total := r.Need().Steps
			if len(want) != total {
				t.Fatalf("%d losses of %d steps", len(want), total)
			}
			epoch := func(first int) (sum float64) {
				for s := first; s < first+r.per; s++ {
					sum += want[s] / float64(r.per)
				}
				return sum
			}
			if first, last := epoch(1), epoch(total-r.per+1); !(last < 0.95*first) {
				t.Errorf("the mean loss of an epoch went from %.3f to %.3f", first, last)
			}

			parts := Memory{}
			got := map[int]float64{}
			random := rand.New(rand.NewPCG(1, uint64(len(kind))))
			for attempt := 0; len(got) < total; attempt++ {
				ctx, cancel := context.WithCancel(context.Background())
				stop := len(got) + 1 + random.IntN(5)
				o := Options{Config: job(kind), Store: parts, Data: d, Open: openGPU, Observer: Observer{Step: func(s Step) {
					got[s.Step] = s.Loss
					if s.Step == stop {
						cancel()
					}
				}}}
				r, err := Resume(ctx, o)
				if attempt == 0 {
					if err == nil || !strings.Contains(err.Error(), "there is no run to resume here") {
						t.Fatalf("resumed nothing: %v", err)
					}
					r, err = New(ctx, o)
				}
				if err != nil {
					t.Fatal(err)
				}
				err = r.Train(ctx)
				r.Close()
				cancel()
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}
			for s := 1; s <= total; s++ {
				if got[s] != want[s] {
					t.Errorf("step %d: loss %v, uninterrupted %v", s, got[s], want[s])
				}
			}
			sameTensors(t, parts[LastFile], whole[LastFile])
			sameTensors(t, parts[BestFile], whole[BestFile])
			for _, l := range mustLog(t, parts) {
				if l.TestLoss == nil && l.Step%logSteps != 0 {
					t.Errorf("a line of step %d", l.Step)
				}
			}
		})
	}
}

func mustLog(t *testing.T, s Store) []Line {
	t.Helper()
	lines, err := ReadLog(s)
	if err != nil || len(lines) == 0 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	return lines
}

// sameTensors compares two weights files bit for bit.
func sameTensors(t *testing.T, got, want []byte) {
	t.Helper()
	a, err := weights.Read("got", got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := weights.Read("want", want)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Tensors) != len(b.Tensors) || len(a.Tensors) == 0 {
		t.Fatalf("%d tensors, want %d", len(a.Tensors), len(b.Tensors))
	}
	for i := range a.Tensors {
		if !slices.Equal(a.Tensors[i].Data, b.Tensors[i].Data) {
			t.Errorf("tensor %q differs", a.Tensors[i].Name)
		}
	}
}

// TestKilledRunsResume kills a training process at random moments with SIGKILL.
func TestKilledRunsResume(t *testing.T) {
	if folder := os.Getenv("UNMASK_TEST_KILL"); folder != "" {
		killed(t, Folder(folder))
		return
	}
	whole := Memory{}
	c := job(Finetune)
	r := start(t, Options{Config: c, Store: whole, Data: striped(t, true, 16)})
	if err := r.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	kills := 0
	shorter := time.Duration(1)
	for attempt := range 40 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledRunsResume$")
		cmd.Env = append(os.Environ(), "UNMASK_TEST_KILL="+folder)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		// The first attempts die early, later ones get further and further.
		limit := time.Duration(attempt+1) * time.Duration(150+rand.IntN(400)) * time.Millisecond / shorter
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("attempt %d: %v\n%s", attempt, err, out.String())
			}
			if kills == 0 { // a fast machine: kill sooner
				shorter *= 4
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
				continue
			}
			b, err := os.ReadFile(filepath.Join(folder, LastFile))
			if err != nil {
				t.Fatal(err)
			}
			sameTensors(t, b, whole[LastFile])
			t.Logf("killed %d times", kills)
			return
		case <-time.After(limit):
			_ = cmd.Process.Signal(syscall.SIGKILL)
			<-done
			kills++
		}
	}
	t.Fatal("the run never ended")
}

// killed is the process that TestKilledRunsResume kills: it begins or continues.
func killed(t *testing.T, store Folder) {
	o := Options{Config: job(Finetune), Store: store, Data: striped(t, true, 16), Open: openGPU, SaveEvery: time.Millisecond}
	r, err := Resume(context.Background(), o)
	if err != nil {
		if !strings.Contains(err.Error(), "there is no run to resume here") {
			t.Fatal(err)
		}
		if r, err = New(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	defer r.Close()
	if err := r.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestALostDeviceIsSurvived destroys the device in the middle of a run.
func TestALostDeviceIsSurvived(t *testing.T) {
	d := striped(t, true, 16)
	want := map[int]float64{}
	if err := losses(t, start(t, Options{Config: job(Finetune), Store: Memory{}, Data: d}), want); err != nil {
		t.Fatal(err)
	}
	var dev device.Device
	opened := 0
	var notes []string
	o := Options{Config: job(Finetune), Store: Memory{}, Data: d}
	o.Open = func(ctx context.Context) (device.Device, error) {
		var err error
		dev, err = openGPU(ctx)
		opened++
		return dev, err
	}
	o.Observer.Note = func(n string) { notes = append(notes, n) }
	o.Observer.Step = func(s Step) {
		if opened == 1 && s.Step == 11 {
			if g, ok := dev.(*gpu.Device); ok {
				g.Destroy()
			} else {
				dev.Close()
			}
		}
	}
	got := map[int]float64{}
	if err := losses(t, start(t, o), got); err != nil {
		t.Fatal(err)
	}
	if opened != 2 || len(notes) != 1 || !strings.Contains(notes[0], "The device was lost after step 11. A fresh one goes on from step 8.") {
		t.Errorf("opened %d devices, notes %q", opened, notes)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("losses %v\nuninterrupted %v", got, want)
	}
}

// TestNumbersThatAreNotFinite: one roll-back with half the rate, then an end that
// explains itself and leaves a good checkpoint.
func TestNumbersThatAreNotFinite(t *testing.T) {
	c := job(Finetune)
	c.BLR, c.Clip = 1e12, 0
	store := Memory{}
	var notes []string
	r := start(t, Options{Config: c, Store: store, Data: striped(t, true, 16), Observer: Observer{Note: func(n string) { notes = append(notes, n) }}})
	err := r.Train(context.Background())
	if err == nil || !strings.Contains(err.Error(), "not a finite number") || !strings.Contains(err.Error(), "for the second time") {
		t.Fatalf("error %v", err)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "half the learning rate") {
		t.Errorf("notes %q", notes)
	}
	s, _, err := ReadCheckpoint(LastFile, store[LastFile]) // refuses what is not finite
	if err != nil {
		t.Fatal(err)
	}
	if s.Progress.LRScale != 0.5 || s.Progress.Rolled != 1 {
		t.Errorf("progress %+v", s.Progress)
	}
}

// TestAnUnreadablePictureIsPassedOver names it once and goes on.
func TestAnUnreadablePictureIsPassedOver(t *testing.T) {
	d := striped(t, true, 16, data.File{Path: "along/broken.png", Content: stripes(0, 0)[:200]})
	var notes []string
	r := start(t, Options{Config: job(Finetune), Store: Memory{}, Data: d, Observer: Observer{Note: func(n string) { notes = append(notes, n) }}})
	if err := r.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "along/broken.png") || !strings.Contains(notes[0], "passed over") {
		t.Errorf("notes %q", notes)
	}
	if s := r.Skipped(); len(s) != 1 || !strings.Contains(s[0], "broken.png") {
		t.Errorf("skipped %q", s)
	}
}

// full is a store whose disk is full after some writes.
type full struct {
	Memory
	left int
}

func (f *full) Write(name string, write func(io.Writer) error) error {
	if f.left--; f.left < 0 {
		return fmt.Errorf("train: write %s: %w", name, syscall.ENOSPC)
	}
	return f.Memory.Write(name, write)
}

func TestAFullDiskLeavesTheLastCheckpoint(t *testing.T) {
	store := &full{Memory{}, 5}
	r := start(t, Options{Config: job(Finetune), Store: store, Data: striped(t, true, 16)})
	err := r.Train(context.Background())
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "last complete one stays") && !strings.Contains(err.Error(), "best weights so far") {
		t.Fatalf("error %v", err)
	}
	r.Close()
	store.left = 1000
	want := map[int]float64{}
	if err := losses(t, start(t, Options{Config: job(Finetune), Store: Memory{}, Data: striped(t, true, 16)}), want); err != nil {
		t.Fatal(err)
	}
	again, err := Resume(context.Background(), Options{Store: store, Data: striped(t, true, 16), Open: openGPU})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := losses(t, again, want); err != nil { // compares with want
		t.Fatal(err)
	}
}

func TestRunErrors(t *testing.T) {
	ctx := context.Background()
	d := striped(t, true, 16)
	store := Memory{}
	c := job(Finetune)
	c.Epochs, c.Warmup = 0.3, 0
	r := start(t, Options{Config: c, Store: store, Data: d})
	if err := r.Train(ctx); err != nil {
		t.Fatal(err)
	}
	bad := func(name, want string, err error) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", name, err, want)
		}
	}
	_, err := New(ctx, Options{Config: c, Store: store, Data: d, Open: openGPU})
	bad("a run is there", "train: there is a run here already: resume it, or choose another folder", err)

	_, _, err = ReadCheckpoint("w.safetensors", store[BestFile])
	bad("weights alone", "train: w.safetensors holds weights but no training state, so it cannot be resumed; start a run --from it", err)

	old := bytes.Replace(store[LastFile], []byte(`"train_version":"1"`), []byte(`"train_version":"0"`), 1)
	_, _, err = ReadCheckpoint(LastFile, old)
	bad("another version", `train: last.safetensors was written by another version of Unmask (state "0", want "1"): resume it with that version, or start a run --from it`, err)

	_, _, err = ReadCheckpoint(LastFile, store[LastFile][:len(store[LastFile])/2])
	if err == nil || !strings.Contains(err.Error(), "last.safetensors") {
		t.Errorf("half a checkpoint: %v", err)
	}

	others := []data.File{}
	for i := range 16 {
		others = append(others, data.File{Path: fmt.Sprintf("along/%02d.png", i), Content: stripes(0, i)}, data.File{Path: fmt.Sprintf("dotted/%02d.png", i), Content: stripes(1, i)})
	}
	changed, err := data.FileDataset("dots", others, data.DatasetOptions{Labelled: true, ValShare: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Resume(ctx, Options{Store: store, Data: changed, Open: openGPU}); err == nil || !strings.Contains(err.Error(), "dotted") {
		t.Errorf("labels of another run: %v", err)
	}

	c = job(Finetune)
	c.Micro = 4
	_, err = New(ctx, Options{Config: c, Store: Memory{}, Data: d, Open: openGPU})
	bad("micro-batch", "train: micro-batch is 4, want a divisor of the batch, 6", err)
	c = job(Finetune)
	c.Batch, c.Micro = 1000, 1000
	if _, err = New(ctx, Options{Config: c, Store: Memory{}, Data: d, Open: openGPU}); err == nil || !strings.Contains(err.Error(), "want a smaller batch") {
		t.Errorf("batch: %v", err)
	}
}

// TestTooLargeAMicroBatch is told before anything runs, with one that fits.
func TestTooLargeAMicroBatch(t *testing.T) {
	c := job(Finetune)
	c.Model = c.Model.WithHead(2)
	c.Batch, c.Micro = 12, 12
	limit := func(n int) device.Info { return device.Info{MaxBinding: n} }
	one := c
	one.Micro = 1
	each := one.need(1).Largest
	_, err := c.fit(limit(5 * each))
	if err == nil || !strings.Contains(err.Error(), "choose a micro-batch of 4, which gives the same batch in 3 parts") {
		t.Errorf("error %v", err)
	}
	c.Micro = 0
	if got, err := c.fit(limit(5 * each)); err != nil || got.Micro != 4 {
		t.Errorf("micro-batch %d, %v", got.Micro, err)
	}
	if _, err := c.fit(limit(each / 2)); err == nil || !strings.Contains(err.Error(), "choose a smaller size") {
		t.Errorf("error %v", err)
	}
}

func TestScheduleAndRates(t *testing.T) {
	s := Schedule{LR: 2, MinLR: 0.5, Warmup: 4, Total: 14}
	for step, want := range map[int]float64{0: 0, 2: 1, 4: 2, 9: 1.25, 14: 0.5, 20: 0.5} {
		if got := s.At(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("rate of step %d is %v, want %v", step, got, want)
		}
	}
	c := job(Finetune)
	rates := c.dropRates()
	if rates[0] != 0 || math.Abs(rates[len(rates)-1]-c.DropPath) > 1e-12 {
		t.Errorf("drop rates %v", rates)
	}
	kept, n := 0.0, 0
	for step := range 200 {
		for _, v := range c.keep(step, 0, 8)["stages.3.0.keep"] {
			kept += float64(v)
			n++
		}
	}
	if mean := kept / float64(n); math.Abs(mean-1) > 0.03 {
		t.Errorf("the mean of keep is %v, want 1", mean)
	}
}

// TestBestWeightsCarryACheck: what best.safetensors says of the seeded image is
// what a network of its tensors answers.
func TestBestWeightsCarryACheck(t *testing.T) {
	c, store := job(Finetune), Memory{}
	c.Epochs = 1
	if err := start(t, Options{Config: c, Store: store, Data: striped(t, true, 16)}).Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(BestFile, store[BestFile])
	if err != nil {
		t.Fatal(err)
	}
	var check Check
	if err := json.Unmarshal([]byte(f.Meta[weights.MetaCheck]), &check); err != nil || len(check.Logits) != 2 {
		t.Fatalf("%+v, %v", check, err)
	}
	dev, err := openGPU(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	net, err := model.NewNetwork(dev, small.WithHead(2), func(name string) []float32 {
		x, ok := f.Tensor(name)
		if !ok {
			return nil
		}
		return x.Data
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := newCheck(context.Background(), net, check.Size)
	if err != nil {
		t.Fatal(err)
	}
	numtest.Check(t, numtest.Network, "check", got.Logits, check.Logits)
	for _, key := range []string{weights.MetaClasses, weights.MetaPreprocessing, weights.MetaModel} {
		if f.Meta[key] == "" {
			t.Errorf("no %s in the metadata", key)
		}
	}
}
