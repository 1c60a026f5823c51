package app

import (
	"testing"

	"unmask/data"
)

func TestUndoAndRedo(t *testing.T) {
	s := working(t)
	start := s.mask.Bits()
	if s.undo() || s.redo() {
		t.Fatal("there is a step to go before anything was done")
	}
	// A stroke of three patches is one step.
	s.beginStep()
	s.clear()
	for col := range 3 {
		s.beginStep() // the pointer moves on
		s.mask.Set(0, col, true)
	}
	s.settle()
	stroke := s.mask.Bits()
	s.change(func() { s.seed, s.ratio = 5, 0.8; s.randomise(3, 5) })
	drawn := s.mask.Bits()
	s.change(func() { s.mask.Set(0, 0, s.mask.Hidden[0]) }) // changes nothing

	if !s.undo() || s.mask.Bits() != stroke || s.seed != 1 || s.ratio != 0.6 {
		t.Errorf("undo gives %s, seed %d, ratio %v; want %s, 1, 0.6", s.mask.Bits(), s.seed, s.ratio, stroke)
	}
	if !s.undo() || s.mask.Bits() != start || s.undo() {
		t.Errorf("two steps back the mask is %s, want %s and no step before", s.mask.Bits(), start)
	}
	if !s.redo() || !s.redo() || s.mask.Bits() != drawn || s.seed != 5 || s.redo() {
		t.Errorf("redone the mask is %s of seed %d, want %s of 5", s.mask.Bits(), s.seed, drawn)
	}
	s.undo()
	s.mask.Set(2, 2, true) // without a step, as nobody does: undo keeps its own copies
	s.undo()
	if s.mask.Bits() != start {
		t.Error("a kept mask was painted on")
	}
	s.change(func() { s.mask = s.mask.Invert() })
	if s.redo() {
		t.Error("what was undone comes back after a new step")
	}
}

func TestUndoInTheMiddleOfAStroke(t *testing.T) {
	s := working(t)
	start := s.mask.Bits()
	s.beginStep()
	s.mask = s.mask.Invert()
	if !s.undo() || s.mask.Bits() != start {
		t.Errorf("the mask is %s, want %s", s.mask.Bits(), start)
	}
}

func TestUndoEndsWithTheShapeOfThePicture(t *testing.T) {
	s := working(t)
	s.change(s.clear)
	opened := s.open(source{"blob:b", "b.png"})
	s.handle(picture3x5(opened[0].ID))
	if len(s.history.done) != 1 {
		t.Error("a picture of the same shape ends what can be undone")
	}
	e := picture3x5(s.open(source{"blob:c", "c.png"})[0].ID)
	e.Picture.Rows, e.Picture.Cols = 5, 3
	s.beginStep()
	s.handle(e)
	if s.undo() {
		t.Errorf("undo gives a mask of %d x %d patches on a picture of 5 x 3", s.mask.Rows, s.mask.Cols)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	s := working(t)
	for range mostSteps + 20 {
		s.change(func() { s.mask = s.mask.Invert() })
	}
	if n := len(s.history.done); n != mostSteps {
		t.Errorf("%d steps are kept, want %d", n, mostSteps)
	}
}

func TestBrushSizes(t *testing.T) {
	s := working(t)
	for _, c := range []struct{ by, want int }{{-1, 1}, {1, 3}, {1, 5}, {1, 5}, {-1, 3}} {
		s.resizeBrush(c.by)
		if s.brushSize != c.want {
			t.Fatalf("by %d: size %d, want %d", c.by, s.brushSize, c.want)
		}
	}
	s.clear()
	s.brush = data.Hide
	s.paint(1, 1, 1, 1, true)
	if got := s.mask.Count(); got != 9 {
		t.Errorf("a dab of 3 x 3 hides %d patches, want 9", got)
	}
	s.resizeBrush(1)
	s.clear()
	if !s.paint(0, 0, 0, 0, true) || s.mask.Count() != 9 { // the corner of a picture of 3 x 5
		t.Errorf("a dab of 5 x 5 on the corner hides %d patches, want 9", s.mask.Count())
	}
}
