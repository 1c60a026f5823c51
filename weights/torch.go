package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// readTorchZip decodes what torch.save writes since version 1.6: a zip of
// stored entries ROOT/data.pkl and ROOT/data/KEY, one for each storage.
func readTorchZip(b []byte) (*File, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("pytorch: %w: the file is truncated or damaged", err)
	}
	entries := map[string]*zip.File{}
	root := ""
	for _, e := range z.File {
		entries[e.Name] = e
		if base, ok := strings.CutSuffix(e.Name, "data.pkl"); ok && strings.Count(base, "/") <= 1 {
			root = base
		}
	}
	if order, ok := entries[root+"byteorder"]; ok {
		if text, err := stored(b, order); err != nil || string(text) != "little" {
			return nil, fmt.Errorf("pytorch: byte order %q: want little", text)
		}
	}
	index, ok := entries[root+"data.pkl"]
	if !ok {
		return nil, fmt.Errorf("pytorch: the zip has no data.pkl: torch.save did not write it")
	}
	raw, err := stored(b, index)
	if err != nil {
		return nil, fmt.Errorf("pytorch: %w", err)
	}
	value, _, err := unpickle(raw, func(id any) (any, error) {
		s, err := newStorage(id)
		if err != nil {
			return nil, err
		}
		e, ok := entries[root+"data/"+s.key]
		if !ok {
			return nil, fmt.Errorf("storage %q is not in the file", s.key)
		}
		s.raw, err = stored(b, e)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("pytorch: %w", err)
	}
	return torchFile("pytorch-zip", value, len(b))
}

// stored returns the bytes of an entry, inside b. torch compresses nothing, so
// a compressed entry is refused and no zip can unpack to more than its size.
func stored(b []byte, e *zip.File) ([]byte, error) {
	if e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 {
		return nil, fmt.Errorf("entry %q is compressed, and torch.save compresses nothing: unpack and save it again", e.Name)
	}
	at, err := e.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("entry %q: %w", e.Name, err)
	}
	if at < 0 || at > int64(len(b)) || e.UncompressedSize64 > uint64(int64(len(b))-at) {
		return nil, fmt.Errorf("entry %q reaches beyond the end of the file", e.Name)
	}
	return b[at : at+int64(e.UncompressedSize64)], nil
}

// legacyMagic is the first pickle of torch's format before version 1.6.
const legacyMagic = "1950a86a20f9469cfc6c"

// readTorchLegacy decodes that format: pickles of the magic number, the
// protocol, the system, the object and the storage keys in order; then for each
// key an int64 count and the values.
func readTorchLegacy(b []byte) (*File, error) {
	storages := map[string]*storage{}
	load := func(id any) (any, error) {
		s, err := newStorage(id)
		if err != nil {
			return nil, err
		}
		if had, ok := storages[s.key]; ok {
			return had, nil
		}
		storages[s.key] = s
		return s, nil
	}
	rest := b
	var parts [5]any
	for i := range parts {
		value, n, err := unpickle(rest, load)
		if err != nil {
			return nil, fmt.Errorf("pytorch: %w", err)
		}
		magic, isInt := value.(*big.Int)
		if i == 0 && (!isInt || magic.Text(16) != legacyMagic) {
			return nil, fmt.Errorf("pytorch: this is a pickle, but not one of torch.save")
		}
		parts[i], rest = value, rest[n:]
	}
	if little, ok := lookup(parts[2], "little_endian"); ok && little != true {
		return nil, fmt.Errorf("pytorch: written by a big-endian machine: want little-endian values")
	}
	keys, ok := parts[4].(*types.List)
	if !ok {
		return nil, fmt.Errorf("pytorch: the list of storages is missing")
	}
	for _, k := range *keys {
		key, _ := k.(string)
		s, ok := storages[key]
		if !ok {
			return nil, fmt.Errorf("pytorch: storage %q is listed but not used", key)
		}
		if len(rest) < 8 {
			return nil, fmt.Errorf("pytorch: storage %q: %w", key, io.ErrUnexpectedEOF)
		}
		n, size := binary.LittleEndian.Uint64(rest), storageSizes[s.dtype]
		rest = rest[8:]
		if n != uint64(s.count) || n > uint64(len(rest)/size) {
			return nil, fmt.Errorf("pytorch: storage %q: want %d values of %s, file has %d and %d bytes", key, s.count, s.dtype, n, len(rest))
		}
		s.raw, rest = rest[:int(n)*size], rest[int(n)*size:]
	}
	return torchFile("pytorch-legacy", parts[3], len(b))
}
