package session

import (
	"context"
	"fmt"
	"math"
	"time"

	"unmask/data"
	"unmask/metrics"
	"unmask/model"
)

// The shorter side in pixels that pictures are brought to.
const (
	DefaultSize = 224
	MinSize     = model.Patch
	MaxSize     = 1024
)

// checkSize refuses a shorter side that no network here is asked for.
func checkSize(size int) error {
	if size < MinSize || size > MaxSize {
		return problem("picture", fmt.Errorf("session: size %d: want %d to %d pixels", size, MinSize, MaxSize), "")
	}
	return nil
}

// SetPicture decodes an image file and brings it to size: shorter side to size
// pixels (0: DefaultSize), both sides cut to multiples of 32.
func (s *Session) SetPicture(name string, b []byte, size int) (PictureInfo, data.Notes, error) {
	if size == 0 {
		size = DefaultSize
	}
	if err := checkSize(size); err != nil {
		return PictureInfo{}, nil, err
	}
	p, notes, err := data.Decode(name, b)
	if err != nil {
		return PictureInfo{}, nil, problem("picture", err, "")
	}
	s.picture = p.Fit(size)
	s.pixels = s.picture.Normalized(nil)
	return s.pictureInfo(name), notes, nil
}

func (s *Session) pictureInfo(name string) PictureInfo {
	p := s.picture
	return PictureInfo{Name: name, Width: p.W, Height: p.H, Rows: p.H / model.Patch, Cols: p.W / model.Patch}
}

// Picture is the picture in hand, after it was brought to size.
func (s *Session) Picture() *data.Picture { return s.picture }

// Result is a reconstruction with its pictures.
type Result struct {
	Reconstruction
	Mask      data.Mask
	Picture   *data.Picture // what the network predicts, at every patch
	Composite *data.Picture // the prediction at hidden patches, the original elsewhere
	Note      string
}

// Reconstruct hides the mask's patches of the picture in hand and predicts them.
func (s *Session) Reconstruct(ctx context.Context, m data.Mask) (*Result, error) {
	if err := s.ready(m); err != nil {
		return nil, err
	}
	if s.net.Config.DecoderWidth == 0 {
		return nil, problem("weights", fmt.Errorf("session: %s has no decoder, so it cannot reconstruct", s.info.Name),
			"load weights that were pre-trained as a masked autoencoder with their decoder, such as the default ones")
	}
	if err := m.Check(); err != nil {
		return nil, problem("mask", err, "")
	}
	begin := time.Now()
	layout, err := model.NewLayout(m.Rows, m.Cols, [][]bool{m.Hidden})
	if err != nil {
		return nil, problem("mask", err, "")
	}
	var out [][]float32
	var compile, forward time.Duration
	note, err := s.recover(ctx, func() (err error) {
		t := time.Now()
		geo := model.Geometry{Images: 1, Height: s.picture.H, Width: s.picture.W, Slots: layout.Slots()}
		if _, err := s.net.Plan(model.Reconstruct, geo); err != nil {
			return err
		}
		compile = time.Since(t)
		plan, err := s.net.Prepare(model.Reconstruct, s.pixels, layout)
		if err != nil {
			return err
		}
		t = time.Now()
		if err := plan.Run(); err != nil {
			return err
		}
		out = make([][]float32, 2)
		if out[0], err = plan.Read(ctx, "pred"); err != nil {
			return err
		}
		forward = time.Since(t)
		out[1], err = plan.Read(ctx, "loss")
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := finite(out[0]); err != nil {
		return nil, err
	}
	if err := finite(out[1]); err != nil {
		return nil, err
	}
	r := &Result{Mask: m, Note: note, Picture: data.Unpatchify(out[0], s.pixels, s.picture.W, s.picture.H, s.net.Config.NormPix)}
	r.Composite = data.Composite(s.picture, r.Picture, m)
	r.Loss = model.MaskedLoss(out[1], layout)
	r.PSNR = metrics.PSNR(s.picture, r.Picture, m)
	r.SSIM = metrics.SSIM(s.picture, r.Composite)
	r.Patches, r.Masked, r.Visible = m.Rows*m.Cols, m.Count(), m.Visible()
	r.Adapter, r.Weights = s.dev.Info().Name, s.info.Name
	r.MS = map[string]float64{"compile": ms(compile), "forward": ms(forward), "total": ms(time.Since(begin))}
	if s.net.Config.NormPix {
		r.Note = joinNotes(r.Note, "These weights predict standardised patches: brightness and contrast of the hidden patches are borrowed from the original.")
	}
	return r, nil
}

// ready refuses work without a picture, without weights, or with a mask of
// another picture.
func (s *Session) ready(m data.Mask) error {
	switch {
	case s.picture == nil:
		return missingPicture()
	case s.net == nil:
		return problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
	}
	if rows, cols := s.picture.H/model.Patch, s.picture.W/model.Patch; m.Rows != rows || m.Cols != cols {
		return problem("mask", fmt.Errorf("session: the mask has %d x %d patches, the picture %d x %d", m.Rows, m.Cols, rows, cols), "")
	}
	return nil
}

func missingPicture() error {
	return problem("picture", fmt.Errorf("session: there is no picture yet"), "choose one first")
}

// finite refuses an answer of the network that holds a NaN or an infinity.
func finite(answer []float32) error {
	for i, x := range answer {
		if x != x || math.IsInf(float64(x), 0) {
			return problem("internal", fmt.Errorf("session: the network answered %v at value %d", x, i),
				"check the weights; run the self-test, since a driver may compute wrongly: then choose the CPU")
		}
	}
	return nil
}

func ms(d time.Duration) float64 { return math.Round(d.Seconds()*1e5) / 100 }

func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
