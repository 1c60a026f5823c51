package train

import (
	"context"
	"fmt"

	"unmask/data"
	"unmask/internal/device"
	"unmask/model"
)

// Rows are one vector a picture with its label: what k-NN and a linear probe see.
type Rows struct {
	Dim    int
	X      []float32 // (N, Dim)
	Labels []int     // (N)
}

// Len is the number of pictures.
func (r *Rows) Len() int { return len(r.Labels) }

// Row is the vector of picture i.
func (r *Rows) Row(i int) []float32 { return r.X[i*r.Dim : (i+1)*r.Dim] }

// subset takes rows by number.
func (r *Rows) subset(which []int) *Rows {
	s := &Rows{Dim: r.Dim}
	for _, i := range which {
		s.X, s.Labels = append(s.X, r.Row(i)...), append(s.Labels, r.Labels[i])
	}
	return s
}

// EvalBatch is the largest batch up to most whose buffers a device can bind.
func EvalBatch(cfg model.Config, task model.Task, size, most int, info device.Info) (int, error) {
	limit := info.MaxBinding
	if limit == 0 {
		limit = 1 << 40 // the CPU device
	}
	side := size / model.Patch
	for n := most; n >= 1; n /= 2 {
		m := model.Build(cfg, task, model.Geometry{Images: n, Height: size, Width: size, Slots: n * side * side}).Memory()
		if m.Largest <= limit && (n == 1 || m.Total() <= maxEvalBytes) {
			return n, nil
		}
	}
	return 0, fmt.Errorf("train: one picture of %d pixels needs larger buffers than this device binds (%d MB): choose a smaller size", size, limit>>20)
}

// maxEvalBytes bounds what the activations of an evaluation's batch take.
const maxEvalBytes = 1 << 30

// Encode returns the mean of the encoder's last rows for each picture, pre-processed
// for evaluation; pictures that cannot be read are left out. done is told after
// each batch how many pictures there are so far.
func Encode(ctx context.Context, net *model.Network, cache *data.Cache, pictures []int, size, batch int, done func(n int)) (*Rows, error) {
	side := size / model.Patch
	c := net.Config.Dims[3]
	r := &Rows{Dim: c}
	err := each(ctx, cache, pictures, data.LoaderOptions{Size: size, Batch: batch}, func(b *data.Batch, n int) error {
		out, err := net.Run(ctx, model.Encode, b.Images[:n*size*size*3], model.Dense(n, side, side), "features")
		if err != nil {
			return err
		}
		for i := range n {
			r.X = append(r.X, meanRow(out[0][i*side*side*c:(i+1)*side*side*c], c)...)
			r.Labels = append(r.Labels, b.Labels[i])
		}
		done(r.Len())
		return nil
	})
	return r, err
}

// meanRow is the mean of rows (n, c).
func meanRow(rows []float32, c int) []float32 {
	sum := make([]float64, c)
	for i, v := range rows {
		sum[i%c] += float64(v)
	}
	mean := make([]float32, c)
	for k, v := range sum {
		mean[k] = float32(v * float64(c) / float64(len(rows)))
	}
	return mean
}
