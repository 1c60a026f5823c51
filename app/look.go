package app

// look is what the large panel of results shows.
type look int

const (
	lookFilled  look = iota // the composite
	lookCompare             // the original beside it, with a line to move
	lookError               // how far off each hidden pixel is
	lookWhole               // no pixel of the original: many masks, averaged
)

// looks are all of them, with the words of their buttons.
var looks = []struct {
	look
	id, name, title string
}{
	{lookFilled, "look-filled", "Filled in", "The photo, with the guess filled in"},
	{lookCompare, "look-compare", "Compare", "Original and composite, with a line to move"},
	{lookError, "look-error", "Error", "How far off the guess is at each hidden pixel"},
	{lookWhole, "look-whole", "Many masks", "Every patch guessed: the mean over many masks"},
}

// show changes what the large panel shows.
func (s *studio) show(l look) []request {
	s.look = l
	if l == lookWhole && s.whole.info == nil && s.whole.id == 0 {
		return s.askWhole()
	}
	return nil
}
