package weights

import (
	"encoding/binary"
	"fmt"
	"math"

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

// decoder returns the reader of the i-th little-endian value of raw.
func decoder(dtype string, raw []byte) func(i int) float32 {
	switch dtype {
	case f32:
		return func(i int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])) }
	case f16:
		return func(i int) float32 { return float16.Frombits(binary.LittleEndian.Uint16(raw[2*i:])).Float32() }
	case bf16: // the upper half of a float32
		return func(i int) float32 {
			return math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	}
	panic("BUG: weights: no decoder for dtype " + dtype)
}
