package app

import "unmask/data"

// mostSteps bounds what undo remembers: a mask takes a byte for each patch.
const mostSteps = 300

// moment is a mask with the settings that drew it.
type moment struct {
	mask  data.Mask
	ratio float64
	seed  uint64
}

// history remembers what the mask was before each step.
type history struct {
	before       *moment // as the step under way began
	done, undone []moment
}

// moment is a copy of the mask in force.
func (s *studio) moment() moment {
	m := s.mask
	m.Hidden = append([]bool(nil), m.Hidden...)
	return moment{m, s.ratio, s.seed}
}

// beginStep opens a step, such as a stroke; all that changes until settle is undone
// at once. Within a step it does nothing.
func (s *studio) beginStep() {
	if s.history.before == nil {
		m := s.moment()
		s.history.before = &m
	}
}

// settle ends the step under way. One that left the mask as it was is none.
func (s *studio) settle() {
	h := &s.history
	if h.before == nil {
		return
	}
	if h.before.mask.Bits() != s.mask.Bits() {
		h.done, h.undone = append(h.done, *h.before), nil
		if len(h.done) > mostSteps {
			h.done = h.done[1:]
		}
	}
	h.before = nil
}

// change makes one step of what do does to the mask.
func (s *studio) change(do func()) {
	s.settle()
	s.beginStep()
	do()
	s.settle()
}

// undo goes a step back; false where there is none.
func (s *studio) undo() bool {
	s.settle()
	return s.travel(&s.history.done, &s.history.undone)
}

// redo takes back an undo; false where there is none.
func (s *studio) redo() bool {
	s.settle()
	return s.travel(&s.history.undone, &s.history.done)
}

func (s *studio) travel(from, to *[]moment) bool {
	n := len(*from)
	if n == 0 {
		return false
	}
	m := (*from)[n-1]
	*to = append(*to, s.moment())
	*from = (*from)[:n-1]
	s.mask, s.ratio, s.seed = m.mask, m.ratio, m.seed
	return true
}
