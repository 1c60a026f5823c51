package weights

import (
	"bytes"
	"encoding/binary"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, f *File, dtype string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSafetensors(&b, f, dtype); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What fixtures_check.py loaded in timm and transformers is what Convert and
// WriteSafetensors give today.
func TestWrittenFilesAreTheOnesChecked(t *testing.T) {
	for name, to := range map[string]Style{"ours-timm.safetensors": Timm, "ours-hf.safetensors": HF} {
		f, err := Convert(load(t, "zip.pt"), to)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := WriteFile(path, f, "f16"); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(write(t, f, "f16"), want) {
			t.Errorf("%s: not what is written now: run go test ./weights -run Written -update, then reference/fixtures_check.py", name)
		}
	}
}

func TestWriteAndRead(t *testing.T) {
	f := load(t, "f32.safetensors")
	f.Meta = map[string]string{"licence": "a \"quoted\" line\n<&>", "model": "tiny"}
	for _, dtype := range []string{"f32", "f16"} {
		b := write(t, f, dtype)
		got, err := Read("again", b)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, f)
		if !maps.Equal(f.Meta, got.Meta) {
			t.Errorf("metadata %q, want %q", got.Meta, f.Meta)
		}
		if n := binary.LittleEndian.Uint64(b); n%8 != 0 {
			t.Errorf("%s: the values start at %d: want a multiple of 8", dtype, 8+n)
		}
		if !slices.IsSortedFunc(got.Tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) }) {
			t.Error("tensors are not sorted")
		}
		slices.Reverse(f.Tensors)
		if !bytes.Equal(b, write(t, f, dtype)) {
			t.Errorf("%s: the order of the tensors changes the bytes", dtype)
		}
	}
}

func TestWriteKeepsHalfPrecisionExactly(t *testing.T) {
	values := []float32{0, 1, -2.5, 65504, 6.1035156e-05, 5.9604645e-08, 0.1}
	want := slices.Clone(values)
	want[6] = 0.099975586 // the nearest of float16
	f := &File{Tensors: []Tensor{{Name: "a", Shape: []int{7}, Data: values}}}
	got, err := Read("a", write(t, f, "f16"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Tensors[0].Data, want) {
		t.Errorf("%v, want %v", got.Tensors[0].Data, want)
	}
}

func TestWriteErrors(t *testing.T) {
	one := func(v float32) []Tensor { return []Tensor{{Name: "a.b", Shape: []int{1}, Data: []float32{v}}} }
	for _, c := range []struct {
		dtype, want string
		tensors     []Tensor
	}{
		{"f16", `weights: tensor "a.b": value 0 is 65520, more than f16 can hold (65504): write f32`, one(65520)},
		{"f16", `weights: tensor "a.b": value 0 is NaN: want finite values only`, one(float32(math.NaN()))},
		{"f32", `weights: tensor "a.b": value 0 is -Inf: want finite values only`, one(float32(math.Inf(-1)))},
		{"bf16", `weights: dtype "bf16": want f32 or f16`, one(1)},
		{"f32", `weights: tensor "a": shape [2 2] does not fit its 3 values`, []Tensor{{Name: "a", Shape: []int{2, 2}, Data: make([]float32, 3)}}},
		{"f32", `weights: tensor "a.b" is there twice`, append(one(1), one(2)...)},
		{"f32", `weights: tensor "__metadata__": a tensor cannot have this name`, []Tensor{{Name: "__metadata__"}}},
	} {
		err := WriteSafetensors(io.Discard, &File{Tensors: c.tensors}, c.dtype)
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestWriteFileLeavesTheOldFileOnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	good := &File{Tensors: []Tensor{{Name: "a", Shape: []int{1}, Data: []float32{1}}}}
	if err := WriteFile(path, good, "f32"); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := &File{Tensors: []Tensor{{Name: "a", Shape: []int{1}, Data: []float32{1e9}}}}
	if err := WriteFile(path, bad, "f16"); err == nil {
		t.Fatal("want an error of the overflow")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old file changed: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("want the file alone, got %v, %v", left, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, want 0644", info.Mode())
	}
}
