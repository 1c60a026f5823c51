package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/x448/float16"
)

// The stored types that can be read.
const (
	f32  = "F32"
	f16  = "F16"
	bf16 = "BF16"
)

// valueSize is the bytes of one value, or an error for a type that is not read.
func valueSize(dtype string) (int, error) {
	switch dtype {
	case f32:
		return 4, nil
	case f16, bf16:
		return 2, nil
	}
	return 0, fmt.Errorf("dtype %s: want F32, F16 or BF16", dtype)
}

// halves are the float32 of every float16: a table is several times as fast as
// computing millions of them one by one.
var halves = sync.OnceValue(func() *[1 << 16]float32 {
	t := new([1 << 16]float32)
	for i := range t {
		t[i] = float16.Frombits(uint16(i)).Float32()
	}
	return t
})

// decode reads all values of raw.
func decode(dtype string, raw []byte) []float32 {
	if dtype == f16 {
		t := halves()
		out := make([]float32, len(raw)/2)
		for i := range out {
			out[i] = t[binary.LittleEndian.Uint16(raw[2*i:])]
		}
		return out
	}
	size, err := valueSize(dtype)
	if err != nil {
		panic("BUG: weights: " + err.Error())
	}
	at := decoder(dtype, raw)
	out := make([]float32, len(raw)/size)
	for i := range out {
		out[i] = at(i)
	}
	return out
}

// decoder returns the reader of the i-th little-endian value of raw.
func decoder(dtype string, raw []byte) func(i int) float32 {
	switch dtype {
	case f32:
		return func(i int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])) }
	case f16:
		t := halves()
		return func(i int) float32 { return t[binary.LittleEndian.Uint16(raw[2*i:])] }
	case bf16: // the upper half of a float32
		return func(i int) float32 {
			return math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	}
	panic("BUG: weights: no decoder for dtype " + dtype)
}
