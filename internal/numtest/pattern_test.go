package numtest

import (
	"encoding/binary"
	"math"
	"testing"
)

// fingerprint is FNV-1a over the little-endian bytes of x.
func fingerprint(x []float32) uint32 {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return fnv1a(string(b))
}

// TestSeededFingerprints holds the generator, bit for bit, against the
// JavaScript one of the peer benchmark, which writes these fingerprints.
func TestSeededFingerprints(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []int
		want  uint32
		first float32
	}{
		{"downsample_layers.0.0.weight", []int{40, 3, 4, 4}, 2902804466, -0.05191071331501007},
		{"downsample_layers.0.0.bias", []int{40}, 3040907818, -0.17754843831062317},
		{"downsample_layers.0.1.weight", []int{40}, 689911395, 0.8615350127220154},
		{"downsample_layers.2.1.weight", []int{160, 80, 2, 2}, 2084551118, 0.062400933355093},
		{"stages.3.1.dwconv.weight", []int{320, 1, 7, 7}, 4288172652, -0.025485258549451828},
		{"stages.3.1.pwconv1.weight", []int{1280, 320}, 946457455, 0.024919891729950905},
		{"stages.3.1.grn.gamma", []int{1, 1, 1, 1280}, 2335973137, 0.4967888593673706},
		{"stages.3.1.grn.beta", []int{1, 1, 1, 1280}, 651433779, -0.053637973964214325},
		{"head.weight", []int{1000, 320}, 2419837284, 0.07707776874303818},
		{"head.bias", []int{1000}, 259388238, -0.10633771121501923},
	} {
		x := Seeded(c.name, c.shape)
		if got := fingerprint(x); got != c.want || x[0] != c.first {
			t.Errorf("%s: got %d, first %v; want %d, first %v", c.name, got, x[0], c.want, c.first)
		}
	}
}

func TestSeededImages(t *testing.T) {
	x := SeededImages(1, 224, 224)
	planes := make([]float32, 0, len(x)) // the fingerprint is over NCHW
	for c := range 3 {
		for i := c; i < len(x); i += 3 {
			planes = append(planes, x[i])
		}
	}
	if got := fingerprint(planes); got != 2010099597 {
		t.Errorf("image 0 at 224 px: fingerprint %d, want 2010099597", got)
	}
	for _, v := range SeededImages(2, 32, 64) {
		if v < -2 || v >= 2 || v*64 != float32(math.Trunc(float64(v*64))) {
			t.Fatalf("pixel %v is no multiple of 1/64 in [-2, 2)", v)
		}
	}
}

func TestPattern(t *testing.T) {
	const n = 100003
	x := Pattern("pattern", n)
	var sum, squares float64
	for _, v := range x {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	if mean, std := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.01 || math.Abs(std-1) > 0.01 {
		t.Errorf("mean %g, standard deviation %g", mean, std)
	}
	if r := Compare(Copy, Pattern("pattern", 7), x[:7]); !r.OK {
		t.Errorf("a shorter pattern is no prefix of a longer one: %v", r)
	}
	if r := Compare(Copy, Pattern("other", 7), x[:7]); r.Bad != 7 {
		t.Errorf("two names share values: %v", r)
	}
}
