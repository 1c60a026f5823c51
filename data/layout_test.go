package data

import (
	"slices"
	"testing"
)

func TestByClass(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{[]string{"cat/1.jpg", "dog/2.jpg"}, []string{"cat/1.jpg", "dog/2.jpg"}},
		{[]string{"pets/cat/1.jpg", "pets/dog/2.jpg"}, []string{"cat/1.jpg", "dog/2.jpg"}},
		{[]string{"pets/train/cat/1.jpg", "pets/test/cat/2.jpg"}, []string{"cat/1.jpg", "cat/2.jpg"}},
		{[]string{"pets/cat/2019/1.jpg", "pets/dog/2.jpg"}, []string{"cat/1.jpg", "dog/2.jpg"}},
		{[]string{"cat/1.jpg", "cat/2.jpg"}, []string{"cat/1.jpg", "cat/2.jpg"}},
		{[]string{"train/1.jpg", "test/2.jpg"}, []string{"zip/1.jpg", "zip/2.jpg"}},
		{[]string{"1.jpg"}, []string{"zip/1.jpg"}},
		{nil, nil},
	} {
		if got := ByClass(c.in, "zip"); !slices.Equal(got, c.want) {
			t.Errorf("ByClass(%q) is %q, want %q", c.in, got, c.want)
		}
	}
}
