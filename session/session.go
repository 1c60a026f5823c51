package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"unmask/data"
	"unmask/internal/device"
	"unmask/internal/gpu"
	"unmask/internal/ref"
	"unmask/internal/tune"
	"unmask/model"
	"unmask/train"
	"unmask/weights"
)

// Options are what a front end may decide for its session.
type Options struct {
	// MatMul replaces the CPU device's matrix product: a native library where there is one.
	MatMul func(dst, x, w []float32, rows, k, n int)
	// Adapter picks a GPU by a part of its name.
	Adapter string
	// Place keeps projects; nil: there are none.
	Place Place
	// Next takes the next command that waits, without waiting for one: a run answers
	// commands between its steps. nil: it does not.
	Next func() (Command, bool)
	// Tuned keeps which kernels were measured to be the fastest on an adapter; nil:
	// the device takes its defaults.
	Tuned tune.Store
}

// Session holds one device, one network and one picture. Its methods are called
// from one goroutine at a time, which so owns the GPU.
type Session struct {
	options Options
	prefer  string // what Open was asked for
	dev     device.Device
	choices map[string]*tune.Choice // what picks the kernels, by adapter; nil: its defaults
	loaded
	picture *data.Picture
	pixels  []float32 // the picture, normalised
	steps   *stepper  // raw training steps of net; nil before the first

	job      *job                     // the command under way, or nil
	project  *project                 // the open one, or nil
	training atomic.Pointer[training] // the run under way, or nil; Stop reads it from elsewhere
	aside    loaded                   // best weights of a run of the project, beside the loaded ones
	asideOf  train.Kind               // the run
}

// loaded is a network on the device, with the file that it came from.
type loaded struct {
	net     *model.Network
	file    *weights.File // official names; kept to load again after a lost device
	info    WeightsInfo
	classes []string // class names of the weights, may be empty
}

// New returns a session without device, weights or picture.
func New(o Options) *Session {
	return &Session{options: o, prefer: "auto", choices: map[string]*tune.Choice{}}
}

// Open chooses the device: "gpu", "cpu", or "auto", which falls back to the CPU
// and says so in the note. Weights that were loaded move to the new device.
func (s *Session) Open(ctx context.Context, prefer string) (device.Info, string, error) {
	dev, note, err := s.open(ctx, prefer)
	if err != nil {
		return device.Info{}, "", err
	}
	s.closeDevice()
	s.dev, s.prefer = dev, prefer
	return dev.Info(), note, s.build()
}

// dispatchesPerSubmit keeps one submission short: systems take a GPU away from a
// program whose submission runs for seconds (two on Windows), and a slow
// integrated GPU needs that long for a whole batch of Tiny.
const dispatchesPerSubmit = 32

func (s *Session) open(ctx context.Context, prefer string) (device.Device, string, error) {
	switch prefer {
	case "gpu", "auto", "":
		dev, err := gpu.Open(ctx, gpu.Options{Adapter: s.options.Adapter, MaxDispatchesPerSubmit: dispatchesPerSubmit})
		if err == nil {
			return dev, s.choose(dev), nil
		}
		if prefer == "gpu" {
			return nil, "", problem("device", err, "install a graphics driver, or choose the CPU")
		}
		return s.cpu(), "No GPU can be used here, so the CPU computes: slower, with the same result. (" + plain(err) + ")", nil
	case "cpu":
		return s.cpu(), "", nil
	}
	return nil, "", problem("device", fmt.Errorf("session: no device %q", prefer), "choose auto, gpu or cpu")
}

func (s *Session) cpu() device.Device { return ref.Open(ref.Options{MatMul: s.options.MatMul}) }

// Another opens a second device of the kind in hand, for measurements. The caller
// closes it.
func (s *Session) Another(ctx context.Context) (device.Device, error) {
	dev, _, err := s.open(ctx, s.dev.Info().Kind) // auto could answer with another kind
	return dev, err
}

// Device is the open device, nil before Open.
func (s *Session) Device() device.Device { return s.dev }

// Network is the loaded network, nil before LoadWeights.
func (s *Session) Network() *model.Network { return s.net }

// LoadWeights reads a weights file of any supported format and key style and
// puts the network on the device. On an error the former weights stay.
func (s *Session) LoadWeights(name string, b []byte) (WeightsInfo, error) {
	file, err := weights.Read(name, b)
	if err != nil {
		return WeightsInfo{}, problem("weights", err, "choose a .safetensors, .pt or .pth file of ConvNeXt V1, V2 or FCMAE")
	}
	info, err := s.SetWeights(name, file)
	if err == nil {
		info.Bytes = len(b)
		s.info.Bytes = len(b)
	}
	return info, err
}

// SetWeights is LoadWeights for a file that was read already.
func (s *Session) SetWeights(name string, file *weights.File) (WeightsInfo, error) {
	l, err := s.upload(name, file)
	if err != nil {
		return WeightsInfo{}, err
	}
	s.endSteps()
	if s.net != nil {
		s.net.Release()
	}
	s.loaded = l
	return s.info, nil
}

// upload puts the network of a file on the device.
func (s *Session) upload(name string, file *weights.File) (loaded, error) {
	official, style, err := weights.Official(file)
	if err != nil {
		return loaded{}, problem("weights", fmt.Errorf("session: %s: %s", name, plain(err)), "unmask inspect FILE lists what it holds")
	}
	shapes := map[string][]int{}
	for _, t := range official.Tensors {
		shapes[t.Name] = t.Shape
	}
	cfg, report, err := model.Detect(shapes)
	if err != nil {
		return loaded{}, problem("weights", fmt.Errorf("session: %s: %s", name, plain(err)), "unmask inspect FILE lists what it holds")
	}
	cfg.NormPix = official.Meta[weights.MetaTarget] == "norm"
	cfg.BatchGRN = official.Meta[weights.MetaGRNScope] == "batch"
	cfg.SumGRN = official.Meta[weights.MetaGRNDenominator] == "sum"
	var classes []string
	if list := official.Meta[weights.MetaClasses]; list != "" {
		if err := json.Unmarshal([]byte(list), &classes); err != nil || len(classes) != cfg.Classes {
			classes = nil
		}
	}
	if s.dev == nil {
		if _, _, err := s.Open(context.Background(), s.prefer); err != nil {
			return loaded{}, err
		}
	}
	var net *model.Network
	_, err = s.recover(context.Background(), func() (err error) {
		net, err = s.network(cfg, official)
		return err
	})
	if err != nil {
		return loaded{}, err
	}
	info := WeightsInfo{
		Name: name, Model: cfg.Name, Params: cfg.Count(), HasDecoder: cfg.DecoderWidth > 0, Classes: cfg.Classes,
		NormPix: cfg.NormPix, Licence: official.Meta[weights.MetaLicence], Report: fmt.Sprintf("%s keys, %s", style, report),
		Format: file.Format, Keys: string(style), DType: dtypes(file), Check: official.Meta[weights.MetaCheck] != "",
		Prepares: official.Meta[weights.MetaPreprocessing], Labels: strings.Join(classes[:min(len(classes), mostLabels)], ", "),
	}
	return loaded{net, official, info, classes}, nil
}

// dtypes lists how a file's values are stored.
func dtypes(file *weights.File) string {
	var all []string
	for _, t := range file.Tensors {
		if !slices.Contains(all, t.DType) {
			all = append(all, t.DType)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// mostLabels are named where weights are described.
const mostLabels = 12

// network uploads a file with official names as cfg.
func (s *Session) network(cfg model.Config, file *weights.File) (*model.Network, error) {
	net, err := model.NewNetwork(s.dev, cfg, func(name string) []float32 {
		t, ok := file.Tensor(name)
		if !ok {
			return nil
		}
		return t.Data
	})
	if err != nil {
		return nil, problem("weights", err, "")
	}
	return net, nil
}

// build puts the networks on the present device.
func (s *Session) build() error {
	for _, l := range []*loaded{&s.loaded, &s.aside} {
		if l.net == nil {
			continue
		}
		net, err := s.network(l.net.Config, l.file)
		if err != nil {
			return err
		}
		l.net = net
	}
	return nil
}

// recover runs f, and once more on a fresh device if the device was lost
// meanwhile: weights and picture are kept on this side.
func (s *Session) recover(ctx context.Context, f func() error) (note string, err error) {
	if err = f(); !errors.Is(err, device.ErrLost) {
		return "", err
	}
	if _, _, err := s.Open(ctx, s.prefer); err != nil {
		return "", err
	}
	return "The graphics device was lost and has been opened again; nothing of yours is gone.", f()
}

// Close releases device memory and closes the project.
func (s *Session) Close() {
	s.closeDevice()
	_ = s.closeProject() // everything in it is on disk already
}

func (s *Session) closeDevice() {
	if s.dev != nil {
		s.endSteps()
		s.dev.Close() // plans and parameters die with it
		s.dev = nil
	}
}
