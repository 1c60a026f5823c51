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
	// Between is called between steps and between the batches of a validation: a front
	// end may do other work there.
	Between func()
}

// Step is what a progress bar shows.
type Step struct {
	Step      int     `json:"step"`
	Total     int     `json:"total"`
	Epoch     float64 `json:"epoch"`
	Loss      float64 `json:"loss"` // of this step
	LR        float64 `json:"lr"`
	Norm      float64 `json:"norm"`
	ImagesSec float64 `json:"images_per_s"`
	Left      float64 `json:"left"`   // seconds, estimated
	Waited    float64 `json:"waited"` // share of the time, for pictures
}

// Sample is one validation picture as the network sees and completes it.
type Sample struct {
	Original       *data.Picture
	Mask           data.Mask
	Reconstruction *data.Picture
	Loss           float64
}

func (o Observer) between() {
	if o.Between != nil {
		o.Between()
	}
}

func (o Observer) note(text string) {
	if o.Note != nil {
		o.Note(text)
	}
}
