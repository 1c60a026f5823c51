package weights

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func writeTorch(t *testing.T, f *File, dtype string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTorch(&b, f, dtype); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteTorchAndRead(t *testing.T) {
	f := load(t, "f32.safetensors")
	f.Meta = map[string]string{MetaClasses: `["Tulpe ü","b"]`, MetaLicence: "two\nlines", MetaModel: "tiny"}
	f.Tensors = append(f.Tensors,
		Tensor{Name: "scalar", Shape: []int{}, Data: []float32{0.5}},
		Tensor{Name: "empty", Shape: []int{0, 3}, Data: []float32{}})
	for dtype, stored := range map[string]string{"f32": "F32", "f16": "F16"} {
		b := writeTorch(t, f, dtype)
		got, err := Read("again.pth", b)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, f)
		if got.Format != "pytorch-zip" || got.Tensors[0].DType != stored {
			t.Errorf("%s of %s, want pytorch-zip of %s", got.Format, got.Tensors[0].DType, stored)
		}
		want := maps.Clone(f.Meta)
		want[MetaSource] = "model"
		if !maps.Equal(got.Meta, want) {
			t.Errorf("metadata %q, want %q", got.Meta, want)
		}
		reversed := &File{Tensors: slices.Clone(f.Tensors), Meta: f.Meta}
		slices.Reverse(reversed.Tensors)
		if !bytes.Equal(b, writeTorch(t, reversed, dtype)) {
			t.Errorf("%s: the order of the tensors changes the bytes", dtype)
		}
	}
}

// torch maps a file into memory only if its storages are aligned.
func TestWriteTorchAlignsStorages(t *testing.T) {
	b := writeTorch(t, load(t, "f32.safetensors"), "f16")
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		at, err := e.DataOffset()
		if err != nil || at%64 != 0 {
			t.Errorf("%s starts at %d, %v: want a multiple of 64", e.Name, at, err)
		}
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil { // checks the CRC
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

func TestWriteTorchErrors(t *testing.T) {
	big := &File{Tensors: []Tensor{{Name: "a.b", Shape: []int{1}, Data: []float32{1e9}}}}
	want := `weights: tensor "a.b": value 0 is 1e+09, more than f16 can hold (65504): write f32`
	if err := WriteTorch(io.Discard, big, "f16"); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	full := errors.New("disk full")
	if err := WriteTorch(failing{full}, load(t, "f32.safetensors"), "f32"); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
	path := filepath.Join(t.TempDir(), "w.pth")
	if err := WriteTorchFile(path, big, "f16"); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
