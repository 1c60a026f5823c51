package session

import (
	"context"
	"fmt"
	"time"

	"unmask/data"
	"unmask/metrics"
	"unmask/model"
)

// MostMasks bounds what one command asks of a device.
const MostMasks = 64

// Whole describes a picture that consists of predictions only: the mean of
// reconstructions under several masks, of which each patch takes those that hid it.
type Whole struct {
	Masks    int     `json:"masks"`
	Ratio    float64 `json:"ratio"`
	Seed     uint64  `json:"seed"`
	Least    int     `json:"least"` // how often a patch was hidden, at the least
	Most     int     `json:"most"`
	PSNR     float64 `json:"psnr"`   // of all pixels, dB
	SSIM     float64 `json:"ssim"`   // against the original
	Single   float64 `json:"single"` // mean PSNR of the single reconstructions' hidden pixels
	MS       float64 `json:"ms"`
	Borrowed bool    `json:"borrowed"` // brightness and contrast of each patch are the original's
}

// manyMasks predicts every patch of the picture in hand: the mean over n
// complementary masks, each patch taken from the masks that hide it. between is
// called after each mask but the last and ends the work by answering false; the
// picture is nil then.
func (s *Session) manyMasks(ctx context.Context, ratio float64, seed uint64, n int, between func(done int) bool) (*data.Picture, Whole, error) {
	begin := time.Now()
	w := Whole{Masks: n, Ratio: ratio, Seed: seed, Least: n}
	if n < 2 || n > MostMasks {
		return nil, w, problem("mask", fmt.Errorf("session: %d masks: want 2 to %d", n, MostMasks), "")
	}
	if err := s.ready(s.hidesAll()); err != nil {
		return nil, w, err
	}
	p := s.picture
	masks, err := data.Complementary(p.H/model.Patch, p.W/model.Patch, ratio, seed, n)
	if err != nil {
		return nil, w, problem("mask", err, "")
	}
	mean := data.NewHiddenMean(p.W, p.H)
	for i, m := range masks {
		r, err := s.Reconstruct(ctx, m)
		if err != nil {
			return nil, w, err
		}
		mean.Add(r.Picture, m)
		w.Single += r.PSNR / float64(n)
		if i < n-1 && !between(i+1) {
			return nil, w, nil
		}
	}
	for _, times := range mean.Times() {
		w.Least, w.Most = min(w.Least, times), max(w.Most, times)
	}
	whole := mean.Picture()
	w.PSNR = metrics.PSNR(p, whole, s.hidesAll())
	w.SSIM = metrics.SSIM(p, whole)
	w.Borrowed = s.net.Config.NormPix
	w.MS = ms(time.Since(begin))
	return whole, w, nil
}

// hidesAll is the mask that hides the whole picture in hand; without one, any.
func (s *Session) hidesAll() data.Mask {
	if s.picture == nil {
		return data.Mask{}
	}
	return data.NewMask(s.picture.H/model.Patch, s.picture.W/model.Patch).Invert()
}

// doWhole tells its progress mask by mask and gives way to other commands.
func (s *Session) doWhole(ctx context.Context, c Command, send, emit func(Event)) error {
	turn := s.turns(ctx, emit)
	whole, info, err := s.manyMasks(ctx, c.Ratio, c.Seed, c.Masks, func(done int) bool {
		send(Event{Kind: EvProgress, Progress: &Progress{What: "masks", Done: float64(done), Total: float64(c.Masks), Unit: "masks"}})
		return turn.goesOn()
	})
	if err != nil {
		return err
	}
	if whole == nil {
		turn.giveWay(send)
		return nil
	}
	send(Event{Kind: EvWhole, Whole: &info, Blobs: [][]byte{whole.RGBA()}})
	return nil
}
