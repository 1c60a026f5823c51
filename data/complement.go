package data

import "fmt"

// Complementary returns n masks of one ratio that hide every patch in at least one
// of them. The visible patches are dealt like cards: a shuffled deck of all
// patches is used up before the next one is begun, so that in any run of masks
// every patch is visible as often as any other, give or take one. The first is
// the RandomMask of the same arguments.
func Complementary(rows, cols int, ratio float64, seed uint64, n int) ([]Mask, error) {
	first, err := RandomMask(rows, cols, ratio, seed)
	if err != nil {
		return nil, err
	}
	keep := len(first.Hidden) - first.Count()
	deck := dealer{random: splitMix(seed), size: len(first.Hidden)}
	seen := make([]int, len(first.Hidden)) // masks that show the patch
	masks := make([]Mask, n)
	for i := range masks {
		m := NewMask(rows, cols).Invert()
		for range keep {
			p := deck.deal(m.Hidden)
			m.Hidden[p] = false
			seen[p]++
		}
		masks[i] = m
	}
	for p, times := range seen {
		if times == n {
			return nil, fmt.Errorf("data: %d masks of ratio %g never hide patch %d: want more of them or a larger ratio", n, ratio, p)
		}
	}
	return masks, nil
}

// dealer deals the numbers under size in random order, and again from the start.
type dealer struct {
	random splitMix
	size   int
	deck   []int
}

// deal returns the next number that is wanted. Those that are not stay on top.
func (d *dealer) deal(wanted []bool) int {
	for {
		for i, v := range d.deck {
			if wanted[v] {
				d.deck = append(d.deck[:i], d.deck[i+1:]...)
				return v
			}
		}
		// What is left of a deck stays in front of the next one.
		d.deck = append(d.deck, shuffled(d.size, &d.random)...)
	}
}

// shuffled are the numbers under n in random order (Fisher-Yates).
func shuffled(n int, random *splitMix) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := range order {
		j := i + random.below(n-i)
		order[i], order[j] = order[j], order[i]
	}
	return order
}
