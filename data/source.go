package data

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// MaxFileSize is the largest picture file that a Source reads, in bytes.
const MaxFileSize = 200 << 20

// Source is a collection of picture files, in an order that depends on their
// paths only. A path is written with slashes and starts at what was opened:
// "train/cat/1.jpg".
type Source interface {
	Len() int
	Name(i int) string          // the path of file i
	Class(i int) int            // its index in Classes, or -1
	Classes() []string          // names of the class folders, sorted; nil where there are none
	Read(i int) ([]byte, error) // the content of file i; safe for several goroutines
	Close() error
}

// Open opens a folder of pictures, a folder of class folders, with or without
// train, val and test above them, or a zip file of either. Files that do not
// end like pictures, hidden files and macOS's resource forks are passed over.
func Open(name string) (Source, error) {
	s, err := open(name)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func open(name string) (*source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if info.IsDir() {
		return openFolder(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	s, err := openZip(name, f, info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	s.close = f.Close
	return s, nil
}

// source is both kinds of collection.
type source struct {
	files   []file
	classes []string
	empty   []string // folders without a picture in them, nor below
	close   func() error
}

type file struct {
	path  string // with slashes, below what was opened
	class int
	size  int64 // as the file system or the archive says
	open  func() (io.ReadCloser, error)
}

func (s *source) Len() int          { return len(s.files) }
func (s *source) Name(i int) string { return s.files[i].path }
func (s *source) Class(i int) int   { return s.files[i].class }
func (s *source) Classes() []string { return s.classes }
func (s *source) Close() error      { return s.close() }

func (s *source) Read(i int) ([]byte, error) {
	f := s.files[i]
	if f.size > MaxFileSize {
		return nil, tooLarge(f.path)
	}
	r, err := f.open()
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", f.path, err)
	}
	defer r.Close()
	// The announced size may be a lie, so what is read is bounded as well.
	b, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", f.path, err)
	}
	if len(b) > MaxFileSize {
		return nil, tooLarge(f.path)
	}
	return b, nil
}

func tooLarge(name string) error {
	return fmt.Errorf("data: %s: file is larger than %d MB unpacked: leave it out", name, MaxFileSize>>20)
}

func openFolder(root string) (*source, error) {
	base, err := filepath.EvalSymlinks(root) // WalkDir follows no link, not even this one
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	var files []file
	var folders []string
	err = filepath.WalkDir(base, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(base, full)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel == "." {
				return nil
			}
			if passedOver(rel) {
				return fs.SkipDir
			}
			folders = append(folders, rel)
			return nil
		}
		if passedOver(rel) || !looksLikePicture(rel) {
			return nil
		}
		info, err := os.Stat(full) // follows a link, as Read will
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			files = append(files, file{path: rel, size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(full) }})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	s, err := newSource(root, files)
	if err != nil {
		return nil, err
	}
	s.empty = emptyFolders(folders, files)
	return s, nil
}

// emptyFolders returns those that no file lies in or below, sorted.
func emptyFolders(folders []string, files []file) []string {
	full := map[string]bool{}
	for _, f := range files {
		for d := path.Dir(f.path); !full[d]; d = path.Dir(d) {
			full[d] = true
		}
	}
	empty := slices.DeleteFunc(slices.Clone(folders), func(f string) bool { return full[f] })
	slices.Sort(empty)
	return slices.Compact(empty)
}

// newSource sorts the files and finds their classes.
func newSource(name string, files []file) (*source, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("data: %s: no pictures found: want files that end in %s", name, strings.Join(extensions, ", "))
	}
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(a.path, b.path) })
	s := &source{files: files, close: func() error { return nil }}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	places := layOut(paths, func(string) bool { return false })
	for _, p := range places {
		if p.class != "" && !slices.Contains(s.classes, p.class) {
			s.classes = append(s.classes, p.class)
		}
	}
	slices.Sort(s.classes)
	for i, p := range places {
		s.files[i].class = slices.Index(s.classes, p.class)
	}
	return s, nil
}

func looksLikePicture(name string) bool {
	return slices.Contains(extensions, strings.ToLower(path.Ext(name)))
}

// passedOver tells of hidden files and folders and of macOS's resource forks.
func passedOver(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}
