package session

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/model"
	"unmask/shaders"
	"unmask/train"
	"unmask/weights"
)

// Do carries out one command and emits its events. An error becomes an EvError
// event, and so does a panic: a front end stays alive, with its state.
func (s *Session) Do(ctx context.Context, c Command, emit func(Event)) {
	send := func(e Event) {
		e.ID = c.ID
		emit(e)
	}
	s.job = &job{id: c.ID, outer: s.job}
	defer func() { s.job = s.job.outer }()
	defer func() {
		if r := recover(); r != nil {
			send(Event{Kind: EvError, Error: &Problem{Text: fmt.Sprint(r), Code: "internal", Remedy: "please report this with the steps that led to it"}})
		}
	}()
	if err := s.do(ctx, c, send, emit); err != nil {
		send(Event{Kind: EvError, Error: Explain(err)})
	}
}

func (s *Session) do(ctx context.Context, c Command, send, emit func(Event)) error {
	switch c.Do {
	case DoOpen:
		info, note, err := s.Open(ctx, c.Prefer)
		if err != nil {
			return err
		}
		send(Event{Kind: EvDevice, Device: &info, Note: note, Tuned: s.choices[info.Name]})
		return s.warm(c.Warm)
	case DoWeights, DoTensors:
		info, err := s.loadCommand(c)
		if err != nil {
			return err
		}
		send(Event{Kind: EvWeights, Weights: &info})
	case DoPicture:
		info, notes, err := s.SetPicture(c.Name, c.Blob, c.Size)
		if err != nil {
			return err
		}
		send(Event{Kind: EvPicture, Picture: &info, Note: strings.Join(notes, "; "), Blobs: [][]byte{s.picture.RGBA()}})
	case DoReconstruct:
		return s.doReconstruct(ctx, c, send)
	case DoWhole:
		return s.doWhole(ctx, c, send, emit)
	case DoSweep:
		return s.doSweep(ctx, c, send, emit)
	case DoCancel: // for a job further out; what it would end otherwise has ended
		s.cancel(c.Job)
	case DoAnimate:
		return s.doAnimate(c, send)
	case DoFeatures:
		return s.doFeatures(ctx, c, send)
	case DoChannels:
		return s.doChannels(ctx, c, send)
	case DoCollapse:
		return s.doCollapse(ctx, send, emit)
	case DoLeak:
		return s.doLeak(ctx, c, send)
	case DoClassify:
		return s.withRun(c.Kind, func() error { return s.doClassify(ctx, c, send) })
	case DoForward:
		logits, err := s.Forward(ctx, Floats(c.Blob), c.Batch, c.Size)
		if err != nil {
			return err
		}
		send(Event{Kind: EvLogits, Blobs: [][]byte{device.Bytes(logits)}})
	case DoStep:
		loss, err := s.TrainStep(ctx, Floats(c.Blob), c.Labels, c.Size, c.LR)
		if err != nil {
			return err
		}
		send(Event{Kind: EvLoss, Loss: &loss})
	case DoGradients:
		loss, grads, err := s.Gradients(ctx, Floats(c.Blob), c.Labels, c.Size)
		if err != nil {
			return err
		}
		e := Event{Kind: EvGradients, Loss: &loss}
		for i, p := range s.net.Config.Params() {
			e.Tensors = append(e.Tensors, TensorSpec{Name: p.Name, Shape: p.Shape})
			e.Blobs = append(e.Blobs, device.Bytes(grads[i]))
		}
		send(e)
	case DoSelfTest:
		return s.doSelfTest(ctx, send, emit)
	case DoBench:
		return s.doBench(ctx, send, emit)
	case DoTune, DoUntune:
		return s.doTune(ctx, c.Do == DoTune, send, emit)
	case DoLose:
		dev := s.dev
		if t := s.training.Load(); t != nil {
			dev = t.dev
		}
		d, ok := dev.(*gpu.Device)
		if !ok {
			return problem("device", fmt.Errorf("session: there is no GPU device to lose"), "")
		}
		d.Destroy()
		send(Event{Kind: EvDevice, Note: "the device was destroyed"})
	case DoProjects:
		return s.doProjects(send)
	case DoProject:
		return s.doProject(c, send)
	case DoDelete:
		return s.doDelete(c, send)
	case DoRename:
		return s.doRename(c, send)
	case DoAdd, DoMove, DoRemove:
		return s.doPictures(c, send)
	case DoKeepClass, DoDropClass:
		return s.doClass(c, send)
	case DoThumbs:
		return s.doThumbs(ctx, c, send)
	case DoPlan:
		return s.doPlan(c, send)
	case DoTrain, DoResume:
		return s.doTrain(ctx, c, send, emit)
	case DoStop:
		s.Stop()
		s.cancelDeviceJobs()
	case DoForget:
		return s.doForget(c, send)
	case DoRunFile:
		return s.doRunFile(c, send)
	case DoPack:
		return s.doPack(send)
	case DoUnpack:
		return s.doUnpack(c, send)
	case DoConvert:
		return s.withRun(c.Kind, func() error { return s.doConvert(c, send) })
	case DoLog:
		return s.doLog(c, send)
	case DoScores:
		return s.withRun(c.Kind, func() error { return s.doScores(ctx, send) })
	default:
		return problem("internal", fmt.Errorf("session: no command %q", c.Do), "")
	}
	return nil
}

// warm begins to compile what reconstructing with a network of a size needs, while
// its weights are still on their way.
func (s *Session) warm(size string) error {
	d, ok := s.dev.(*gpu.Device)
	if size == "" || !ok {
		return nil
	}
	cfg, err := model.Size(size)
	if err != nil {
		return problem("internal", err, "")
	}
	side := DefaultSize / model.Patch
	visible := side * side * 2 / 5 // kernels are chosen by orders of magnitude
	geo := model.Geometry{Images: 1, Height: DefaultSize, Width: DefaultSize, Slots: visible}
	var steps []device.Step
	model.Build(cfg.WithDecoder(1, 512), model.Reconstruct, geo).Steps(func(label string, op *shaders.Op, a shaders.Args) {
		steps = append(steps, device.Step{Op: op, Args: a, Label: label})
	})
	d.Warm(steps)
	return nil
}

func (s *Session) loadCommand(c Command) (WeightsInfo, error) {
	if c.Do == DoWeights {
		name, b := c.Name, c.Blob
		if c.Kind != "" {
			var err error
			if b, err = s.runFile(c.Kind, train.BestFile); err != nil {
				return WeightsInfo{}, err
			}
			name = s.project.name
		}
		return s.LoadWeights(name, b)
	}
	file := &weights.File{Format: "raw", Meta: map[string]string{}}
	values := Floats(c.Blob)
	for _, t := range c.Tensors {
		n := 1
		for _, d := range t.Shape {
			if d < 0 || d > 0 && n > len(values)/d {
				return WeightsInfo{}, problem("weights", fmt.Errorf("session: tensor %q: shape %v does not fit the %d values that are left", t.Name, t.Shape, len(values)), "")
			}
			n *= d
		}
		for i, v := range values[:n] {
			if v != v || math.IsInf(float64(v), 0) {
				return WeightsInfo{}, problem("weights", fmt.Errorf("session: tensor %q: value %d of %d is %v: want finite values only", t.Name, i, n, v), "")
			}
		}
		file.Tensors = append(file.Tensors, weights.Tensor{Name: t.Name, Shape: t.Shape, DType: "F32", Data: values[:n]})
		values = values[n:]
	}
	if len(values) > 0 {
		return WeightsInfo{}, problem("weights", fmt.Errorf("session: %d values behind the last tensor belong to none", len(values)), "")
	}
	return s.SetWeights(c.Name, file)
}

// doClassify answers at the size that was asked for; a run's weights at their own.
func (s *Session) doClassify(ctx context.Context, c Command, send func(Event)) error {
	if c.Kind != "" && c.Size == 0 {
		if err := s.canClassify(); err != nil {
			return err
		}
		var err error
		if c.Size, err = s.evalSize(0); err != nil {
			return err
		}
	}
	logits, notes, err := s.Classify(ctx, c.Name, c.Blob, c.Size)
	if err != nil {
		return err
	}
	send(Event{Kind: EvClasses, Classes: s.TopK(logits, c.TopK), Note: strings.Join(notes, "; "), Blobs: [][]byte{device.Bytes(logits)}})
	return nil
}

func (s *Session) doReconstruct(ctx context.Context, c Command, send func(Event)) error {
	m, err := s.parseMask(c.Hidden)
	if err != nil {
		return err
	}
	r, err := s.Reconstruct(ctx, m)
	if err != nil {
		return err
	}
	send(Event{Kind: EvReconstruction, Reconstruction: &r.Reconstruction, Note: r.Note,
		Blobs: [][]byte{r.Picture.RGBA(), r.Composite.RGBA()}})
	return nil
}

// doFeatures answers for any mask: with nothing hidden the network sees it all.
func (s *Session) doFeatures(ctx context.Context, c Command, send func(Event)) error {
	m, err := s.parseMask(c.Hidden)
	if err != nil {
		return err
	}
	maps, err := s.Features(ctx, m)
	if err != nil {
		return err
	}
	e := Event{Kind: EvFeatures}
	for _, f := range maps {
		e.Tensors = append(e.Tensors, TensorSpec{Name: f.Name, Shape: f.Shape[1:]})
		e.Blobs = append(e.Blobs, device.Bytes(f.Data))
	}
	send(e)
	return nil
}

// parseMask reads the bits of a mask of the picture in hand.
func (s *Session) parseMask(bits string) (data.Mask, error) {
	if s.picture == nil {
		return data.Mask{}, missingPicture()
	}
	info := s.pictureInfo("")
	m, err := data.ParseMask(bits, info.Rows, info.Cols)
	if err != nil {
		return m, problem("mask", err, "")
	}
	return m, nil
}

// Floats reads little-endian float32 values.
func Floats(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}
