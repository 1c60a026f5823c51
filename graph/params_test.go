package graph

import (
	"context"
	"errors"
	"slices"
	"testing"

	"unmask/internal/device"
	"unmask/internal/ref"
)

// paper is a device whose memory exists on paper only, so that parameters
// larger than any binding cost nothing.
type paper struct {
	*ref.Device
	sizes    []int // words of each allocation
	released int
	failAt   int // the allocation that fails, from 1; 0: none
}

type sheet struct {
	dev   *paper
	words int
}

func (s *sheet) Words() int { return s.words }
func (s *sheet) Release()   { s.dev.released++ }

func (p *paper) Alloc(label string, words int) (device.Buffer, error) {
	p.sizes = append(p.sizes, words)
	if len(p.sizes) == p.failAt {
		return nil, errors.New("no memory is left")
	}
	return &sheet{p, words}, nil
}

// place is where NewParams put a parameter.
type place struct{ buffer, offset, len int }

func places(p *Params, names ...string) []place {
	var out []place
	for _, n := range names {
		v := p.views[n]
		out = append(out, place{slices.Index(p.buffers, v.Buffer), v.Offset, v.Len})
	}
	return out
}

func TestParametersArePackedAndAligned(t *testing.T) {
	const limit = maxParamWords // of one binding, 128 MiB
	names := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		words   []int
		buffers []int
		want    []place
	}{
		{[]int{3, 64, 65, 1}, []int{320}, []place{{0, 0, 3}, {0, 64, 64}, {0, 128, 65}, {0, 256, 1}}},
		{[]int{0, 1, 0, 1}, []int{128}, []place{{0, 0, 0}, {0, 0, 1}, {0, 64, 0}, {0, 64, 1}}},
		{[]int{limit, 1, 2, 3}, []int{limit, 192}, []place{{0, 0, limit}, {1, 0, 1}, {1, 64, 2}, {1, 128, 3}}},
		{[]int{1, limit, limit - 64, 64}, []int{64, limit, limit}, []place{{0, 0, 1}, {1, 0, limit}, {2, 0, limit - 64}, {2, limit - 64, 64}}},
		{[]int{1, limit - 64, 1, limit - 63}, []int{limit, 64, limit}, []place{{0, 0, 1}, {0, 64, limit - 64}, {1, 0, 1}, {2, 0, limit - 63}}},
		{nil, []int{device.Align}, nil}, // no parameters still make a buffer that can be bound
	} {
		dev := &paper{Device: ref.Open(ref.Options{})}
		p, err := NewParams(dev, names[:len(c.words)], c.words)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(dev.sizes, c.buffers) {
			t.Errorf("%v: buffers of %v words, want %v", c.words, dev.sizes, c.buffers)
		}
		if got := places(p, names[:len(c.words)]...); !slices.Equal(got, c.want) {
			t.Errorf("%v: places %v, want %v", c.words, got, c.want)
		}
		for _, v := range p.views {
			if v.Offset%device.Align != 0 || v.Offset+v.Len > v.Buffer.Words() {
				t.Errorf("%v: a view at %d of %d words in a buffer of %d", c.words, v.Offset, v.Len, v.Buffer.Words())
			}
		}
		if p.Release(); dev.released != len(c.buffers) {
			t.Errorf("%v: %d buffers released, want %d", c.words, dev.released, len(c.buffers))
		}
	}
}

func TestParameterErrors(t *testing.T) {
	_, err := NewParams(&paper{Device: ref.Open(ref.Options{})}, []string{"small", "huge"}, []int{1, maxParamWords + 1})
	if want := `graph: parameter "huge" has 33554433 values: a buffer binding holds at most 33554432`; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	dev := &paper{Device: ref.Open(ref.Options{}), failAt: 2}
	_, err = NewParams(dev, []string{"a", "b"}, []int{maxParamWords, 1})
	if want := "graph: parameters: no memory is left"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if dev.released != 1 {
		t.Errorf("%d buffers released after the failure, want the 1 that was there", dev.released)
	}
	p := params(t, ref.Open(ref.Options{}), map[string][]float32{"a": {1, 2, 3}})
	if err, want := p.Set("a", make([]float32, 2)), `graph: parameter "a": want 3 values, got 2`; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if p.Set("b", nil) == nil {
		t.Error("a parameter that nobody declared was set")
	}
}

// TestNeighboursStayAsTheyAre: writing one parameter leaves those beside it alone.
func TestNeighboursStayAsTheyAre(t *testing.T) {
	dev := ref.Open(ref.Options{})
	values := map[string][]float32{"a": {1, 2, 3}, "b": make([]float32, 64), "c": {7}}
	p := params(t, dev, values)
	values["b"][63] = 5
	if err := p.Set("b", values["b"]); err != nil {
		t.Fatal(err)
	}
	for name, want := range values {
		got := make([]float32, len(want))
		v := p.views[name]
		if err := dev.Read(context.Background(), v.Buffer, v.Offset, device.Bytes(got)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", name, got, want)
		}
	}
}
