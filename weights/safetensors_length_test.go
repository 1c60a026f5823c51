package weights

import (
	"bytes"
	"strings"
	"testing"
)

// TestHeadersOfEveryLength: a header's length is the file's first byte, and no value
// of it makes the file look like one of another format.
func TestHeadersOfEveryLength(t *testing.T) {
	seen := map[byte]bool{}
	for n := range 256 {
		f := &File{Meta: map[string]string{"note": strings.Repeat("x", n)},
			Tensors: []Tensor{{Name: "a", Shape: []int{1}, DType: "F32", Data: []float32{1}}}}
		var b bytes.Buffer
		if err := WriteSafetensors(&b, f, "f32"); err != nil {
			t.Fatal(err)
		}
		seen[b.Bytes()[0]] = true
		if _, err := Read("w", b.Bytes()); err != nil {
			t.Errorf("header of %d bytes: %v", b.Bytes()[0], err)
		}
	}
	if !seen[0x80] {
		t.Error("no header's length begins with 0x80, as a pickle does")
	}
}
