package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// header returns a safetensors file of a JSON header and n zero bytes.
func header(json string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(json)))
	return append(append(b, json...), make([]byte, n)...)
}

func TestSafetensorsThatLie(t *testing.T) {
	const ok = `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	nan := header(`{`+ok+`}`, 0)
	nan = append(nan, 0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, `the file is empty`},
		{"text", []byte("<!doctype html><p>not found"), `not a checkpoint: want safetensors or a .pt/.pth file of PyTorch, the file starts with "<!doctype ht"`},
		{"pointer", []byte("version https://git-lfs.github.com/spec/v1\n"), `this is a Git LFS pointer, not the weights: fetch the file itself with git lfs pull`},
		{"huge header", append([]byte{0, 0, 0, 0, 0, 1, 0, 0}, '{', '}'), `safetensors: header of 1099511627776 bytes: want at most 100000000`},
		{"truncated header", header(`{`+ok+`}`, 8)[:30], `safetensors: header of 54 bytes in a file of 30: the file is truncated`},
		{"truncated values", header(`{`+ok+`}`, 7), `safetensors: tensor "a": bytes 0 to 8 of 7: out of range, the file is truncated or its header is wrong`},
		{"negative offset", header(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8), `safetensors: tensor "a": bytes -8 to 0 of 8: out of range, the file is truncated or its header is wrong`},
		{"reversed", header(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8), `safetensors: tensor "a": bytes 8 to 0 of 8: out of range, the file is truncated or its header is wrong`},
		{"no offsets", header(`{"a":{"dtype":"F32","shape":[2]}}`, 8), `safetensors: tensor "a": data_offsets []: want a begin and an end`},
		{"size", header(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}`, 8), `safetensors: tensor "a": shape [2] of F16 takes 4 bytes, file has 8`},
		{"overflow", header(`{"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}`, 8), `safetensors: tensor "a": shape [4294967296 4294967296 2] has more values than the file holds`},
		{"negative shape", header(`{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}`, 8), `safetensors: tensor "a": shape [-1 -2] has a negative side`},
		{"dtype", header(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 8), `safetensors: tensor "a": dtype I64: want F32, F16 or BF16`},
		{"overlap", header(`{`+ok+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), `safetensors: tensor "b": its bytes overlap those of another tensor`},
		{"same bytes", header(`{`+ok+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8), `safetensors: tensor "b": its bytes overlap those of another tensor`},
		{"gap", header(`{`+ok+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, 16), `safetensors: tensor "b": 4 bytes before it belong to no tensor`},
		{"rest", header(`{`+ok+`}`, 11), `safetensors: 3 bytes at the end belong to no tensor`},
		{"twice", header(`{`+ok+`,`+ok+`}`, 8), `safetensors: tensor "a" is there twice`},
		{"two headers", header(`{`+ok+`}{}`, 8), `safetensors: header: 2 bytes after its end`},
		{"metadata", header(`{"__metadata__":{"n":1},`+ok+`}`, 8), `safetensors: metadata: json: cannot unmarshal number into Go value of type string`},
		{"entry", header(`{"a":[1]}`, 8), `safetensors: tensor "a": header entry: json: cannot unmarshal array into Go value of type weights.entry`},
		{"nan", nan, `tensor "a": value 1 of 2 is NaN: want finite values only`},
	} {
		_, err := Read("w", c.file)
		if err == nil || err.Error() != "weights: w: "+c.want {
			t.Errorf("%s:\ngot  %v\nwant weights: w: %s", c.name, err, c.want)
		}
	}
}

func TestNothingOfAPickleIsExecuted(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir) // where a hostile pickle would leave its mark
	for _, name := range []string{"hostile.pt", "hostile-legacy.pth", "hostile-2.pkl", "hostile-4.pkl"} {
		b := fixture(t, name)
		_, err := Read(name, b)
		want := "weights: " + name + `: pytorch: pickle: it asks for "posix.system", which no checkpoint needs: nothing was executed`
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("something was executed: %v %v", left, err)
	}
}

// fixture reads a file of testdata from any working folder.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var testdata, _ = filepath.Abs("testdata")

func TestTorchFilesThatCannotBeUsed(t *testing.T) {
	zipped := fixture(t, "zip.pt")
	legacy := fixture(t, "legacy.pth")
	for _, c := range []struct {
		name string
		file []byte
		want string // part of the text
	}{
		{"float64", fixture(t, "float64.pt"), `tensor "a": dtype F64: want F32, F16 or BF16`},
		{"no model", fixture(t, "nomodel.pt"), `no tensors here and none under model_ema, state_dict_ema, model, state_dict; the file has keys ["epoch" "net"]`},
		{"truncated zip", zipped[:len(zipped)-100], `the file is truncated or damaged`},
		{"truncated legacy", legacy[:len(legacy)-1], `pytorch: storage "`},
		{"legacy without values", legacy[:bytes.Index(legacy, []byte("little_endian"))], `pytorch: pickle: opcode 0x58 at byte 32 states 13 bytes, 0 are left`},
		{"other pickle", []byte("\x80\x02K\x01."), `this is a pickle, but not one of torch.save`},
		{"other zip", archive(t, "readme.txt", zip.Store, []byte("hello")), `the zip has no data.pkl: torch.save did not write it`},
		{"compressed", archive(t, "a/data.pkl", zip.Deflate, make([]byte, 1<<20)), `entry "a/data.pkl" is compressed, and torch.save compresses nothing`},
		{"missing storage", archive(t, "a/data.pkl", zip.Store, torchPickle("9", 4, 0, "K\x04", "K\x01")), `storage "9" is not in the file`},
	} {
		_, err := Read("w", c.file)
		if err == nil || !strings.HasPrefix(err.Error(), "weights: w: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}

// archive returns a zip with one entry and the storage a/data/0 of 16 bytes.
func archive(t *testing.T, name string, method uint16, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range []struct {
		name    string
		method  uint16
		content []byte
	}{{name, method, content}, {"a/data/0", zip.Store, make([]byte, 16)}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
		if err != nil {
			t.Fatal(err)
		}
		w.Write(e.content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// torchPickle returns the pickle of {"a": tensor}: a view of a float32 storage
// with count values, whose one size and stride are the opcodes given.
func torchPickle(key string, count, offset byte, size, stride string) []byte {
	return fmt.Appendf(nil, "\x80\x02}U\x01actorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU%c%sU\x03cpuK%ctQK%c(%st(%st\x89NtRs.",
		len(key), key, count, offset, size, stride)
}

func TestTorchViewsThatLie(t *testing.T) {
	for _, c := range []struct {
		name   string
		pickle []byte
		want   string
	}{
		{"beyond", torchPickle("0", 4, 1, "K\x04", "K\x01"), `pytorch: tensor "a": shape [4] with strides [1] at 1 reaches beyond the 4 values of its storage`},
		{"stride", torchPickle("0", 4, 0, "K\x03", "J\xff\xff\xff\x7f"), `pytorch: tensor "a": shape [3] with strides [2147483647] at 0 reaches beyond the 4 values of its storage`},
		{"expanded", torchPickle("0", 4, 0, "J\x00\x00\x00\x7f", "K\x00"), `pytorch: tensor "a": shape [2130706432] has more values than the file holds`},
		{"negative", torchPickle("0", 4, 0, "J\xff\xff\xff\xff", "K\x01"), `pytorch: pickle: a malformed tensor`},
		{"short storage", torchPickle("0", 5, 0, "K\x04", "K\x01"), `pytorch: tensor "a": storage "0": want 5 values of F32, file has 16 bytes`},
	} {
		_, err := Read("w", archive(t, "a/data.pkl", zip.Store, c.pickle))
		if err == nil || err.Error() != "weights: w: "+c.want {
			t.Errorf("%s:\ngot  %v\nwant weights: w: %s", c.name, err, c.want)
		}
	}
	// The same with an honest view is read: the errors above have their cause in the lies.
	f, err := Read("w", archive(t, "a/data.pkl", zip.Store, torchPickle("0", 4, 0, "K\x04", "K\x01")))
	if err != nil || len(f.Tensors) != 1 || len(f.Tensors[0].Data) != 4 {
		t.Errorf("%v, %v: want one tensor of 4 values", f, err)
	}
}

func TestPicklesThatLie(t *testing.T) {
	for _, c := range []struct{ name, pickle, want string }{
		{"length", "\x80\x02\x8e\x00\x00\x00\x00\x00\x01\x00\x00.", `opcode 0x8e at byte 2 states 1099511627776 bytes, 1 are left`},
		{"frame", "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", `opcode 0x95 at byte 2 states 9223372036854775807 bytes, 1 are left`},
		{"extension", "\x80\x02\x82\x01.", `opcode 0x82 at byte 2 is not one that a checkpoint uses: nothing was executed`},
		{"no end", "\x80\x02K\x01", `truncated at byte 4`},
		{"cut argument", "\x80\x02J\x01", `truncated at byte 4`},
		{"cut line", "\x80\x02cos\nsys", `truncated at byte 9`},
		{"old global", "\x80\x02ios\nsystem\n.", `it asks for "os.system", which no checkpoint needs: nothing was executed`},
		{"decoder's own", "\x80\x02ccopy_reg\n_reconstructor\n.", `it asks for "copy_reg._reconstructor", which no checkpoint needs: nothing was executed`},
		{"decoder's own by stack", "\x80\x04\x8c\x05array\x8c\x14_array_reconstructor\x93.", `it asks for "_array_reconstructor", which no checkpoint needs: nothing was executed`},
		{"empty stack", "\x80\x02R.", `the stack is empty`},
		{"odd dict", "\x80\x02(K\x01d.", `malformed: runtime error: index out of range [1] with length 1`},
		{"too long", "\x80\x02" + strings.Repeat("N", maxOps) + ".", `more than 524288 opcodes: no checkpoint of this kind has so many`},
	} {
		_, err := Read("w", []byte(c.pickle))
		if err == nil || err.Error() != "weights: w: pytorch: pickle: "+c.want {
			t.Errorf("%s:\ngot  %v\nwant weights: w: pytorch: pickle: %s", c.name, err, c.want)
		}
	}
}

func TestStyleErrors(t *testing.T) {
	one := func(name string, shape ...int) Tensor {
		n, err := count(shape, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
	}
	stem := one("encoder.downsample_layers.0.0.weight", 8, 3, 4, 4)
	for _, c := range []struct {
		tensors []Tensor
		want    string
	}{
		{nil, `weights: no ConvNeXt here: want downsample_layers.0.0.weight (official), stem.0.weight (timm) or embeddings.patch_embeddings.weight (Hugging Face); the file has no tensors`},
		{[]Tensor{one("conv1.weight", 1)}, `weights: no ConvNeXt here: want downsample_layers.0.0.weight (official), stem.0.weight (timm) or embeddings.patch_embeddings.weight (Hugging Face); the file starts with "conv1.weight"`},
		{[]Tensor{stem, one("encoder.stages.0.0.dwconv.kernel", 48, 8)}, `weights: tensor "encoder.stages.0.0.dwconv.kernel": want a square kernel, file has [48 8]`},
		{[]Tensor{stem, one("encoder.stages.0.0.dwconv.kernel", 49)}, `weights: tensor "encoder.stages.0.0.dwconv.kernel": want a kernel (k*k, C) or (k*k, in, out), file has [49]`},
		{[]Tensor{stem, one("encoder.norm.ln.bias", 8), one("norm.bias", 8)}, `weights: tensors "encoder.norm.ln.bias" and "norm.bias" are both "norm.bias"`},
		{[]Tensor{stem, one("encoder.stages.0.0.pwconv1.linear.weight", 8, 2, 3, 1)}, `weights: tensor "encoder.stages.0.0.pwconv1.linear.weight": want (out, in) or (out, in, 1, 1), file has [8 2 3 1]`},
	} {
		_, _, err := Official(&File{Tensors: c.tensors})
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	_, err := Convert(&File{Tensors: []Tensor{stem}}, "keras")
	if want := `weights: keys "keras": want official, official-pretrain, timm or hf`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// FuzzRead: whatever the bytes, an error or a file whose tensors fit their
// shapes, and no more memory than the file's size explains.
func FuzzRead(f *testing.F) {
	names, err := os.ReadDir(testdata)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range names {
		if b := fixture(f, e.Name()); len(b) < 4000 {
			f.Add(b) // small ones mutate well
		}
	}
	f.Add(header(`{"__metadata__":{"a":"b"},"stem.0.weight":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read("fuzz", b)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "weights: fuzz: ") {
				t.Fatalf("error without its prefix: %v", err)
			}
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			n, err := count(tensor.Shape, len(tensor.Data))
			if err != nil || n != len(tensor.Data) {
				t.Fatalf("tensor %q: shape %v and %d values", tensor.Name, tensor.Shape, len(tensor.Data))
			}
			total += n
		}
		if total*2 > len(b) {
			t.Fatalf("%d values from %d bytes", total, len(b))
		}
		if _, _, err := Official(file); err != nil && !strings.HasPrefix(err.Error(), "weights: ") {
			t.Fatalf("error without its prefix: %v", err)
		}
	})
}
