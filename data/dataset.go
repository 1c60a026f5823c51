package data

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Dataset is a collection of pictures as training and evaluation take it.
// Pictures have numbers, 0..Len()-1, in the order of their paths; a split is a
// list of numbers. It may be used by several goroutines.
type Dataset struct {
	Path    string   // what was opened, for messages
	Classes []string // their names; a label is an index. nil where pictures have no labels

	Train, Val, Test []int // picture numbers, rising
	Seeded           bool  // Val was set aside by the seed, no folder said so

	src    *source
	places []place
	labels []int
}

// DatasetOptions say what a data set is wanted for.
type DatasetOptions struct {
	// Labelled wants class folders. Without it they are flattened: every picture
	// is taken, wherever it lies.
	Labelled bool
	// Classes are those of an earlier run, in its order. A data set may then hold
	// a part of them only, as an evaluation's may. nil: those that are found,
	// sorted.
	Classes []string
	// ValShare is the share of the training pictures that is set aside for
	// validation where no folder does it: of each class at least one. 0: none.
	ValShare float64
	Seed     uint64 // which ones; adding pictures to the set moves few others
}

// OpenDataset opens a folder of pictures, a folder of class folders, with or
// without train, val (or valid, validation) and test above them, or a zip file
// of either. Several paths count as folders beside one another in one data set.
func OpenDataset(o DatasetOptions, paths ...string) (*Dataset, error) {
	if len(paths) == 0 {
		panic("BUG: data.OpenDataset: no path")
	}
	var all []*source
	for _, p := range paths {
		s, err := open(p)
		if err != nil {
			closeAll(all)
			return nil, err
		}
		all = append(all, s)
	}
	src := all[0]
	if len(all) > 1 {
		src = joined(paths, all)
	}
	return newDataset(strings.Join(paths, ", "), src, o)
}

// ZipDataset is OpenDataset of a zip file in memory, for the browser, where
// there is no file system.
func ZipDataset(name string, file []byte, o DatasetOptions) (*Dataset, error) {
	s, err := openZip(name, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	return newDataset(name, s, o)
}

// File is a file in memory. Its path has slashes and starts at the folder that
// was dropped or chosen: "cat/1.jpg".
type File struct {
	Path    string
	Content []byte
}

// FileDataset is OpenDataset of files in memory, of which those that do not end
// like pictures are passed over.
func FileDataset(name string, files []File, o DatasetOptions) (*Dataset, error) {
	var list []file
	for _, f := range files {
		p, err := entryPath(f.Path)
		if err != nil {
			return nil, fmt.Errorf("data: %s: %w", name, err)
		}
		if !passedOver(p) && looksLikePicture(p) {
			list = append(list, file{path: p, size: int64(len(f.Content)), open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(f.Content)), nil
			}})
		}
	}
	s, err := newSource(name, list)
	if err != nil {
		return nil, err
	}
	return newDataset(name, s, o)
}

// joined is one source of several, each in a folder named like its file.
func joined(paths []string, all []*source) *source {
	out := &source{close: func() error { return closeAll(all) }}
	taken := map[string]bool{}
	for i, s := range all {
		base := filepath.Base(paths[i])
		base = strings.TrimSuffix(base, filepath.Ext(base))
		name := base
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s-%d", base, k)
		}
		taken[name] = true
		for _, f := range s.files {
			f.path = path.Join(name, f.path)
			out.files = append(out.files, f)
		}
		for _, e := range s.empty {
			out.empty = append(out.empty, path.Join(name, e))
		}
	}
	slices.SortStableFunc(out.files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return out
}

// closeAll closes every source and returns the first error.
func closeAll(all []*source) error {
	var first error
	for _, s := range all {
		if err := s.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// newDataset owns src: it closes it where it returns an error.
func newDataset(name string, src *source, o DatasetOptions) (*Dataset, error) {
	d := &Dataset{Path: name, src: src}
	if err := d.arrange(o); err != nil {
		src.Close()
		return nil, fmt.Errorf("data: %s: %w", name, err)
	}
	return d, nil
}

// Len returns the number of pictures, whatever split they are in.
func (d *Dataset) Len() int { return d.src.Len() }

// Name returns the path of picture i below what was opened.
func (d *Dataset) Name(i int) string { return d.src.Name(i) }

// Label returns the class of picture i, an index into Classes, or -1 where
// pictures have no labels.
func (d *Dataset) Label(i int) int { return d.labels[i] }

// Read returns the file of picture i.
func (d *Dataset) Read(i int) ([]byte, error) { return d.src.Read(i) }

// Close closes the files. No picture can be read afterwards.
func (d *Dataset) Close() error { return d.src.Close() }

// All returns the numbers of all pictures.
func (d *Dataset) All() []int {
	all := make([]int, d.Len())
	for i := range all {
		all[i] = i
	}
	return all
}

// Counts returns how many of the given pictures each class has.
func (d *Dataset) Counts(pictures []int) []int {
	counts := make([]int, len(d.Classes))
	for _, i := range pictures {
		if l := d.labels[i]; l >= 0 {
			counts[l]++
		}
	}
	return counts
}
