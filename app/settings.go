package app

import (
	"encoding/json"
	"strconv"
	"strings"

	"unmask/session"
)

// settings are what people decide about a run.
type settings struct {
	model   string // of a start from scratch: atto or femto
	scratch bool   // or the loaded network
	linear  bool   // only the last layer learns
	quick   bool
	augment string            // "" as the preset says, none, or strong
	values  map[string]string // numbers that replace the preset's, by the keys of config.json
}

// number is one advanced value.
type number struct {
	key, name, hint string
	min, max, step  string
}

// sharedNumbers are advanced values of both kinds of run.
var sharedNumbers = []number{
	{"size", "Picture size", "pixels; a multiple of 32", "32", "512", "32"},
	{"epochs", "Epochs", "times that every picture is seen", "1", "10000", "1"},
	{"batch", "Batch", "pictures a step", "1", "256", "1"},
	{"blr", "Base learning rate", "of a batch of 256", "0.00001", "1", "any"},
	{"seed", "Seed", "of the split and of all chance", "0", "999999", "1"},
	{"val", "Set aside", "share of the pictures for testing", "0.02", "0.5", "any"},
}

// numbersOf are the advanced values of a kind of run.
func numbersOf(kind session.Kind) []number {
	if kind == session.Pretrain {
		return append(sharedNumbers[:len(sharedNumbers):len(sharedNumbers)],
			number{"ratio", "Hidden part", "share of the patches", "0.1", "0.9", "any"})
	}
	return append(sharedNumbers[:len(sharedNumbers):len(sharedNumbers)],
		number{"layer_decay", "Layer decay", "how much less lower layers learn; 1: alike", "0.5", "1", "any"})
}

// setNumber takes a value as it was typed; an empty one is the preset's again. It
// reports whether it is a number.
func (s *settings) setNumber(key, text string) bool {
	text = strings.TrimSpace(text)
	if text == "" {
		delete(s.values, key)
		return true
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return false
	}
	s.values[key] = text
	return true
}

// augmentations are the choices with what they change in config.json.
var augmentations = []struct {
	id, name string
	config   map[string]any
}{
	{"", "As the preset says", nil},
	{"none", "None", map[string]any{"Scale": []float64{0.9, 1}, "Ratio": []float64{1, 1}, "Flip": 0,
		"Jitter": map[string]float64{"Brightness": 0, "Contrast": 0, "Saturation": 0}}},
	{"strong", "Strong", map[string]any{"Scale": []float64{0.2, 1},
		"RandAugment": map[string]any{"Layers": 2, "Prob": 0.5, "Magnitude": 9, "MagnitudeStd": 0.5, "Increasing": true},
		"Erase":       map[string]any{"Prob": 0.25, "Mode": "pixel"}}},
}

// plan is the argument of a command.
func (s *settings) plan(kind session.Kind) *session.TrainPlan {
	p := &session.TrainPlan{Scratch: s.scratch, Quick: s.quick}
	if s.scratch {
		p.Model = s.model
	}
	if kind == session.Finetune {
		p.Mode = "full"
		if s.linear && !s.scratch {
			p.Mode = "linear"
		}
	}
	config := map[string]any{}
	for key, text := range s.values {
		config[key] = json.Number(text)
	}
	for _, a := range augmentations {
		if a.id == s.augment && a.config != nil {
			config["augment"] = a.config
		}
	}
	if len(config) > 0 {
		b, err := json.Marshal(config)
		if err != nil {
			panic("BUG: app: the settings do not marshal: " + err.Error())
		}
		p.Config = b
	}
	return p
}
