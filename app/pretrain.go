package app

import "unmask/session"

// pretrain is the state of the view that trains a masked autoencoder on people's
// own photos.
type pretrain struct {
	*album
	run     run
	exports exports

	samples []sampleImage
	step    int // at which they were made
	project int // the number of that whose they are, or 0
}

// sampleImage is one validation picture beside what the network made of it.
type sampleImage struct {
	original, composite string // addresses
	loss                float64
}

func newPretrain(a *album) *pretrain {
	p := &pretrain{album: a, run: newRun(a, session.Pretrain)}
	p.run.set.quick = true
	p.exports.desk = a.desk
	return p
}

// begin greets a new engine; the album is greeted by the view before this one.
func (p *pretrain) begin() []request {
	p.run.begin()
	return nil
}

// enter opens the project where that has not happened yet.
func (p *pretrain) enter() []request { return append(p.album.enter(), p.refresh()...) }

// refresh asks for what has become unknown.
func (p *pretrain) refresh() []request {
	if p.info == nil {
		return nil
	}
	if p.project != p.number {
		p.clearSamples()
	}
	return p.run.refresh()
}

// start trains anew.
func (p *pretrain) start() []request {
	requests := p.run.start()
	if requests != nil {
		p.clearSamples()
	}
	return requests
}

// use hands the run's best weights to the page: the reconstruction shows what they
// can do, and a classifier may begin with them.
func (p *pretrain) use() []request {
	return p.exports.ask(session.Command{Do: session.DoConvert, Kind: session.Pretrain, Keys: "official"},
		func(e session.Event) { p.useWeights(e.Blobs[0], p.info.Name+".safetensors") })
}

// handle takes an event that answers a request of this view.
func (p *pretrain) handle(e session.Event) []request {
	if p.exports.handle(e) {
		return nil
	}
	if e.Kind == session.EvSamples && e.ID == p.run.trainID {
		p.takeSamples(e)
		return nil
	}
	if ok, ended := p.run.handle(e); ok {
		if ended {
			return p.album.refresh()
		}
		return nil
	}
	if requests, ok := p.album.handle(e); ok {
		return append(requests, p.refresh()...)
	}
	if e.Kind == session.EvError {
		p.report(e.Error)
		return p.album.refresh()
	}
	return nil
}

// takeSamples shows the newest reconstructions in place of the last.
func (p *pretrain) takeSamples(e session.Event) {
	p.clearSamples()
	for i, s := range e.Samples {
		if 2*i+1 >= len(e.Blobs) || len(e.Blobs[2*i]) != 4*s.Width*s.Height {
			break
		}
		p.samples = append(p.samples, sampleImage{
			original:  p.object(bitmapFile(e.Blobs[2*i], s.Width, s.Height), "image/bmp"),
			composite: p.object(bitmapFile(e.Blobs[2*i+1], s.Width, s.Height), "image/bmp"),
			loss:      s.Loss,
		})
	}
	p.project = p.number
	if e.Run != nil {
		p.step = e.Run.Step
	}
}

func (p *pretrain) clearSamples() {
	for _, s := range p.samples {
		p.revoke(s.original)
		p.revoke(s.composite)
	}
	p.samples, p.step, p.project = nil, 0, 0
}
