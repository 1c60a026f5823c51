package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"unmask/data"
	"unmask/metrics"
	"unmask/model"
)

// EvalOptions fix an evaluation.
type EvalOptions struct {
	Size  int     // shorter side in pixels
	Ratio float64 // share of hidden patches
	Seed  uint64  // picture i is masked with Seed + i
	Limit int     // first pictures only; 0: all
}

// EvalReport is the JSON of `unmask eval --metric reconstruction`.
type EvalReport struct {
	Pictures int       `json:"pictures"`
	Ratio    float64   `json:"ratio"`
	Seed     uint64    `json:"seed"`
	Weights  string    `json:"weights"`
	Rows     []EvalRow `json:"rows"` // the model first
	Loss     float64   `json:"loss"` // masked MSE of the training target, mean over pictures
	Skipped  []string  `json:"skipped"`
}

// EvalRow is one method's mean over the pictures: MSE of hidden pixels in 0..1,
// PSNR of the hidden pixels, SSIM of the picture with visible pixels pasted in.
type EvalRow struct {
	Name string  `json:"name"`
	MSE  float64 `json:"mse"`
	PSNR float64 `json:"psnr"`
	SSIM float64 `json:"ssim"`
}

// Eval reconstructs every picture of a folder or zip under a seeded mask and
// measures the result beside the baselines. Pictures that cannot be read are
// skipped and named.
func (s *Session) Eval(ctx context.Context, path string, o EvalOptions, progress func(done, total int)) (*EvalReport, error) {
	if o.Size == 0 {
		o.Size = DefaultSize
	}
	if err := checkSize(o.Size); err != nil {
		return nil, err
	}
	src, err := data.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem("picture", fmt.Errorf("session: there is no folder or zip file %s", path), "check the name")
	} else if err != nil {
		return nil, problem("picture", err, "")
	}
	defer src.Close()
	n := src.Len()
	if o.Limit > 0 {
		n = min(n, o.Limit)
	}
	r := &EvalReport{Ratio: o.Ratio, Seed: o.Seed, Weights: s.info.Name, Skipped: []string{}}
	r.Rows = []EvalRow{{Name: "ConvNeXt V2 " + s.info.Model}}
	for _, b := range metrics.Baselines {
		r.Rows = append(r.Rows, EvalRow{Name: b.Name})
	}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("session: stopped after %d pictures: %w", i, err)
		}
		if err := s.load(src, i, o.Size); err != nil {
			r.Skipped = append(r.Skipped, Explain(err).Text)
			progress(i+1, n)
			continue
		}
		m, err := data.RandomMask(s.picture.H/model.Patch, s.picture.W/model.Patch, o.Ratio, o.Seed+uint64(i))
		if err != nil {
			return nil, problem("mask", err, "")
		}
		if m.Count() == 0 {
			return nil, problem("mask", fmt.Errorf("session: ratio %g hides no patch of %s", o.Ratio, src.Name(i)), "choose a larger ratio or size")
		}
		res, err := s.Reconstruct(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("session: %s: %w", src.Name(i), err)
		}
		r.Pictures++
		r.Loss += res.Loss
		r.Rows[0].add(s.picture, res.Picture, m)
		for k, b := range metrics.Baselines {
			r.Rows[k+1].add(s.picture, b.Fill(s.picture, m), m)
		}
		progress(i+1, n)
	}
	if r.Pictures == 0 {
		return nil, problem("picture", fmt.Errorf("session: %s: none of %d pictures could be read; the first: %s", path, n, r.Skipped[0]), "")
	}
	k := float64(r.Pictures)
	r.Loss /= k
	for i := range r.Rows {
		r.Rows[i].MSE /= k
		r.Rows[i].PSNR /= k
		r.Rows[i].SSIM /= k
	}
	return r, nil
}

func (s *Session) load(src data.Source, i, size int) error {
	b, err := src.Read(i)
	if err != nil {
		return err
	}
	_, _, err = s.SetPicture(src.Name(i), b, size)
	return err
}

func (e *EvalRow) add(original, filled *data.Picture, m data.Mask) {
	e.MSE += metrics.MaskedMSE(original, filled, m)
	e.PSNR += metrics.PSNR(original, filled, m)
	e.SSIM += metrics.SSIM(original, data.Composite(original, filled, m))
}
