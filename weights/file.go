package weights

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// Tensor is one named array of a checkpoint, row-major.
type Tensor struct {
	Name  string
	Shape []int
	DType string // as stored: F32, F16 or BF16
	Data  []float32
}

// File is a checkpoint in memory.
type File struct {
	Format  string   // safetensors, pytorch-zip or pytorch-legacy
	Tensors []Tensor // in the order of the file
	Meta    map[string]string
}

// TrainPrefix begins the names of tensors that only resuming a training needs: an
// optimiser's moments and moving averages. Official passes over them.
const TrainPrefix = "train."

// MetaTrainPrefix begins the keys of File.Meta that only resuming a training needs.
const MetaTrainPrefix = "train_"

// Keys of File.Meta in the files that Unmask writes.
const (
	MetaFormat         = "format"          // "unmask", or "pt" where other tools ask for that
	MetaModel          = "model"           // "atto"
	MetaTarget         = "target"          // of the decoder: "raw" or "norm" pixels
	MetaGRNScope       = "grn_scope"       // "image" or "batch"
	MetaGRNDenominator = "grn_denominator" // "mean" or "sum"
	MetaLicence        = "licence"
	MetaClasses        = "classes"       // JSON list of names, in the head's order
	MetaPreprocessing  = "preprocessing" // JSON: size, crop, interpolation, mean, std
	MetaCheck          = "check"         // JSON: logits for a picture that anyone can make, see train.Check
	MetaImagesSeen     = "images_seen"   // pictures drawn during training
	MetaVal224         = "val224"        // masked MSE on held-out photos at 224 px, in units of the target
	MetaSource         = "source"        // where a checkpoint of several models had this one: "model_ema"
	MetaLeftOut        = "left_out"      // tensors without a place in the key style, comma-separated
)

// Tensor returns the tensor of that name.
func (f *File) Tensor(name string) (*Tensor, bool) {
	for i := range f.Tensors {
		if f.Tensors[i].Name == name {
			return &f.Tensors[i], true
		}
	}
	return nil, false
}

// Shapes returns the shape of every tensor by name.
func (f *File) Shapes() map[string][]int {
	shapes := make(map[string][]int, len(f.Tensors))
	for _, t := range f.Tensors {
		shapes[t.Name] = t.Shape
	}
	return shapes
}

// Read decodes a safetensors or PyTorch (.pt, .pth) file, told apart by
// content; name appears in errors only. A value that is not finite is an error.
func Read(name string, b []byte) (*File, error) {
	f, err := read(b)
	if err == nil {
		err = finite(f)
	}
	if err != nil {
		return nil, fmt.Errorf("weights: %s: %w", name, err)
	}
	return f, nil
}

func read(b []byte) (*File, error) {
	switch {
	case len(b) == 0:
		return nil, fmt.Errorf("the file is empty")
	case looksLikeSafetensors(b):
		return readSafetensors(b)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return readTorchZip(b)
	case b[0] == 0x80: // the PROTO opcode that every modern pickle starts with
		return readTorchLegacy(b)
	case bytes.HasPrefix(b, []byte("version https://git-lfs")):
		return nil, fmt.Errorf("this is a Git LFS pointer, not the weights: fetch the file itself with git lfs pull")
	case len(b) > 8 && b[8] == '{':
		return readSafetensors(b)
	}
	return nil, fmt.Errorf("not a checkpoint: want safetensors or a .pt/.pth file of PyTorch, the file starts with %q", b[:min(len(b), 12)])
}

// looksLikeSafetensors goes before the signatures of other formats: a header's
// length may begin with the byte of a pickle.
func looksLikeSafetensors(b []byte) bool {
	return len(b) > 8 && b[8] == '{' && binary.LittleEndian.Uint64(b) <= uint64(len(b)-8)
}

// finite reports the first tensor with a NaN or an infinity.
func finite(f *File) error {
	for _, t := range f.Tensors {
		for i, v := range t.Data {
			if v != v || math.IsInf(float64(v), 0) {
				return fmt.Errorf("tensor %q: value %d of %d is %v: want finite values only", t.Name, i, len(t.Data), v)
			}
		}
	}
	return nil
}

// count is the number of values of a shape, or an error where it is negative
// or more than max.
func count(shape []int, max int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative side", shape)
		}
		if d != 0 && n > max/d {
			return 0, fmt.Errorf("shape %v has more values than the file holds", shape)
		}
		n *= d
	}
	return n, nil
}
