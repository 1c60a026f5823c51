package onnx

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"unmask/internal/atomicfile"
	"unmask/model"
	"unmask/weights"
)

// Output says what a file computes.
type Output string

const (
	Logits   Output = logitsName   // of the classifier, (N, classes)
	Features Output = featuresName // of the encoder's last stage, (N, C, H/32, W/32), before pooling and norm
)

// ErrNoHead says that the logits of weights without a classifier were wanted.
var ErrNoHead = errors.New("onnx: these weights have no classifier head")

// Opset is the version of ONNX's operators that the files use.
const Opset = opset

// Write writes the network of f, which has official names and shapes, as one
// ONNX file with the float32 input "image" (N, 3, H, W) and the output out. f's
// metadata goes along; a file without a pre-processing gets that of the
// evaluation at 224 pixels, the one that `unmask classify` uses.
func Write(w io.Writer, f *weights.File, out Output) (model.Config, error) {
	cfg, _, err := model.Detect(f.Shapes())
	if err != nil {
		return cfg, fmt.Errorf("onnx: %w", err)
	}
	cfg.BatchGRN = f.Meta[weights.MetaGRNScope] == "batch"
	cfg.SumGRN = f.Meta[weights.MetaGRNDenominator] == "sum"
	n := network{
		graph:  graph{outputs: map[string]bool{}, constant: map[string]bool{}},
		cfg:    cfg,
		params: map[string]model.Param{},
		values: func(name string) []float32 {
			t, ok := f.Tensor(name)
			if !ok {
				panic("BUG: onnx: no tensor " + name + " in what model.Detect found complete")
			}
			return t.Data
		},
	}
	for _, p := range cfg.Params() {
		n.params[p.Name] = p
	}
	var result message
	batch := dim{name: "batch"}
	switch out {
	case Logits:
		if cfg.Classes == 0 {
			return cfg, ErrNoHead
		}
		n.head(n.encoder())
		result = value(logitsName, "one score a class; softmax gives probabilities", batch, dim{n: int64(cfg.Classes)})
	case Features:
		n.node(featuresName, "Identity", []string{n.encoder()})
		result = value(featuresName, "the last stage, before pooling and norm", batch, dim{n: int64(cfg.Dims[3])}, dim{name: "height/32"}, dim{name: "width/32"})
	default:
		panic("BUG: onnx: no output " + string(out))
	}
	var rest message
	rest.string(graphName, "ConvNeXt "+cfg.Name)
	rest.message(graphInput, value(inputName, "RGB pictures, (pixel / 255 - mean) / std; mean, std and how to resize: metadata \"preprocessing\"; sides that are multiples of 32",
		batch, dim{n: 3}, dim{name: "height"}, dim{name: "width"}))
	rest.message(graphOutput, result)
	return cfg, n.write(w, head(cfg, f.Meta), rest)
}

// head is a ModelProto up to its graph.
func head(cfg model.Config, meta map[string]string) message {
	var m, operators message
	m.int(modelIRVersion, irVersion)
	m.string(modelProducer, "unmask")
	operators.int(opsetVersion, opset)
	m.message(modelOpset, operators)
	all := map[string]string{
		weights.MetaModel:         cfg.Name,
		weights.MetaPreprocessing: weights.Preprocessing(224),
	}
	maps.Copy(all, meta)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		var e message
		e.string(entryKey, key)
		e.string(entryValue, all[key])
		m.message(modelMetadata, e)
	}
	return m
}

// WriteFile is Write to a file, whole or not at all.
func WriteFile(path string, f *weights.File, out Output) (cfg model.Config, err error) {
	err = atomicfile.Write(path, func(w io.Writer) error {
		cfg, err = Write(w, f, out)
		return err
	})
	if err != nil && !strings.HasPrefix(err.Error(), "onnx: ") {
		err = fmt.Errorf("onnx: %w", err)
	}
	return cfg, err
}
