package session

import (
	"context"
	"fmt"

	"unmask/internal/gpu"
	"unmask/internal/tune"
)

// Tuned is what was measured of a device's kernels.
type Tuned = tune.Choice

// choose lets a device use the kernels that were measured on it; the note says why
// what was kept is of no use.
func (s *Session) choose(dev *gpu.Device) (note string) {
	s.tuned = nil
	if s.options.Tuned == nil {
		return ""
	}
	c, err := tune.Load(s.options.Tuned, dev.Info().Name)
	if err != nil {
		return "What was measured of the kernels is ignored. (" + plain(err) + ")"
	}
	s.use(dev, c)
	return ""
}

// use lets a choice, or for nil the device's defaults, pick the kernels of what is
// compiled from now on.
func (s *Session) use(dev *gpu.Device, c *tune.Choice) {
	s.tuned = c
	if c == nil {
		dev.SetChoice(nil)
		return
	}
	dev.SetChoice(c.Kernel)
}

// doTune measures the kernels of the device and keeps the fastest, or forgets them.
func (s *Session) doTune(ctx context.Context, measure bool, send func(Event)) error {
	if s.dev == nil {
		return missingDevice()
	}
	dev, ok := s.dev.(*gpu.Device)
	if !ok || s.options.Tuned == nil {
		return problem("device", fmt.Errorf("session: there are no kernels to choose from on %s", s.dev.Info().Name), "choose the GPU")
	}
	var c *tune.Choice
	var err error
	if measure {
		send(Event{Kind: EvProgress, Progress: &Progress{What: "kernels"}})
		if c, err = tune.Measure(ctx, dev); err != nil {
			return err
		}
		err = c.Save(s.options.Tuned)
	} else {
		err = tune.Forget(s.options.Tuned, dev.Info().Name)
	}
	if err != nil {
		return problem("device", err, "it holds until the engine starts again")
	}
	s.use(dev, c)
	s.endSteps()
	for _, l := range []*loaded{&s.loaded, &s.aside} {
		if l.net != nil {
			l.net.DropPlans() // they hold the kernels of before
		}
	}
	send(Event{Kind: EvTuned, Tuned: c})
	return nil
}
