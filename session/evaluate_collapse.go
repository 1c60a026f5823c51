package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"unmask/data"
	"unmask/model"
	"unmask/weights"
)

// CollapseOptions fix a measurement of feature collapse.
type CollapseOptions struct {
	Size    int  // shorter side in pixels
	Limit   int  // first pictures only; 0: all
	Compare bool // also with GRN switched off in the same weights
}

// CollapseReport is the JSON of `unmask collapse`.
type CollapseReport struct {
	Weights  string           `json:"weights"`
	Pictures int              `json:"pictures"`
	Size     int              `json:"size"`
	Layers   []string         `json:"layers"`
	Series   []CollapseSeries `json:"series"`
	Skipped  []string         `json:"skipped"`
}

// CollapseSeries is the distance by layer for one state of the weights, and how many
// of the layer's channels tell nothing; means over the pictures.
type CollapseSeries struct {
	Name      string    `json:"name"`
	Distance  []float64 `json:"distance"`
	Mean      float64   `json:"mean"` // of Distance
	Dead      []float64 `json:"dead"`
	Saturated []float64 `json:"saturated"`
}

// Collapse measures the mean cosine distance between the channels of every block's
// expansion, after GELU (arXiv 2301.00808, sec. 3.2: that is where features
// collapse): near 0 where all channels see the same. The blocks' outputs tell
// nothing: their channels have either sign and are on average at right angles.
func (s *Session) Collapse(ctx context.Context, path string, o CollapseOptions, progress func(done, total int)) (r *CollapseReport, err error) {
	if o.Size == 0 {
		o.Size = DefaultSize
	}
	if err := checkSize(o.Size); err != nil {
		return nil, err
	}
	if s.net == nil {
		return nil, problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
	}
	if o.Compare && s.net.Config.V1 {
		return nil, problem("weights", fmt.Errorf("session: %s is a ConvNeXt V1, which has no GRN to switch off", s.info.Name), "leave the comparison out")
	}
	src, err := data.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem("picture", fmt.Errorf("session: there is no folder or zip file %s", path), "check the name")
	} else if err != nil {
		return nil, problem("picture", err, "")
	}
	defer src.Close()
	r = &CollapseReport{Weights: s.info.Name, Size: o.Size, Skipped: []string{}}
	for _, t := range s.net.Config.ExpansionTaps() {
		r.Layers = append(r.Layers, t.Name)
	}
	n := src.Len()
	if o.Limit > 0 {
		n = min(n, o.Limit)
	}
	total := n
	if o.Compare {
		total *= 2
	}
	if err := s.collapseSeries(ctx, "as trained", src, n, o.Size, r, func(i int) { progress(i, total) }); err != nil {
		return nil, err
	}
	if o.Compare {
		name, file := s.info.Name, s.file
		defer func() { // the weights of the user come back, whatever happened
			if _, back := s.SetWeights(name, file); err == nil {
				err = back
			}
		}()
		if _, err = s.SetWeights(name, withoutGRN(file)); err != nil {
			return nil, err
		}
		r.Skipped = []string{}
		if err = s.collapseSeries(ctx, "GRN off", src, n, o.Size, r, func(i int) { progress(n+i, total) }); err != nil {
			return nil, err
		}
	}
	return r, err
}

// withoutGRN is a copy of weights whose GRN is the identity: gamma and beta 0.
func withoutGRN(f *weights.File) *weights.File {
	c := *f
	c.Tensors = slices.Clone(f.Tensors)
	for i, t := range c.Tensors {
		if strings.HasSuffix(t.Name, ".grn.gamma") || strings.HasSuffix(t.Name, ".grn.beta") {
			c.Tensors[i].Data = make([]float32, len(t.Data))
		}
	}
	return &c
}

func (s *Session) collapseSeries(ctx context.Context, name string, src data.Source, n, size int, r *CollapseReport, step func(i int)) error {
	c := newCollapseSeries(name, len(r.Layers))
	r.Pictures = 0
	for i := range n {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("session: stopped after %d pictures: %w", i, err)
		}
		if err := s.load(src, i, size); err != nil {
			r.Skipped = append(r.Skipped, Explain(err).Text)
			step(i + 1)
			continue
		}
		maps, err := s.maps(ctx, data.NewMask(s.picture.H/model.Patch, s.picture.W/model.Patch), model.Expansions, model.Config.ExpansionTaps)
		if err != nil {
			return err
		}
		c.add(maps)
		r.Pictures++
		step(i + 1)
	}
	if r.Pictures == 0 {
		return problem("picture", fmt.Errorf("session: none of %d pictures could be read; the first: %s", n, r.Skipped[0]), "")
	}
	c.end(r.Pictures)
	r.Series = append(r.Series, c)
	return nil
}

func newCollapseSeries(name string, layers int) CollapseSeries {
	return CollapseSeries{Name: name, Distance: make([]float64, layers), Dead: make([]float64, layers), Saturated: make([]float64, layers)}
}

// add counts the maps of one picture.
func (c *CollapseSeries) add(maps []FeatureMap) {
	for k, m := range maps {
		c.Distance[k] += CosineDistance(m.Data, m.Shape[3])
		dead, saturated := idle(m.Data, m.Shape[3])
		c.Dead[k] += float64(dead)
		c.Saturated[k] += float64(saturated)
	}
}

// end makes means of what was added.
func (c *CollapseSeries) end(pictures int) {
	for _, sums := range [][]float64{c.Distance, c.Dead, c.Saturated} {
		for k := range sums {
			sums[k] /= float64(pictures)
		}
	}
	for _, d := range c.Distance {
		c.Mean += d / float64(len(c.Distance))
	}
}

// CosineDistance is d = 1/C^2 sum_i sum_j (1 - cos(X_i, X_j)) / 2 over the channels
// of a map (H*W, C), each X_i the H*W values of one. The sum of all cosines is the
// squared length of the sum of the X_i at length 1, so that no pair is looked at. A
// channel that is 0 everywhere counts as at right angles to all.
func CosineDistance(m []float32, c int) float64 {
	length := make([]float64, c)
	for i, v := range m {
		length[i%c] += float64(v) * float64(v)
	}
	for k, v := range length {
		length[k] = math.Sqrt(v)
	}
	squares := 0.0
	for p := 0; p < len(m); p += c {
		sum := 0.0
		for k, v := range m[p : p+c] {
			if length[k] > 0 {
				sum += float64(v) / length[k]
			}
		}
		squares += sum * sum
	}
	return (1 - squares/float64(c*c)) / 2
}

// The bounds of a channel that tells nothing. The paper (sec. 3.2) shows such channels
// and gives no numbers.
const (
	deadShare      = 0.01 // of the layer's root mean square
	saturatedShare = 0.05 // of its own mean
)

// idle counts the channels of a map (H*W, C) that tell nothing of where they are: a
// dead one's root mean square is below a hundredth of the layer's, and a saturated
// one's standard deviation is below a twentieth of its mean.
func idle(m []float32, c int) (dead, saturated int) {
	sum, square, all := make([]float64, c), make([]float64, c), 0.0
	for i, v := range m {
		sum[i%c] += float64(v)
		square[i%c] += float64(v) * float64(v)
	}
	for _, v := range square {
		all += v
	}
	n := float64(len(m) / c)
	for k := range c {
		mean := sum[k] / n
		switch {
		case square[k] <= deadShare*deadShare*all/float64(c):
			dead++
		case square[k]/n-mean*mean < saturatedShare*saturatedShare*mean*mean:
			saturated++
		}
	}
	return dead, saturated
}
