package session

import (
	"slices"
	"testing"
)

func TestInboxKeepsTheNewestReconstruction(t *testing.T) {
	cases := []struct {
		name string
		put  []Command
		want []int // ids in the order they are taken
	}{
		{"one", []Command{{ID: 1, Do: DoReconstruct}}, []int{1}},
		{"a run", []Command{
			{ID: 1, Do: DoReconstruct}, {ID: 2, Do: DoReconstruct}, {ID: 3, Do: DoReconstruct},
		}, []int{3}},
		{"a picture between", []Command{
			{ID: 1, Do: DoReconstruct}, {ID: 2, Do: DoPicture},
			{ID: 3, Do: DoReconstruct}, {ID: 4, Do: DoReconstruct},
		}, []int{1, 2, 4}},
		{"others all stay", []Command{
			{ID: 1, Do: DoForward}, {ID: 2, Do: DoForward},
		}, []int{1, 2}},
	}
	for _, c := range cases {
		b := NewInbox()
		for _, command := range c.put {
			b.Put(command)
		}
		var got []int
		for range c.want {
			got = append(got, b.Take().ID)
		}
		if more, some := b.Poll(); !slices.Equal(got, c.want) || some {
			t.Errorf("%s: got %v and %v behind them, want %v and no more", c.name, got, more, c.want)
		}
	}
}
