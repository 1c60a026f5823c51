package train

import (
	"time"

	"unmask/data"
)

// logSteps is how many steps a line of the log averages between validations.
const logSteps = 20

// meter averages what a line of the log says.
type meter struct {
	loader       *data.Loader
	count        int
	loss, norm   float64
	lr           float64
	images       int
	begin, first time.Time
	waited       time.Duration
	steps        int // since first, for the time left
}

func newMeter(l *data.Loader) *meter {
	m := &meter{loader: l, first: time.Now()}
	m.reset()
	return m
}

func (m *meter) reset() {
	m.count, m.loss, m.norm, m.images, m.begin = 0, 0, 0, 0, time.Now()
	if m.loader != nil {
		m.waited = m.loader.Waited()
	}
}

func (m *meter) add(loss, norm, lr float64, images int) {
	m.count++
	m.steps++
	m.loss += loss
	m.norm += norm
	m.lr = lr
	m.images += images
}

// speed is in images a second, waitedShare in 0..1, both since the last reset.
func (m *meter) speed() float64 {
	return float64(m.images) / max(1e-9, time.Since(m.begin).Seconds())
}

func (m *meter) waitedShare() float64 {
	if m.loader == nil {
		return 0
	}
	return (m.loader.Waited() - m.waited).Seconds() / max(1e-9, time.Since(m.begin).Seconds())
}

func (r *Run) epoch() float64 { return float64(r.progress.Step) / float64(r.per) }

func (r *Run) report(m *meter, loss, norm, lr float64, total int) {
	if r.o.Observer.Step == nil {
		return
	}
	r.o.Observer.Step(Step{Step: r.progress.Step, Total: total, Epoch: r.epoch(), Loss: loss, LR: lr, Norm: norm,
		ImagesSec: m.speed(), Waited: m.waitedShare(),
		Left: time.Since(m.first).Seconds() / float64(m.steps) * float64(total-r.progress.Step)})
}

// line is the log's line of what the meter holds.
func (r *Run) line(m *meter) Line {
	n := float64(max(1, m.count))
	return Line{Epoch: r.epoch(), Step: r.progress.Step, Loss: m.loss / n, LR: m.lr, Norm: m.norm / n,
		Params: r.cfg.Model.Count(), ImagesSec: m.speed(), Waited: m.waitedShare()}
}
