package train

import (
	"math"
	"sort"
)

// Neighbours and temperature of the k-NN evaluation (DINO, arXiv 2104.14294,
// sec. 4.1 and appendix: k = 20 works best over many runs, temperature 0.07).
const (
	knnNeighbours  = 20
	knnTemperature = 0.07
)

// KNN classifies test rows by their nearest training rows: each of the k most
// similar by cosine votes for its class with weight exp(similarity / temperature).
// The scores' logits are logarithms of the votes' sums, so that Loss is that of the
// votes as probabilities; a class without a vote counts as one in a million.
func KNN(train, test *Rows, classes []string) *Scores {
	a, b := unit(train), unit(test)
	type neighbour struct {
		similarity float64
		label      int
	}
	logits := make([][]float32, test.Len())
	near := make([]neighbour, train.Len())
	for i := range logits {
		row := b.Row(i)
		for j := range near {
			near[j] = neighbour{dot(row, a.Row(j)), train.Labels[j]}
		}
		sort.SliceStable(near, func(x, y int) bool { return near[x].similarity > near[y].similarity })
		votes := make([]float64, len(classes))
		sum := 0.0
		for _, n := range near[:min(knnNeighbours, len(near))] {
			// Relative to the nearest: exp(1 / 0.07) is large, the shares are the same.
			w := math.Exp((n.similarity - near[0].similarity) / knnTemperature)
			votes[n.label] += w
			sum += w
		}
		logits[i] = make([]float32, len(classes))
		for c, v := range votes {
			logits[i][c] = float32(math.Log(max(v/sum, 1e-6)))
		}
	}
	return score(logits, test.Labels, classes)
}

// unit scales every row to length 1; zero rows stay.
func unit(r *Rows) *Rows {
	u := &Rows{Dim: r.Dim, X: make([]float32, len(r.X)), Labels: r.Labels}
	for i := range r.Len() {
		row := r.Row(i)
		if n := math.Sqrt(dot(row, row)); n > 0 {
			for k, v := range row {
				u.X[i*r.Dim+k] = float32(float64(v) / n)
			}
		}
	}
	return u
}

func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += float64(a[i]) * float64(b[i])
		s1 += float64(a[i+1]) * float64(b[i+1])
		s2 += float64(a[i+2]) * float64(b[i+2])
		s3 += float64(a[i+3]) * float64(b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i]) * float64(b[i])
	}
	return s0 + s1 + s2 + s3
}
