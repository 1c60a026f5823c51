package app

import (
	"fmt"
	"math"

	"unmask/session"
)

// pace is how fast this device trains: seconds for a unit of work, which is a
// forward pass of Atto over one picture of 224 pixels. Measured in a run; before
// there was one, guessed from the reconstruction that the page began with.
type pace struct{ unit float64 }

// Work of a training step beside the forward pass: the backward pass takes about
// two and a half of them (README, "Speed"); with most layers frozen there is
// little of it. A pre-training computes visible patches only.
const (
	fullWork     = 3.5
	linearWork   = 1.2
	pretrainWork = 2.6
	// reconstructWork is that of one reconstruction at 60 % hidden.
	reconstructWork = 0.9
	attoParams      = 3.4e6
	fcmaeParams     = 7.26e6
)

// work is that of one picture in a run.
func work(r *session.RunInfo) float64 {
	if r == nil || r.Config == nil || r.Need == nil {
		return 0
	}
	c := r.Config
	w := math.Pow(float64(c.Size)/224, 2)
	switch {
	case c.Kind == session.Pretrain:
		return w * pretrainWork * float64(r.Need.Parameters) / fcmaeParams
	case c.Mode == "linear":
		return w * linearWork * float64(r.Need.Parameters) / attoParams
	}
	return w * fullWork * float64(r.Need.Parameters) / attoParams
}

// measure learns from a run under way.
func (p *pace) measure(r *session.RunInfo, imagesSec float64) {
	if w := work(r); w > 0 && imagesSec > 0 {
		p.unit = 1 / (imagesSec * w)
	}
}

// seconds is how long a run would take, 0 where that cannot be said; measured tells
// whether a run has shown it.
func (r *run) seconds() (seconds float64, measured bool) {
	if r.plan == nil || r.plan.Config == nil {
		return 0, false
	}
	unit := r.pace.unit
	if unit == 0 {
		unit = r.guess()
	}
	return unit * work(r.plan) * float64(r.plan.Total*r.plan.Config.Batch), r.pace.unit > 0
}

// guess is the unit by the page's last reconstruction.
func (r *run) guess() float64 {
	if r.result == nil || r.picture == nil {
		return 0
	}
	ms := r.result.MS["forward"]
	if ms == 0 {
		ms = r.result.MS["total"]
	}
	area := float64(r.picture.Width*r.picture.Height) / (224 * 224)
	return ms / 1000 / (reconstructWork * area)
}

// duration says a time as people do.
func duration(seconds float64) string {
	switch s := math.Round(seconds); {
	case s < 1:
		return "a moment"
	case s < 60:
		return plural(int(s), "second", "seconds")
	case s < 3600:
		return plural(int(math.Round(s/60)), "minute", "minutes")
	case s < 48*3600:
		h := s / 3600
		if h < 10 {
			return fmt.Sprintf("%.1f hours", h)
		}
		return fmt.Sprintf("%.0f hours", h)
	}
	return fmt.Sprintf("%.0f days", seconds/86400)
}

// megabytes says an amount of memory.
func megabytes(b float64) string {
	if b >= 1e9 {
		return fmt.Sprintf("%.1f GB", b/1e9)
	}
	return fmt.Sprintf("%.0f MB", math.Ceil(b/1e6))
}
