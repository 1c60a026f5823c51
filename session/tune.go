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
// what was kept is of no use. A file is read once: what another process measures
// meanwhile must not change how this one rounds.
func (s *Session) choose(dev *gpu.Device) (note string) {
	name := dev.Info().Name
	c, known := s.choices[name]
	if !known && s.options.Tuned != nil {
		var err error
		if c, err = tune.Load(s.options.Tuned, name); err != nil {
			note = "What was measured of the kernels is ignored. (" + plain(err) + ")"
		}
		s.choices[name] = c
	}
	use(dev, c)
	return note
}

// use lets a choice, or for nil the device's defaults, pick the kernels of what is
// compiled from now on.
func use(dev *gpu.Device, c *tune.Choice) {
	if c == nil {
		dev.SetChoice(nil)
		return
	}
	dev.SetChoice(c.Kernel)
}

// doTune measures the kernels of the device and keeps the fastest, or forgets them.
func (s *Session) doTune(ctx context.Context, measure bool, send, emit func(Event)) error {
	if s.dev == nil {
		return missingDevice()
	}
	dev, ok := s.dev.(*gpu.Device)
	if !ok || s.options.Tuned == nil {
		return problem("device", fmt.Errorf("session: there are no kernels to choose from on %s", s.dev.Info().Name), "choose the GPU")
	}
	var c *tune.Choice
	var kept error
	if measure {
		turn := s.deviceTurns(ctx, emit)
		send(Event{Kind: EvProgress, Progress: &Progress{What: "kernels"}})
		var err error
		if c, err = tune.Measure(ctx, dev, turn.goesOn); err != nil {
			return err
		}
		if c == nil {
			turn.giveWay(send)
			return nil
		}
		kept = c.Save(s.options.Tuned)
	} else {
		kept = tune.Forget(s.options.Tuned, dev.Info().Name)
	}
	s.choices[dev.Info().Name] = c
	use(dev, c)
	s.endSteps()
	for _, l := range []*loaded{&s.loaded, &s.aside} {
		if l.net != nil {
			l.net.DropPlans() // they hold the kernels of before
		}
	}
	e := Event{Kind: EvTuned, Tuned: c}
	if kept != nil {
		e.Note = "This could not be kept, so it holds until the engine starts again. (" + plain(kept) + ")"
	}
	send(e)
	return nil
}
