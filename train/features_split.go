package train

import (
	"cmp"
	"math"
	"slices"
)

// Stratified chooses n of the places of labels, each class in proportion, by the
// seed; rising. All of them where there are no more than n.
func Stratified(labels []int, n int, seed uint64) []int {
	byClass := map[int][]int{}
	for i, l := range labels {
		byClass[l] = append(byClass[l], i)
	}
	type lot struct {
		place int
		turn  float64 // when its class gives it
	}
	var lots []lot
	for label, places := range byClass {
		r := random(seed, "stratified", uint64(label))
		start := r.Float64() // else all classes would round alike
		for k, at := range r.Perm(len(places)) {
			lots = append(lots, lot{places[at], (float64(k) + start) / float64(len(places))})
		}
	}
	slices.SortFunc(lots, func(a, b lot) int { return cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.place, b.place)) })
	var chosen []int
	for _, l := range lots[:min(n, len(lots))] {
		chosen = append(chosen, l.place)
	}
	slices.Sort(chosen)
	return chosen
}

// Holdout divides rows into most and a share of each class, by the seed: where no
// validation split is given and the test must not serve as one. A class keeps at
// least one of its rows in most.
func Holdout(r *Rows, share float64, seed uint64) (most, some *Rows) {
	byClass := map[int][]int{}
	for i, l := range r.Labels {
		byClass[l] = append(byClass[l], i)
	}
	held := map[int]bool{}
	for label, rows := range byClass {
		order := random(seed, "holdout", uint64(label)).Perm(len(rows))
		n := int(math.Round(share * float64(len(rows))))
		for _, k := range order[:min(n, len(rows)-1)] {
			held[rows[k]] = true
		}
	}
	var a, b []int
	for i := range r.Labels {
		if held[i] {
			b = append(b, i)
		} else {
			a = append(a, i)
		}
	}
	return r.subset(a), r.subset(b)
}
