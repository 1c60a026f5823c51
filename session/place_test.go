package session

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"unmask/data"
	"unmask/train"
)

// shelf is a Place in memory that several sessions may share. full makes its disk
// take nothing more.
type shelf struct {
	projects map[string]*box
	full     bool
}

func newShelf() *shelf { return &shelf{projects: map[string]*box{}} }

func (s *shelf) Names() ([]string, error) { return slices.Sorted(maps.Keys(s.projects)), nil }
func (s *shelf) Usage() (int64, int64, error) {
	used := int64(0)
	for _, b := range s.projects {
		for _, f := range b.files {
			used += int64(len(f))
		}
	}
	return used, 1 << 30, nil
}

func (s *shelf) Open(name string) (Storage, error) {
	b := s.projects[name]
	if b == nil {
		b = &box{shelf: s, files: train.Memory{}}
		s.projects[name] = b
	}
	if b.open {
		return nil, ErrInUse
	}
	b.open = true
	return b, nil
}

func (s *shelf) Remove(name string) error {
	if b := s.projects[name]; b == nil || !b.open {
		return errors.New("removed without being held")
	}
	delete(s.projects, name)
	return nil
}

func (s *shelf) Sizes(name string) (map[string]int64, error) {
	if s.projects[name] == nil {
		return nil, fs.ErrNotExist
	}
	sizes := map[string]int64{}
	for file, b := range s.projects[name].files {
		sizes[file] = int64(len(b))
	}
	return sizes, nil
}

func (s *shelf) Read(name, file string) ([]byte, error) {
	if s.projects[name] == nil {
		return nil, fs.ErrNotExist
	}
	return s.projects[name].Read(file)
}

// box is one project's Storage.
type box struct {
	shelf *shelf
	files train.Memory
	open  bool
}

var errFull = errors.New("the disk is full")

func (b *box) Write(name string, write func(io.Writer) error) error {
	if b.shelf.full {
		return errFull
	}
	return b.files.Write(name, write)
}

func (b *box) Append(name string, line []byte) error {
	if b.shelf.full {
		return errFull
	}
	return b.files.Append(name, line)
}

func (b *box) Read(name string) ([]byte, error) { return b.files.Read(name) }

func (b *box) RemoveAll(folder string) error {
	maps.DeleteFunc(b.files, func(name string, _ []byte) bool { return strings.HasPrefix(name, folder+"/") })
	return nil
}

func (b *box) Growing(name string) (data.Growing, error) { return tail{b, name}, nil }

func (b *box) Close() error {
	b.open = false
	return nil
}

// tail is a Growing of a box.
type tail struct {
	box  *box
	name string
}

func (t tail) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(t.box.files[t.name]).ReadAt(b, at)
}

func (t tail) Size() int64 { return int64(len(t.box.files[t.name])) }

func (t tail) Append(b []byte) error {
	if t.box.shelf.full {
		return errFull
	}
	t.box.files[t.name] = append(t.box.files[t.name], b...)
	return nil
}

func (t tail) Truncate(size int64) error {
	t.box.files[t.name] = t.box.files[t.name][:size]
	return nil
}

func (t tail) Close() error { return nil }
