package data

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"path"
	"slices"
	"strings"
)

// arrange finds classes and splits and refuses what no training could use. Its
// errors say what was found and what to do.
func (d *Dataset) arrange(o DatasetOptions) error {
	if !(o.ValShare >= 0 && o.ValShare < 1) {
		return fmt.Errorf("validation share is %v, want at least 0 and under 1", o.ValShare)
	}
	paths := make([]string, 0, d.Len()+len(d.src.empty))
	for _, f := range d.src.files {
		paths = append(paths, f.path)
	}
	// An empty folder has its place among the others, or it could not be missed.
	for _, e := range d.src.empty {
		paths = append(paths, e+"/")
	}
	places := layOut(paths, func(folder string) bool { return slices.Contains(o.Classes, folder) })
	d.places = places[:d.Len()]
	if o.Labelled {
		if err := d.findClasses(places[d.Len():], o); err != nil {
			return err
		}
	}
	d.labels = make([]int, d.Len())
	for i, p := range d.places {
		d.labels[i] = slices.Index(d.Classes, p.class)
		switch splitOf(p.split) {
		case "val":
			d.Val = append(d.Val, i)
		case "test":
			d.Test = append(d.Test, i)
		default:
			d.Train = append(d.Train, i)
		}
	}
	if o.Classes == nil {
		if err := d.checkSplits(o); err != nil {
			return err
		}
	}
	if d.Val == nil && o.ValShare > 0 {
		d.Seeded = true
		d.setAside(o.ValShare, o.Seed)
	}
	return d.checkReadable()
}

// findClasses fills d.Classes.
func (d *Dataset) findClasses(empty []place, o DatasetOptions) error {
	var stray []int
	found := map[string]bool{}
	splits := map[string]bool{}
	filled := map[place]bool{}
	for i, p := range d.places {
		if p.class == "" {
			stray = append(stray, i)
			continue
		}
		found[p.class], splits[p.split] = true, true
		filled[place{split: p.split, class: p.class}] = true
	}
	if len(found) == 0 {
		if folder := path.Base(path.Dir(d.Name(0))); folder != "." && splitOf(folder) == "" {
			return oneClass(folder)
		}
		return errors.New("found no class folders: want the pictures of each class in a folder of its own, at least two classes")
	}
	if len(stray) > 0 {
		return fmt.Errorf("found pictures outside the class folders (%d), such as %q: move them into one or remove them", len(stray), d.Name(stray[0]))
	}
	if a, b := twins(keys(splits), splitOf); a != "" {
		return fmt.Errorf("folders %q and %q mean the same: merge them", a, b)
	}
	classes := keys(found)
	if a, b := twins(classes, strings.ToLower); a != "" {
		return fmt.Errorf("folders %q and %q differ in case only: rename or merge them", a, b)
	}
	for i, p := range empty {
		if !filled[place{split: p.split, class: p.class}] {
			return fmt.Errorf("folder %q holds no pictures: add some or remove it", d.src.empty[i])
		}
	}
	if o.Classes == nil {
		if len(classes) == 1 {
			return oneClass(classes[0])
		}
		d.Classes = classes
		return nil
	}
	for _, c := range classes {
		if !slices.Contains(o.Classes, c) {
			return fmt.Errorf("class %q is unknown: want %s", c, quoted(o.Classes))
		}
	}
	d.Classes = slices.Clone(o.Classes)
	return nil
}

func oneClass(name string) error {
	return fmt.Errorf("found one class only, %q: want at least two class folders", name)
}

// checkSplits tells whether there is something of every class to learn from,
// and nothing else to be judged by.
func (d *Dataset) checkSplits(o DatasetOptions) error {
	if d.Train == nil {
		return errors.New(`found folders for validation or test and none for training: add a folder "train"`)
	}
	train, val := d.Counts(d.Train), d.Counts(d.Val)
	for c, name := range d.Classes {
		switch {
		case train[c] == 0 && val[c] > 0:
			return fmt.Errorf("class %q is in validation but not in training: want the same classes in both", name)
		case train[c] == 0:
			return fmt.Errorf("class %q is in test but not in training: want no class there that was never learned", name)
		case d.Val != nil && val[c] == 0:
			return fmt.Errorf("class %q is in training but not in validation: want the same classes in both", name)
		case d.Val == nil && o.ValShare > 0 && train[c] == 1:
			return fmt.Errorf("class %q has one picture: want at least two, one to learn from and one to validate with", name)
		}
	}
	if d.Val == nil && len(d.Train) == 1 && o.ValShare > 0 {
		return errors.New("found one picture: want at least two, one to learn from and one to validate with")
	}
	return nil
}

// setAside moves the given share of the training pictures, of each class at
// least one and never all, to validation.
func (d *Dataset) setAside(share float64, seed uint64) {
	byClass := map[int][]int{}
	lots := make([]uint64, d.Len())
	for _, i := range d.Train {
		byClass[d.labels[i]] = append(byClass[d.labels[i]], i)
		lots[i] = d.lot(i, seed)
	}
	d.Train = nil
	for _, pictures := range byClass {
		// The order comes from the paths, not from a shuffle of numbers: a picture
		// that is added or removed leaves the others on their sides.
		slices.SortFunc(pictures, func(a, b int) int {
			return cmp.Or(cmp.Compare(lots[a], lots[b]), cmp.Compare(a, b))
		})
		n := int(math.Round(share * float64(len(pictures))))
		n = min(max(n, 1), len(pictures)-1)
		d.Val = append(d.Val, pictures[:n]...)
		d.Train = append(d.Train, pictures[n:]...)
	}
	slices.Sort(d.Train)
	slices.Sort(d.Val)
}

// lot returns the random number that a picture's path draws.
func (d *Dataset) lot(i int, seed uint64) uint64 {
	h := fnv.New64a()
	io.WriteString(h, path.Join(d.places[i].class, d.places[i].rest))
	return key(seed, forSplit, h.Sum64())
}

// checkReadable looks for the first picture that can be read. Where there is
// one, damaged others are passed over in training; where there is none, it is
// better said before training than in it.
func (d *Dataset) checkReadable() error {
	var first error
	for i := range d.Len() {
		b, err := d.Read(i)
		if err == nil {
			_, err = DecodeBitmap(d.Name(i), b)
		}
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("none of its pictures (%d) can be read; the first: %w", d.Len(), first)
}

// CheckClasses returns an error where a run with the given classes cannot go on
// with this data set: its labels would mean something else.
func (d *Dataset) CheckClasses(run []string) error {
	if slices.Equal(d.Classes, run) {
		return nil
	}
	return fmt.Errorf("data: %s: found classes %s, the run has %s: want the same", d.Path, quoted(d.Classes), quoted(run))
}

// twins returns two different names that fold makes the same, or nothing.
func twins(names []string, fold func(string) string) (a, b string) {
	seen := map[string]string{}
	for _, n := range names {
		f := fold(n)
		if other, ok := seen[f]; ok {
			return other, n
		}
		seen[f] = n
	}
	return "", ""
}

// keys returns the names in order.
func keys(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// quoted lists names for a message, the first ten at most.
func quoted(names []string) string {
	const most = 10
	var words []string
	for _, n := range names[:min(len(names), most)] {
		words = append(words, fmt.Sprintf("%q", n))
	}
	if len(names) > most {
		words = append(words, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(words, ", ")
}
