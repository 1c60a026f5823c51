package numtest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// Tensor is one tensor of a golden file, row-major. Data holds the values of an
// F32 tensor, Words those of a U32 tensor; the other one is nil.
type Tensor struct {
	Shape []int
	Data  []float32
	Words []uint32
}

// Fataler is the part of testing.TB that the readers of goldens need.
type Fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Golden returns the tensors of testdata/golden/file and what its "case" entry
// says, decoded from JSON into into where that is not nil. A file that cannot
// be read ends the test.
func Golden(t Fataler, file string, into any) map[string]Tensor {
	t.Helper()
	b, err := os.ReadFile(GoldenPath(t, file))
	if err != nil {
		t.Fatalf("numtest: %v", err)
	}
	tensors, note, err := parse(b)
	if err == nil && into != nil {
		err = json.Unmarshal([]byte(note), into)
	}
	if err != nil {
		t.Fatalf("numtest: golden %s: %v", file, err)
	}
	return tensors
}

// GoldenPath returns the path of testdata/golden/file, found from any package
// folder of the repository.
func GoldenPath(t Fataler, file string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("numtest: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata", "golden", file)
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatalf("numtest: golden %s: no go.mod above the working folder", file)
		}
		dir = up
	}
}

// Every returns x[0], x[k], x[2k], ...: goldens store large tensors so, under
// their name and ".every" and k.
func Every(x []float32, k int) []float32 {
	var y []float32
	for i := 0; i < len(x); i += k {
		y = append(y, x[i])
	}
	return y
}

// parse reads the part of the safetensors format that goldens use: a length, a
// JSON header, then the values of F32 and U32 tensors. It is written apart from
// package weights so that a fault there cannot hide in a golden.
func parse(b []byte) (tensors map[string]Tensor, note string, err error) {
	if len(b) < 8 {
		return nil, "", fmt.Errorf("%d bytes are no safetensors file", len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(len(b)-8) {
		return nil, "", fmt.Errorf("header of %d bytes in a file of %d", n, len(b))
	}
	header, body := b[8:8+n], b[8+n:]
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header, &entries); err != nil {
		return nil, "", err
	}
	var meta struct {
		Case string `json:"case"`
	}
	if m, ok := entries["__metadata__"]; ok {
		if err := json.Unmarshal(m, &meta); err != nil {
			return nil, "", err
		}
		delete(entries, "__metadata__")
	}
	tensors = map[string]Tensor{}
	for name, raw := range entries {
		if tensors[name], err = tensor(raw, body); err != nil {
			return nil, "", fmt.Errorf("tensor %q: %w", name, err)
		}
	}
	return tensors, meta.Case, nil
}

// tensor reads the values that one header entry describes.
func tensor(entry json.RawMessage, body []byte) (Tensor, error) {
	var e struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(entry, &e); err != nil {
		return Tensor{}, err
	}
	n := 1
	for _, d := range e.Shape {
		n *= d
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if from < 0 || to > len(body) || to-from != 4*n {
		return Tensor{}, fmt.Errorf("shape %v, bytes %d to %d of %d", e.Shape, from, to, len(body))
	}
	words := make([]uint32, n)
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(body[from+4*i:])
	}
	t := Tensor{Shape: e.Shape}
	switch e.DType {
	case "U32":
		t.Words = words
	case "F32":
		t.Data = make([]float32, n)
		for i, w := range words {
			t.Data[i] = math.Float32frombits(w)
		}
	default:
		return Tensor{}, fmt.Errorf("want dtype F32 or U32, file has %s", e.DType)
	}
	return t, nil
}
