package numtest

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// file builds a safetensors file of a header and a body.
func file(header string, body ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), body...)
}

func TestParse(t *testing.T) {
	tensors, note, err := parse(file(
		`{"__metadata__":{"case":"{}"},"m":{"dtype":"U32","shape":[1],"data_offsets":[8,12]},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  `,
		0, 0, 128, 63, 0, 0, 32, 192, 5, 0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	Check(t, Copy, "x", tensors["x"].Data, []float32{1, -2.5})
	if m := tensors["m"]; fmt.Sprintf("%v %v %v %s", m.Words, m.Data, tensors["x"].Shape, note) != "[5] [] [2 1] {}" {
		t.Errorf("got %v, %v, note %q", m, tensors["x"], note)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		file []byte
		want string
	}{
		{[]byte("short"), "5 bytes are no safetensors file"},
		{file(`{}`)[:9], "header of 2 bytes in a file of 9"},
		{file(`[`), "unexpected end of JSON input"},
		{file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 0, 0, 0, 0), `tensor "x": shape [2], bytes 0 to 8 of 4`},
		{file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0), `tensor "x": shape [2], bytes 0 to 4 of 4`},
		{file(`{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), `tensor "x": want dtype F32 or U32, file has F64`},
	} {
		if _, _, err := parse(c.file); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestGoldenIsMissing(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "numtest: open ") || !strings.Contains(got, "absent.safetensors") {
			t.Errorf("got %q", got)
		}
	}()
	Golden(&log{}, "absent.safetensors", nil)
}

func TestEvery(t *testing.T) {
	Check(t, Copy, "every third", Every([]float32{0, 1, 2, 3, 4, 5, 6}, 3), []float32{0, 3, 6})
}

// TestGoldenInputs holds the generator that wrote the goldens against the one
// here: were they to differ, every test on a seeded network would fail at once.
func TestGoldenInputs(t *testing.T) {
	var note struct{ Weights, Images string }
	ops := Golden(t, "ops.safetensors", &note)
	if note.Weights != "seeded" || note.Images != "seeded" {
		t.Errorf("case: %+v", note)
	}
	Check(t, Copy, "linear.input", ops["linear.input"].Data, Pattern("ops.linear", 49*40))
	Check(t, Copy, "grn.gamma", ops["grn.gamma"].Data, Seeded("ops.grn.gamma", []int{1, 1, 1, 24}))

	const h, w, side = 64, 96, 32
	x := SeededImages(1, h, w)
	var patches []float32 // (L, 32·32·3), each patch by row, column, channel
	for l := range (h / side) * (w / side) {
		for y := range side {
			at := ((l/(w/side)*side+y)*w + l%(w/side)*side) * 3
			patches = append(patches, x[at:at+side*3]...)
		}
	}
	Check(t, Copy, "patches.output", ops["patches.output"].Data, patches)
}
