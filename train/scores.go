package train

import (
	"context"
	"fmt"
	"math"
	"sort"

	"unmask/data"
	"unmask/model"
)

// Scores are how a classifier does on labelled pictures.
type Scores struct {
	Pictures  int       `json:"pictures"`
	Loss      float64   `json:"loss"` // mean cross-entropy
	Acc1      float64   `json:"acc1"` // per cent
	Acc5      float64   `json:"acc5"` // per cent; of all where there are fewer than five classes
	Classes   []string  `json:"classes"`
	PerClass  []float64 `json:"per_class"` // per cent of each class's pictures, NaN-free: 0 where it has none
	Confusion [][]int   `json:"confusion"` // [true][answered]
	Worst     []Mistake `json:"worst"`     // wrong answers, surest first
}

// Mistake is one picture that was answered wrongly.
type Mistake struct {
	Name   string  `json:"name"`
	True   string  `json:"true"`
	Answer string  `json:"answer"`
	P      float64 `json:"p"` // of the answer
}

// maxWorst bounds Scores.Worst.
const maxWorst = 50

// Classify scores a network on pictures of a data set, pre-processed for
// evaluation. done, which may be nil, is told how many pictures are scored so far.
func Classify(ctx context.Context, net *model.Network, cache *data.Cache, pictures []int, size, batch int, classes []string, done func(n int)) (*Scores, error) {
	side := size / model.Patch
	var logits [][]float32
	var labels, numbers []int
	err := each(ctx, cache, pictures, data.LoaderOptions{Size: size, Batch: batch}, func(b *data.Batch, n int) error {
		out, err := net.Run(ctx, model.Classify, b.Images[:n*size*size*3], model.Dense(n, side, side), "logits")
		if err != nil {
			return err
		}
		k := len(classes)
		for i := range n {
			row := out[0][i*k : (i+1)*k]
			for c, v := range row {
				if v := float64(v); math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Errorf("train: the logit of class %q for %s is %v: these weights cannot be evaluated", classes[c], cache.Dataset().Name(b.Pictures[i]), v)
				}
			}
			logits = append(logits, row)
			labels, numbers = append(labels, b.Labels[i]), append(numbers, b.Pictures[i])
		}
		if done != nil {
			done(len(logits))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := score(logits, labels, classes)
	for i, row := range logits {
		if answer := argmax(row); answer != labels[i] {
			p := softmax(row)
			s.Worst = append(s.Worst, Mistake{cache.Dataset().Name(numbers[i]), classes[labels[i]], classes[answer], p[answer]})
		}
	}
	sort.SliceStable(s.Worst, func(i, j int) bool { return s.Worst[i].P > s.Worst[j].P })
	s.Worst = s.Worst[:min(maxWorst, len(s.Worst))]
	return s, nil
}

// score compares logits with labels.
func score(logits [][]float32, labels []int, classes []string) *Scores {
	k := len(classes)
	s := &Scores{Pictures: len(logits), Classes: classes, PerClass: make([]float64, k), Worst: []Mistake{}}
	for range k {
		s.Confusion = append(s.Confusion, make([]int, k))
	}
	top1, top5 := 0, 0
	for i, row := range logits {
		l := labels[i]
		p := softmax(row)
		s.Loss -= math.Log(math.Max(p[l], 1e-300))
		above := 0
		for c, v := range row {
			if v > row[l] || v == row[l] && c < l {
				above++
			}
		}
		if above == 0 {
			top1++
		}
		if above < 5 {
			top5++
		}
		s.Confusion[l][argmax(row)]++
	}
	n := float64(max(1, len(logits)))
	s.Loss, s.Acc1, s.Acc5 = s.Loss/n, 100*float64(top1)/n, 100*float64(top5)/n
	for c, row := range s.Confusion {
		all := 0
		for _, v := range row {
			all += v
		}
		s.PerClass[c] = 100 * float64(row[c]) / float64(max(1, all))
	}
	return s
}

func argmax(v []float32) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

// softmax returns the probabilities of one picture's logits.
func softmax(logits []float32) []float64 {
	top := float64(logits[argmax(logits)])
	p := make([]float64, len(logits))
	sum := 0.0
	for i, v := range logits {
		p[i] = math.Exp(float64(v) - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
