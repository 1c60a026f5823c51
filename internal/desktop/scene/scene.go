// Package scene is what a window shows, as a list of shapes, words and pictures: a
// front end draws the list, tests read it. It knows no window system.
package scene

import (
	"image"
	"image/color"
)

// Rect is a rectangle in units that a dense screen has several pixels for.
type Rect struct{ X, Y, W, H float64 }

// Contains reports whether a point is inside.
func (r Rect) Contains(x, y float64) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Inset is the rectangle without a margin of d on each side.
func (r Rect) Inset(d float64) Rect { return Rect{r.X + d, r.Y + d, r.W - 2*d, r.H - 2*d} }

// Fill is a filled rectangle with round corners.
type Fill struct {
	Rect
	Radius float64
	Color  color.NRGBA
}

// Text is one line of words; X, Y is where its baseline begins.
type Text struct {
	X, Y, Size float64
	Bold       bool
	Color      color.NRGBA
	Words      string
}

// Picture is an image that fills a rectangle. Front ends keep what they
// made of an image by its address: a changed picture is a new image.
type Picture struct {
	Rect
	Image *image.RGBA
	Sharp bool // pixels stay squares
	Clip  Rect // draw only inside of it; zero: everywhere
}

// Canvas collects what is to be drawn, the last on top. Its elements are Fill, Text
// and Picture.
type Canvas struct {
	Ops []any
}

// Fill draws a filled rectangle.
func (c *Canvas) Fill(r Rect, radius float64, k color.NRGBA) {
	c.Ops = append(c.Ops, Fill{r, radius, k})
}

// Box draws a filled rectangle with a line around it.
func (c *Canvas) Box(r Rect, radius float64, ground, line color.NRGBA) {
	c.Fill(r, radius, line)
	c.Fill(r.Inset(1), max(radius-1, 0), ground)
}

// Outline draws the four sides of a rectangle, inside of it.
func (c *Canvas) Outline(r Rect, width float64, k color.NRGBA) {
	c.Fill(Rect{r.X, r.Y, r.W, width}, 0, k)
	c.Fill(Rect{r.X, r.Y + r.H - width, r.W, width}, 0, k)
	c.Fill(Rect{r.X, r.Y + width, width, r.H - 2*width}, 0, k)
	c.Fill(Rect{r.X + r.W - width, r.Y + width, width, r.H - 2*width}, 0, k)
}

// Picture draws an image.
func (c *Canvas) Picture(p Picture) { c.Ops = append(c.Ops, p) }

// Text writes a line whose baseline begins at x, y.
func (c *Canvas) Text(x, y float64, f Font, k color.NRGBA, words string) {
	if words != "" {
		c.Ops = append(c.Ops, Text{x, y, f.Size, f.Bold, k, words})
	}
}

// Centre writes a line in the middle of a rectangle.
func (c *Canvas) Centre(r Rect, f Font, k color.NRGBA, words string) {
	words = f.Fit(words, r.W)
	c.Text(r.X+(r.W-f.Width(words))/2, r.Y+r.H/2+f.rise(), f, k, words)
}

// Right writes a line that ends at x.
func (c *Canvas) Right(x, y float64, f Font, k color.NRGBA, words string) {
	c.Text(x-f.Width(words), y, f, k, words)
}

// Lines writes wrapped words and returns the baseline of the line that would follow.
func (c *Canvas) Lines(x, y, width float64, f Font, k color.NRGBA, words string) float64 {
	for _, line := range f.Wrap(words, width) {
		c.Text(x, y, f, k, line)
		y += f.Pitch()
	}
	return y
}

// Words are all texts of the canvas, for tests and for reading aloud.
func (c *Canvas) Words() []string {
	var out []string
	for _, op := range c.Ops {
		if t, ok := op.(Text); ok {
			out = append(out, t.Words)
		}
	}
	return out
}
