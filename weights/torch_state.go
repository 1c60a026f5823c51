package weights

import (
	"fmt"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// wrappers are the keys under which checkpoints keep the state dict, the first
// one present wins: the moving average is what one evaluates.
var wrappers = []string{"model_ema", "state_dict_ema", "model", "state_dict"}

// torchFile finds the state dict in what torch.save stored and decodes its
// tensors, which may claim no more bytes than the file has.
func torchFile(format string, value any, size int) (*File, error) {
	f := &File{Format: format, Meta: torchNotes(value)}
	var source []string
	for len(source) < 3 { // {"model": {"state_dict": ...}} and no deeper
		inner, key := unwrap(value)
		if key == "" {
			break
		}
		value = inner
		source = append(source, key)
	}
	if len(source) > 0 {
		f.Meta[MetaSource] = strings.Join(source, ".")
	}
	var keys []string
	seen := map[string]bool{}
	for _, e := range dict(value) {
		name, ok := e.Key.(string)
		if !ok {
			continue
		}
		keys = append(keys, name)
		ref, ok := e.Value.(*tensorRef)
		if !ok {
			continue
		}
		if seen[name] {
			return nil, fmt.Errorf("pytorch: tensor %q is there twice", name)
		}
		seen[name] = true
		t, used, err := ref.tensor(name, size)
		if err != nil {
			return nil, fmt.Errorf("pytorch: tensor %q: %w", name, err)
		}
		size -= used
		f.Tensors = append(f.Tensors, t)
	}
	if len(f.Tensors) == 0 {
		return nil, fmt.Errorf("pytorch: no tensors here and none under %s; the file has keys %q", strings.Join(wrappers, ", "), keys[:min(len(keys), 8)])
	}
	return f, nil
}

// torchNotes returns what stands beside the weights: the metadata of a file
// that WriteTorch wrote, and the decoder's target of an official pre-training
// run, which its arguments state.
func torchNotes(value any) map[string]string {
	meta := map[string]string{}
	if notes, ok := lookup(value, torchMeta); ok {
		for _, e := range dict(notes) {
			key, ok1 := e.Key.(string)
			text, ok2 := e.Value.(string)
			if ok1 && ok2 {
				meta[key] = text
			}
		}
	}
	args, _ := lookup(value, "args")
	if n, ok := args.(*namespace); ok {
		if norm, ok := lookup(n.values, "norm_pix_loss"); ok {
			meta[MetaTarget] = "raw"
			if norm == true {
				meta[MetaTarget] = "norm"
			}
		}
	}
	return meta
}

// unwrap returns the first dict that a wrapper key holds.
func unwrap(value any) (inner any, key string) {
	for _, key := range wrappers {
		if v, ok := lookup(value, key); ok && len(dict(v)) > 0 {
			return v, key
		}
	}
	return nil, ""
}

// dict returns the entries of a dict or OrderedDict in order; nil for others.
func dict(v any) []types.DictEntry {
	switch d := v.(type) {
	case *types.Dict:
		return *d
	case *types.OrderedDict:
		var entries []types.DictEntry
		for e := d.List.Front(); e != nil; e = e.Next() {
			entry := e.Value.(*types.OrderedDictEntry)
			entries = append(entries, types.DictEntry{Key: entry.Key, Value: entry.Value})
		}
		return entries
	}
	return nil
}

func lookup(v any, key string) (any, bool) {
	for _, e := range dict(v) {
		if k, ok := e.Key.(string); ok && k == key {
			return e.Value, true
		}
	}
	return nil, false
}
