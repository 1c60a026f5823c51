package app

import "unmask/session"

// predict is the state of trying a trained classifier out.
type predict struct {
	*desk
	id      int    // of the newest question
	waiting bool   // for its answer
	url     string // of the picture shown
	name    string
	answer  []session.ClassScore
	problem *session.Problem
}

// mostAnswers bounds the bars that are shown.
const mostAnswers = 8

// ask asks about a picture, which the prediction owns from then on.
func (p *predict) ask(file source) []request {
	if p.url != "" && p.url != file.url {
		p.revoke(p.url)
	}
	p.url, p.name, p.problem = file.url, file.name, nil
	r := p.command(session.Command{Do: session.DoClassify, Kind: session.Finetune, Name: file.name, TopK: mostAnswers}, file.url)
	p.id, p.waiting = r.ID, true
	return []request{r}
}

// again asks about the picture in hand, since the weights are others now.
func (p *predict) again() []request {
	if p.url == "" {
		return nil
	}
	return p.ask(source{p.url, p.name})
}

// handle reports whether an event was an answer.
func (p *predict) handle(e session.Event) bool {
	if e.ID != p.id || p.id == 0 {
		return false
	}
	switch e.Kind {
	case session.EvClasses:
		p.answer, p.waiting, p.problem = e.Classes, false, nil
	case session.EvError:
		p.answer, p.waiting, p.problem = nil, false, e.Error
	}
	return true
}

// clear forgets the picture.
func (p *predict) clear() {
	if p.url != "" {
		p.revoke(p.url)
	}
	*p = predict{desk: p.desk}
}
