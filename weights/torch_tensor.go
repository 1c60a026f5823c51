package weights

import (
	"fmt"

	"github.com/nlpodyssey/gopickle/types"
)

// storageType is a torch storage class, by the name of its dtype.
type storageType string

// storageSizes is the bytes of a value by dtype.
var storageSizes = map[string]int{
	f32: 4, f16: 2, bf16: 2, "F64": 8, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}

// storage is a flat run of values that tensors are views of.
type storage struct {
	key   string
	dtype string
	count int
	raw   []byte // nil until its bytes were found
}

// newStorage reads a persistent id: ("storage", class, key, device, count) and,
// in the legacy format, None.
func newStorage(id any) (*storage, error) {
	t, ok := id.(*types.Tuple)
	if !ok || t.Len() < 5 || t.Len() > 6 || t.Get(0) != "storage" {
		return nil, fmt.Errorf("a persistent id that is no storage: nothing was executed")
	}
	class, ok1 := t.Get(1).(storageType)
	key, ok2 := t.Get(2).(string)
	count, ok3 := t.Get(4).(int)
	if !ok1 || !ok2 || !ok3 || count < 0 {
		return nil, fmt.Errorf("a malformed storage id")
	}
	if t.Len() == 6 && t.Get(5) != nil {
		return nil, fmt.Errorf("storage %q is a view of another: save the file with a newer torch", key)
	}
	return &storage{key: key, dtype: string(class), count: count}, nil
}

// tensorRef is a strided view of a storage, in values.
type tensorRef struct {
	storage      *storage
	offset       int
	size, stride []int
}

// rebuildTensor is torch._utils._rebuild_tensor_v2(storage, offset, size,
// stride, requires_grad, hooks).
type rebuildTensor struct{}

func (rebuildTensor) Call(args ...any) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("a malformed tensor")
	}
	s, ok1 := args[0].(*storage)
	offset, ok2 := args[1].(int)
	size, ok3 := ints(args[2])
	stride, ok4 := ints(args[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || offset < 0 || len(size) != len(stride) {
		return nil, fmt.Errorf("a malformed tensor")
	}
	return &tensorRef{s, offset, size, stride}, nil
}

// rebuildParameter is torch._utils._rebuild_parameter(tensor, requires_grad, hooks).
type rebuildParameter struct{}

func (rebuildParameter) Call(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("a malformed parameter")
	}
	return args[0], nil
}

// ints returns the values of a tuple of non-negative integers.
func ints(v any) ([]int, bool) {
	t, ok := v.(*types.Tuple)
	if !ok {
		return nil, false
	}
	out := make([]int, 0, t.Len())
	for _, e := range *t {
		n, ok := e.(int)
		if !ok || n < 0 {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// tensor copies the view out, row-major, if that takes no more than max bytes
// as stored: a view with stride 0 or one storage under many names would
// otherwise unpack to any size. It returns the bytes taken too.
func (r *tensorRef) tensor(name string, max int) (Tensor, int, error) {
	s := r.storage
	size, err := valueSize(s.dtype)
	if err != nil {
		return Tensor{}, 0, err
	}
	if s.raw == nil || len(s.raw) != s.count*size {
		return Tensor{}, 0, fmt.Errorf("storage %q: want %d values of %s, file has %d bytes", s.key, s.count, s.dtype, len(s.raw))
	}
	n, err := count(r.size, max/size)
	if err != nil {
		return Tensor{}, 0, err
	}
	// The last index; each term is checked before it is added, so none overflows.
	last := r.offset
	for i, d := range r.size {
		if d > 1 && r.stride[i] > s.count/(d-1) {
			last = s.count
			break
		}
		if d > 1 {
			last += (d - 1) * r.stride[i]
		}
	}
	if n > 0 && (last >= s.count || last < 0) {
		return Tensor{}, 0, fmt.Errorf("shape %v with strides %v at %d reaches beyond the %d values of its storage", r.size, r.stride, r.offset, s.count)
	}
	at := decoder(s.dtype, s.raw)
	data := make([]float32, n)
	index := make([]int, len(r.size))
	pos := r.offset
	for i := range data {
		data[i] = at(pos)
		for d := len(index) - 1; d >= 0; d-- { // to the next position, last axis first
			index[d]++
			pos += r.stride[d]
			if index[d] < r.size[d] {
				break
			}
			pos -= index[d] * r.stride[d]
			index[d] = 0
		}
	}
	return Tensor{Name: name, Shape: r.size, DType: s.dtype, Data: data}, n * size, nil
}
