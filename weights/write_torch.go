package weights

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"unmask/internal/atomicfile"
)

// torchMeta is the key beside the weights that holds Meta in a .pth file.
const torchMeta = "metadata"

// WriteTorch writes f as torch.save would write
//
//	{"model": OrderedDict(name -> tensor), "metadata": {key: text}}
//
// in the zip format that torch reads since version 1.6: what the official
// ConvNeXt-V2 code, timm and `torch.load(weights_only=True)` take. Values are
// of dtype "f32" or "f16", tensors sorted by name; the same f gives the same
// bytes.
func WriteTorch(w io.Writer, f *File, dtype string) error {
	tensors, stored, err := prepare(f, dtype)
	if err != nil {
		return err
	}
	index, err := torchIndex(tensors, f.Meta, stored)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	z := &torchZip{out: bufio.NewWriter(w)}
	z.zip = zip.NewWriter(z.out)
	z.entry("data.pkl", index)
	z.entry("byteorder", []byte("little"))
	for i, t := range tensors {
		z.entry("data/"+strconv.Itoa(i), appendValues(nil, t.Data, stored))
	}
	z.entry("version", []byte("3\n"))
	if z.err == nil {
		z.err = z.zip.Close()
	}
	if z.err == nil {
		z.err = z.out.Flush()
	}
	if z.err != nil {
		return fmt.Errorf("weights: %w", z.err)
	}
	return nil
}

// WriteTorchFile is WriteTorch to a file, whole or not at all.
func WriteTorchFile(path string, f *File, dtype string) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return WriteTorch(w, f, dtype) })
	if err != nil && !strings.HasPrefix(err.Error(), "weights: ") {
		err = fmt.Errorf("weights: %w", err)
	}
	return err
}

// torchZip writes stored entries whose bytes start at multiples of 64, as
// torch does so that it can map the file into memory.
type torchZip struct {
	out *bufio.Writer
	zip *zip.Writer
	at  int
	err error // the first
}

// localHeader is the length of an entry's head without name and extra field.
const localHeader = 30

func (z *torchZip) entry(name string, b []byte) {
	if z.err != nil {
		return
	}
	name = "archive/" + name
	// An extra field has four bytes of its own: an id, "FB" in torch, and a length.
	start := z.at + localHeader + len(name) + 4
	pad := (64 - start%64) % 64
	extra := append([]byte("FB"), byte(pad), 0)
	extra = append(extra, make([]byte, pad)...)
	e := &zip.FileHeader{
		Name: name, Method: zip.Store, Extra: extra, CRC32: crc32.ChecksumIEEE(b),
		CompressedSize64: uint64(len(b)), UncompressedSize64: uint64(len(b)),
	}
	w, err := z.zip.CreateRaw(e)
	if err == nil {
		_, err = w.Write(b)
	}
	z.at, z.err = start+pad+len(b), err
}

// pickled is a pickle of protocol 2 under construction.
type pickled []byte

func (p *pickled) op(ops string) { *p = append(*p, ops...) }

func (p *pickled) global(module, name string) { p.op("c" + module + "\n" + name + "\n") }

func (p *pickled) string(s string) {
	p.op("X")
	*p = binary.LittleEndian.AppendUint32(*p, uint32(len(s)))
	p.op(s)
}

func (p *pickled) int(v int) {
	p.op("J")
	*p = binary.LittleEndian.AppendUint32(*p, uint32(v))
}

func (p *pickled) ints(vs []int) {
	p.op("(")
	for _, v := range vs {
		p.int(v)
	}
	p.op("t")
}

// ordered puts an empty OrderedDict on the stack.
func (p *pickled) ordered() {
	p.global("collections", "OrderedDict")
	p.op(")R") // called with the empty tuple
}

// tensor puts torch._utils._rebuild_tensor_v2(storage, offset, size, stride,
// requires_grad, hooks) on the stack; key is its storage's.
func (p *pickled) tensor(key string, t Tensor, class string) {
	p.global("torch._utils", "_rebuild_tensor_v2")
	p.op("((") // the arguments; in them the storage's persistent id
	p.string("storage")
	p.global("torch", class)
	p.string(key)
	p.string("cpu")
	p.int(len(t.Data))
	p.op("tQ")
	p.int(0)
	p.ints(t.Shape)
	stride := make([]int, len(t.Shape))
	step := 1
	for i := len(t.Shape) - 1; i >= 0; i-- {
		stride[i] = step
		step *= t.Shape[i]
	}
	p.ints(stride)
	p.op("\x89") // False
	p.ordered()
	p.op("tR")
}

// torchIndex returns data.pkl, which refers to the storages by their number.
func torchIndex(tensors []Tensor, meta map[string]string, stored string) ([]byte, error) {
	class := ""
	for name, dtype := range storageTypes {
		if dtype == stored {
			class = name
		}
	}
	var p pickled
	p.op("\x80\x02}(") // protocol 2; a dict and a mark for its items
	p.string("model")
	p.ordered()
	p.op("(")
	for i, t := range tensors {
		if len(t.Data) > math.MaxInt32 {
			return nil, fmt.Errorf("tensor %q: %d values are more than this format's integers count", t.Name, len(t.Data))
		}
		p.string(t.Name)
		p.tensor(strconv.Itoa(i), t, class)
	}
	p.op("u")
	p.string(torchMeta)
	p.op("}(")
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		p.string(key)
		p.string(meta[key])
	}
	p.op("uu.")
	return p, nil
}
