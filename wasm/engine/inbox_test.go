package main

import (
	"slices"
	"testing"

	"unmask/session"
)

func TestInboxKeepsTheNewestReconstruction(t *testing.T) {
	cases := []struct {
		name string
		put  []session.Command
		want []int // ids in the order they are taken
	}{
		{"one", []session.Command{{ID: 1, Do: session.DoReconstruct}}, []int{1}},
		{"a run", []session.Command{
			{ID: 1, Do: session.DoReconstruct}, {ID: 2, Do: session.DoReconstruct}, {ID: 3, Do: session.DoReconstruct},
		}, []int{3}},
		{"a picture between", []session.Command{
			{ID: 1, Do: session.DoReconstruct}, {ID: 2, Do: session.DoPicture},
			{ID: 3, Do: session.DoReconstruct}, {ID: 4, Do: session.DoReconstruct},
		}, []int{1, 2, 4}},
		{"others all stay", []session.Command{
			{ID: 1, Do: session.DoForward}, {ID: 2, Do: session.DoForward},
		}, []int{1, 2}},
	}
	for _, c := range cases {
		b := newInbox()
		for _, command := range c.put {
			b.put(command)
		}
		var got []int
		for range c.want {
			got = append(got, b.take().ID)
		}
		if more, some := b.poll(); !slices.Equal(got, c.want) || some {
			t.Errorf("%s: got %v and %v behind them, want %v and no more", c.name, got, more, c.want)
		}
	}
}
