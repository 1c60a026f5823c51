package train

import "unmask/data"

// Observer is told of a run's progress, on the goroutine that trains. A nil
// function is not called.
type Observer struct {
	Step    func(Step)
	Epoch   func(Line)                 // a validation's line of the log
	Samples func(step int, s []Sample) // reconstructions of the same validation pictures
	Saved   func(step int)
	Note    func(string) // in plain words: a picture that was skipped, a roll-back, a device that came back
}

// Step is what a progress bar shows.
type Step struct {
	Step, Total int
	Epoch       float64
	Loss        float64 // of this step
	LR, Norm    float64
	ImagesSec   float64
	Left        float64 // seconds, estimated
	Waited      float64 // share of the time, for pictures
}

// Sample is one validation picture as the network sees and completes it.
type Sample struct {
	Original       *data.Picture
	Mask           data.Mask
	Reconstruction *data.Picture
	Loss           float64
}

func (o Observer) note(text string) {
	if o.Note != nil {
		o.Note(text)
	}
}
