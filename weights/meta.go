package weights

import (
	"encoding/json"
	"fmt"
)

// AddMeta adds the notes of another file where f, which has official names,
// has none: a checkpoint that comes back from another library has lost them.
// Class names must fit f's head, if it has one; without a head they stay out.
func (f *File) AddMeta(from map[string]string) error {
	if f.Meta == nil {
		f.Meta = map[string]string{}
	}
	for key, text := range from {
		if _, ok := f.Meta[key]; ok || key == MetaSource || key == MetaLeftOut {
			continue
		}
		if key == MetaClasses {
			if _, ok := f.Tensor("head.bias"); !ok {
				continue
			}
			var names []string
			if err := json.Unmarshal([]byte(text), &names); err != nil {
				return fmt.Errorf("weights: metadata %q: %w", key, err)
			}
			if err := f.SetClasses(names); err != nil {
				return err
			}
			continue
		}
		f.Meta[key] = text
	}
	return nil
}

// SetClasses notes the names of the classes, in the order of the head of f,
// which has official names.
func (f *File) SetClasses(names []string) error {
	head, ok := f.Tensor("head.bias")
	if !ok {
		return fmt.Errorf("weights: there is no classifier head to name %d classes of", len(names))
	}
	if len(names) != len(head.Data) {
		return fmt.Errorf("weights: %d names of classes, and the head has %d", len(names), len(head.Data))
	}
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("weights: names of classes: %w", err)
	}
	if f.Meta == nil {
		f.Meta = map[string]string{}
	}
	f.Meta[MetaClasses] = string(text)
	return nil
}
