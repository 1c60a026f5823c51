package weights

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
)

// maxHeader is the longest header that the reference implementation of
// safetensors accepts.
const maxHeader = 100_000_000

// entry is what the header of a safetensors file says of one tensor.
type entry struct {
	name    string
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"` // begin and end in the values
}

// readSafetensors decodes: uint64 n, n bytes of JSON header, the values.
func readSafetensors(b []byte) (*File, error) {
	n := binary.LittleEndian.Uint64(b)
	if n > maxHeader {
		return nil, fmt.Errorf("safetensors: header of %d bytes: want at most %d", n, maxHeader)
	}
	if n > uint64(len(b)-8) {
		return nil, fmt.Errorf("safetensors: header of %d bytes in a file of %d: the file is truncated", n, len(b))
	}
	entries, meta, err := parseHeader(b[8 : 8+n])
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	values := b[8+n:]
	f := &File{Format: "safetensors", Meta: meta}
	for _, e := range entries {
		t, err := e.tensor(values)
		if err != nil {
			return nil, fmt.Errorf("safetensors: tensor %q: %w", e.name, err)
		}
		f.Tensors = append(f.Tensors, t)
	}
	if err := tile(entries, len(values)); err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

// parseHeader reads the header token by token, because a plain decode into a
// map would drop a duplicate name silently.
func parseHeader(header []byte) ([]entry, map[string]string, error) {
	meta := map[string]string{}
	d := json.NewDecoder(bytes.NewReader(header))
	if _, err := d.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	var entries []entry
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("header: %w", err)
		}
		name := token.(string) // a JSON object has string keys only
		if seen[name] {
			return nil, nil, fmt.Errorf("tensor %q is there twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&meta); err != nil {
				return nil, nil, fmt.Errorf("metadata: %w", err)
			}
			continue
		}
		e := entry{name: name}
		if err := d.Decode(&e); err != nil {
			return nil, nil, fmt.Errorf("tensor %q: header entry: %w", name, err)
		}
		entries = append(entries, e)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if rest := bytes.TrimRight(header[d.InputOffset():], " "); len(rest) > 0 {
		return nil, nil, fmt.Errorf("header: %d bytes after its end", len(rest))
	}
	if meta == nil { // "__metadata__": null
		meta = map[string]string{}
	}
	return entries, meta, nil
}

func (e entry) tensor(values []byte) (Tensor, error) {
	size, err := valueSize(e.DType)
	if err != nil {
		return Tensor{}, err
	}
	if len(e.Offsets) != 2 {
		return Tensor{}, fmt.Errorf("data_offsets %v: want a begin and an end", e.Offsets)
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || end > len(values) {
		return Tensor{}, fmt.Errorf("bytes %d to %d of %d: out of range, the file is truncated or its header is wrong", begin, end, len(values))
	}
	n, err := count(e.Shape, len(values))
	if err != nil {
		return Tensor{}, err
	}
	if n*size != end-begin {
		return Tensor{}, fmt.Errorf("shape %v of %s takes %d bytes, file has %d", e.Shape, e.DType, n*size, end-begin)
	}
	return Tensor{Name: e.name, Shape: append([]int{}, e.Shape...), DType: e.DType, Data: decode(e.DType, values[begin:end])}, nil
}

// tile checks that the tensors cover the values without overlap or gap, as the
// format demands: a hole could hide anything.
func tile(entries []entry, size int) error {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int {
		if a.Offsets[0] != b.Offsets[0] {
			return a.Offsets[0] - b.Offsets[0]
		}
		return a.Offsets[1] - b.Offsets[1] // an empty tensor shares its begin with the next one
	})
	end := 0
	for _, e := range sorted {
		if e.Offsets[0] < end {
			return fmt.Errorf("tensor %q: its bytes overlap those of another tensor", e.name)
		}
		if e.Offsets[0] > end {
			return fmt.Errorf("tensor %q: %d bytes before it belong to no tensor", e.name, e.Offsets[0]-end)
		}
		end = e.Offsets[1]
	}
	if end != size {
		return fmt.Errorf("%d bytes at the end belong to no tensor", size-end)
	}
	return nil
}
