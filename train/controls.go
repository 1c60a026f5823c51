package train

import (
	"context"
	"math"

	"unmask/data"
	"unmask/internal/device"
	"unmask/model"
)

// RandomNetwork is the encoder of cfg with weights as before any training: what
// the architecture alone gives, without pre-training.
func RandomNetwork(dev device.Device, cfg model.Config, seed uint64) (*model.Network, error) {
	cfg = cfg.WithHead(0).WithDecoder(0, 0)
	params := map[string]model.Param{}
	for _, p := range cfg.Params() {
		params[p.Name] = p
	}
	return model.NewNetwork(dev, cfg, func(name string) []float32 { return Init(seed, params[name]) })
}

// histogramBins a channel.
const histogramBins = 8

// Histograms returns the joint colour histogram of each picture, 8 bins a channel,
// square roots of shares: the cosine of two is then their Bhattacharyya
// coefficient. They know colours and nothing of shapes. The pictures are those
// that Encode sees, and so is done.
func Histograms(ctx context.Context, cache *data.Cache, pictures []int, size int, done func(n int)) (*Rows, error) {
	r := &Rows{Dim: histogramBins * histogramBins * histogramBins}
	pixels := size * size * 3
	err := each(ctx, cache, pictures, data.LoaderOptions{Size: size, Batch: 16}, func(b *data.Batch, n int) error {
		for i := range n {
			one := append([]float32(nil), b.Images[i*pixels:(i+1)*pixels]...)
			data.Denormalize(one)
			r.X = append(r.X, histogram(one)...)
			r.Labels = append(r.Labels, b.Labels[i])
		}
		done(r.Len())
		return nil
	})
	return r, err
}

// histogram of pixels (P, 3) in 0..1.
func histogram(pixels []float32) []float32 {
	counts := make([]float32, histogramBins*histogramBins*histogramBins)
	for p := 0; p < len(pixels); p += 3 {
		bin := 0
		for _, v := range pixels[p : p+3] {
			bin = bin*histogramBins + min(max(int(v*histogramBins), 0), histogramBins-1)
		}
		counts[bin]++
	}
	for i, n := range counts {
		counts[i] = float32(math.Sqrt(float64(n) * 3 / float64(len(pixels))))
	}
	return counts
}
