package weights

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/x448/float16"

	"unmask/internal/atomicfile"
)

// WriteSafetensors writes f with values of dtype "f32" or "f16", tensors sorted
// by name and every one starting at a multiple of its value size: the same f
// gives the same bytes. A value that f16 cannot hold is an error, not an
// infinity.
func WriteSafetensors(w io.Writer, f *File, dtype string) error {
	tensors, stored, err := prepare(f, dtype)
	if err != nil {
		return err
	}
	header, err := encodeHeader(tensors, f.Meta, stored)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	out := bufio.NewWriter(w)
	out.Write(header)
	for _, t := range tensors {
		out.Write(appendValues(nil, t.Data, stored))
	}
	if err := out.Flush(); err != nil { // bufio keeps the first error
		return fmt.Errorf("weights: %w", err)
	}
	return nil
}

// prepare returns the tensors sorted by name and their stored type, or why they
// cannot be written as dtype "f32" or "f16".
func prepare(f *File, dtype string) (tensors []Tensor, stored string, err error) {
	tensors = slices.Clone(f.Tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	switch dtype {
	case "f32":
		stored = f32
	case "f16":
		stored = f16
	default:
		return nil, "", fmt.Errorf("weights: dtype %q: want f32 or f16", dtype)
	}
	for i, t := range tensors {
		if err := writable(t, stored); err != nil {
			return nil, "", fmt.Errorf("weights: tensor %q: %w", t.Name, err)
		}
		if i > 0 && t.Name == tensors[i-1].Name {
			return nil, "", fmt.Errorf("weights: tensor %q is there twice", t.Name)
		}
	}
	return tensors, stored, nil
}

// appendValues appends values as they are stored, little-endian.
func appendValues(b []byte, values []float32, stored string) []byte {
	b = slices.Grow(b, 4*len(values))
	for _, v := range values {
		if stored == f16 {
			b = binary.LittleEndian.AppendUint16(b, float16.Fromfloat32(v).Bits())
		} else {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

func writable(t Tensor, stored string) error {
	if t.Name == "" || t.Name == "__metadata__" {
		return fmt.Errorf("a tensor cannot have this name")
	}
	n, err := count(t.Shape, len(t.Data))
	if err != nil || n != len(t.Data) {
		return fmt.Errorf("shape %v does not fit its %d values", t.Shape, len(t.Data))
	}
	for i, v := range t.Data {
		if v != v || math.IsInf(float64(v), 0) {
			return fmt.Errorf("value %d is %v: want finite values only", i, v)
		}
		if stored == f16 && float16.Fromfloat32(v).IsInf(0) {
			return fmt.Errorf("value %d is %v, more than f16 can hold (65504): write f32", i, v)
		}
	}
	return nil
}

// encodeHeader returns the length and the JSON header, padded with spaces so
// that the values start at a multiple of 8 bytes.
func encodeHeader(tensors []Tensor, meta map[string]string, stored string) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, 8))
	b.WriteByte('{')
	comma := ""
	field := func(name string, value any) error {
		k, err := json.Marshal(name)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value) // sorts the keys of a map
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s%s:%s", comma, k, v)
		comma = ","
		return nil
	}
	if len(meta) > 0 {
		if err := field("__metadata__", meta); err != nil {
			return nil, err
		}
	}
	size, err := valueSize(stored)
	if err != nil {
		return nil, err
	}
	at := 0
	for _, t := range tensors {
		end := at + size*len(t.Data)
		shape := append([]int{}, t.Shape...) // never null
		if err := field(t.Name, entry{DType: stored, Shape: shape, Offsets: []int{at, end}}); err != nil {
			return nil, err
		}
		at = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	binary.LittleEndian.PutUint64(b.Bytes(), uint64(b.Len()-8))
	return b.Bytes(), nil
}

// WriteFile writes f to path as WriteSafetensors does, whole or not at all.
func WriteFile(path string, f *File, dtype string) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return WriteSafetensors(w, f, dtype) })
	if err != nil && !strings.HasPrefix(err.Error(), "weights: ") {
		err = fmt.Errorf("weights: %w", err)
	}
	return err
}
