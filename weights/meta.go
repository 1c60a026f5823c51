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
			head, ok := f.Tensor("head.bias")
			if !ok {
				continue
			}
			var names []string
			if err := json.Unmarshal([]byte(text), &names); err != nil {
				return fmt.Errorf("weights: metadata %q: %w", key, err)
			}
			if len(names) != len(head.Data) {
				return fmt.Errorf("weights: metadata %q names %d classes, the head has %d", key, len(names), len(head.Data))
			}
		}
		f.Meta[key] = text
	}
	return nil
}
